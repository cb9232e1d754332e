"""Reads Observations of the plain shape quickly, and exactly as the tolerant translators would; leaves them the rest.

Codes, words and units are understood by those translators, once for each text of them; what remains for each
Observation is its number and its circumstances. Whatever is not foreseen here is not read here.
"""

from dataclasses import replace
from datetime import date
from functools import lru_cache

from horehab.domain.moment import Moment
from horehab.domain.range_of_motion import Reading
from horehab.domain.record import Fact
from horehab.fhir import verbatim
from horehab.fhir.elements import child
from horehab.fhir.moments import moment
from horehab.fhir.occasion import Occasion, assumed, has_our_profile, session_of
from horehab.fhir.plain import PlainObservation, read_plain
from horehab.fhir.plain_shapes import Angle, Key, Shape, key_of, node_of, shape_of
from horehab.fhir.quarantine import CannotRead
from horehab.fhir.range_of_motion import settled
from horehab.fhir.references import called, own_key, patient_of
from horehab.fhir.site import Site
from horehab.usecases.exchange import ChartItem

_COUNT = frozenset({"final", "amended", "corrected"})
_MOST_SHAPES = 4096
_MOST_TEXTS = 8192


class PlainReader:
    """Reads plain Observations for one site; what it has understood once, it remembers, within limits."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._shapes: dict[Key, Shape | None] = {}
        remember = lru_cache(maxsize=_MOST_TEXTS)
        self._patient = remember(lambda text: patient_of({"subject": _read(text)}, site))
        self._session = remember(lambda text: session_of({"partOf": _read(text)}, site))
        self._person = remember(lambda text: called(child({"who": _read(text)}, "who"), site))
        self._is_ours = remember(lambda text: has_our_profile(_read(text)))
        self._moment = remember(lambda text: moment(text.strip(), site.zone))

    def read(self, source: bytes) -> ChartItem | None:
        """Understand one Observation as `understand` would; None when that has to be done by itself."""
        try:
            return self._item(source)
        except Exception:  # noqa: BLE001  # whatever it is, the tolerant translators find it again and say it
            return None

    def _item(self, source: bytes) -> ChartItem | None:
        plain = read_plain(source)
        if plain is None or (plain.identifier is not None and own_key({"identifier": plain.identifier})):
            return None
        shape, name = self._shape(source, plain), plain.id.strip()
        if shape is None or not name:
            return None
        reference = f"Observation/{name}"
        patient, meta = self._patient(bytes(plain.subject)), plain.meta
        facts: tuple[Fact, ...] = ()
        if shape.reader is not None:
            if patient is None or plain.status not in _COUNT:
                return None
            facts = self._facts(plain, shape, reference)
            if not facts:
                return None
        else:
            self._see_that_it_is_json(plain)
        return ChartItem(
            reference=reference,
            version=meta.version_id.strip(),
            patient=patient,
            source=source,
            updated=meta.last_updated.strip() or None,
            facts=facts,
        )

    def _see_that_it_is_json(self, plain: PlainObservation) -> None:
        """Raise NotJson for parts that are none: they were taken as they stand, and nobody else looks at them."""
        for text in (plain.performer, plain.device):
            self._person(bytes(text))
        self._session(bytes(plain.part_of))
        self._is_ours(bytes(plain.meta.profile))

    def _shape(self, source: bytes, plain: PlainObservation) -> Shape | None:
        key = key_of(plain)
        try:
            return self._shapes[key]
        except KeyError:
            found = shape_of(source, self.site)
        if len(self._shapes) >= _MOST_SHAPES:
            self._shapes.clear()
        self._shapes[key] = found
        return found

    def _times(self, plain: PlainObservation) -> tuple[Moment, date, tuple[str, ...]]:
        """Tell when it was measured, from when it was known, and what had to be assumed of that."""
        measured, issued = self._time(plain.effective_date_time), self._time(plain.issued)
        when = measured or issued
        if when is None:
            raise CannotRead("no-time", "effective[x]")
        is_plain = measured is not None and not when.is_zone_assumed
        return when, (issued or when).day, () if is_plain else assumed(measured, when, self.site)

    def _time(self, text: str | None) -> Moment | None:
        if text is None:
            return None
        found = self._moment(text)
        if found is None:
            raise CannotRead("bad-time", "effective[x]")
        return found

    def _reading(self, plain: PlainObservation, angle: Angle, reference: str) -> Reading:
        when, known_on, assumptions = self._times(plain)
        measured, quantity = angle.measured, plain.value_quantity
        assert quantity is not None, "an angle is of an Observation with a quantity"
        has_our_sign = angle.has_our_sign or self._is_ours(bytes(plain.meta.profile))
        given = (quantity.value * angle.factor, angle.unit)
        return Reading(
            source=reference,
            joint=measured.joint,
            side=measured.side,
            motion=measured.motion,
            mode=measured.mode,
            degrees=settled(given, measured, has_our_sign=has_our_sign, site=self.site, path="valueQuantity")[0],
            when=when,
            known_on=known_on,
            rater=self._person(bytes(plain.performer)),
            device=self._person(bytes(plain.device)),
            position=angle.position,
            session=self._session(bytes(plain.part_of)),
            assumptions=assumptions + angle.assumptions,
            unit=angle.unit,
        )

    def _facts(self, plain: PlainObservation, shape: Shape, reference: str) -> tuple[Fact, ...]:
        if shape.angle is not None:
            return (self._reading(plain, shape.angle, reference),)
        assert shape.reader is not None, "only what is read gets here"
        assert shape.part is not None, "what is read has a part"
        when, known_on, assumptions = self._times(plain)
        occasion = Occasion(
            reference=reference,
            when=when,
            known_on=known_on,
            assumptions=assumptions,
            session=self._session(bytes(plain.part_of)),
            rater=self._person(bytes(plain.performer)),
            device=self._person(bytes(plain.device)),
            position=shape.position,
            is_ours=self._is_ours(bytes(plain.meta.profile)),
        )
        return shape.reader(replace(shape.part, node=node_of(shape.part, plain)), occasion, self.site)


def _read(text: bytes) -> object:
    return verbatim.read(text) if text else None
