"""Reads Procedures of the plain shape quickly, and exactly as the tolerant translators would; leaves them the rest.

As with Observations, one Procedure of a shape is read with blanks for whose it is, when and by whom; the others of
that shape are filled in.
"""

from functools import lru_cache
from types import MappingProxyType
from typing import Any

import msgspec

from horehab.domain.exposure import Background, Exposure
from horehab.domain.moment import Moment
from horehab.domain.record import Fact
from horehab.domain.session import Session
from horehab.fhir.basis import verbatim
from horehab.fhir.basis.elements import Tree, child
from horehab.fhir.basis.moments import moment
from horehab.fhir.basis.references import called, patient_of
from horehab.fhir.basis.site import Site
from horehab.fhir.plain.forms import Filling, Form, form_of, json_text
from horehab.fhir.plain.item import PlainItem
from horehab.fhir.plain.observation import ABSENT, BETWEEN, IS_ID, MOST_BRACKETS, Meta, brackets, may_be_ours
from horehab.fhir.reading import understand
from horehab.fhir.resources.session import Spell, length_of

_SIGN = "blank-9c03e5"
_START, _END = "1687-06-05T04:03:02+00:00", "1687-06-05T04:40:13+00:00"
_BLANKS = MappingProxyType(
    {
        "id": f"{_SIGN}-id",
        "subject": {"reference": f"Patient/{_SIGN}"},
        "performedPeriod": {"start": _START, "end": _END},
        "performer": [{"actor": {"reference": f"Practitioner/{_SIGN}"}}],
    }
)
"""Filled in this order: id, start, end, day from which it was known, performer, minutes."""
_MOST = 4096
_MOST_TEXTS = 8192


class _Period(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    start: str
    end: str


class _Plain(msgspec.Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """A Procedure in the plain shape: one that had a beginning and an end."""

    resource_type: msgspec.Raw
    id: str
    status: msgspec.Raw
    subject: msgspec.Raw
    performed_period: _Period
    meta: Meta = msgspec.field(default_factory=Meta)
    code: msgspec.Raw = ABSENT
    category: msgspec.Raw = ABSENT
    body_site: msgspec.Raw = ABSENT
    status_reason: msgspec.Raw = ABSENT
    complication: msgspec.Raw = ABSENT
    performer: msgspec.Raw = ABSENT
    identifier: msgspec.Raw = ABSENT
    encounter: msgspec.Raw = ABSENT
    location: msgspec.Raw = ABSENT
    text: msgspec.Raw = ABSENT


_DECODER = msgspec.json.Decoder(_Plain)


class PlainProcedures:
    """Reads plain Procedures for one site; what it has understood once, it remembers, within limits."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._forms: dict[bytes, tuple[Form, ...] | None] = {}
        remember = lru_cache(maxsize=_MOST_TEXTS)
        self._patient = remember(lambda text: patient_of({"subject": _part(text)}, site))
        self._performer = remember(lambda text: json_text(called(_actor(_part(text)), site)))
        self._moment = remember(lambda text: _moment(text, site))

    def read(self, source: bytes) -> PlainItem | None:
        """Understand one Procedure as `understand` would; None when that has to be done by itself."""
        try:
            if not source.isascii():
                source.decode()
            plain = _DECODER.decode(source)
            return self._item(source, plain)
        except Exception:  # noqa: BLE001  # whatever it is, the tolerant translators find it again and say it
            return None

    def _item(self, source: bytes, plain: _Plain) -> PlainItem | None:
        name, meta, forms = plain.id, plain.meta, self._found(source, plain)
        patient = self._patient(bytes(plain.subject))
        rest = b"".join((plain.identifier, plain.encounter, plain.location, plain.text, meta.source, meta.security))
        if forms is None or patient is None or not IS_ID.fullmatch(name) or may_be_ours(plain.identifier):
            return None
        if meta.extension is not ABSENT or brackets(rest) > MOST_BRACKETS:
            return None
        day, filling = self._filling(name, plain)
        facts = tuple([(form.kind, day, day, form.text, form.take(filling)) for form in forms])
        updated = meta.last_updated.strip() or None
        return PlainItem(f"Procedure/{name}", meta.version_id.strip(), patient, source, updated, facts)

    def _found(self, source: bytes, plain: _Plain) -> tuple[Form, ...] | None:
        meta = plain.meta
        key = BETWEEN.join(
            (
                plain.resource_type,
                plain.status,
                plain.code,
                plain.category,
                plain.body_site,
                plain.status_reason,
                plain.complication,
                meta.tag,
                meta.profile,
            )
        )
        try:
            return self._forms[key]
        except KeyError:
            if len(self._forms) >= _MOST:
                self._forms.clear()
            forms = self._forms[key] = _forms_of(source, self._site)
            return forms

    def _filling(self, name: str, plain: _Plain) -> tuple[str, Filling]:
        """Tell the day of a Procedure and what goes into its blanks; CannotRead for a time that is none."""
        period = plain.performed_period
        (start, started), (end, ended) = self._moment(period.start), self._moment(period.end)
        day = start.day.isoformat()
        length = length_of(Spell(start=start, end=end, known_on=start.day))
        who = self._performer(bytes(plain.performer))
        return day, (name, started, ended, f'"{day}"', who, json_text(length))


def _forms_of(source: bytes, site: Site) -> tuple[Form, ...] | None:
    """Write a Procedure down with blanks; None where that cannot be done, so that each is read by itself."""
    tree = verbatim.read(source)
    item = understand({**tree, **_BLANKS}, source, site)
    if tree["resourceType"] != "Procedure" or item.unreadable or item.own_key:
        return None
    forms = [_form(fact, site) for fact in item.facts]
    return None if None in forms else tuple(form for form in forms if form is not None)


def _form(fact: Fact, site: Site) -> Form | None:
    start, end = moment(_START, site.zone), moment(_END, site.zone)
    if start is None or end is None or not isinstance(fact, Session | Exposure | Background):
        return None
    minutes = json_text(length_of(Spell(start=start, end=end, known_on=start.day)))
    blanks = (
        (f"{_SIGN}-id", "%s"),
        (json_text(start), "%s"),
        (json_text(end), "%s"),
        (f'"known_on":"{start.day}"', '"known_on":%s'),
        (f'"Practitioner/{_SIGN}"', "%s"),
        (f'"minutes":{minutes},', '"minutes":%s,'),
    )
    return form_of(fact, blanks, sign=_SIGN, needed=frozenset({0, 1, 3}))


def _moment(text: str, site: Site) -> tuple[Moment, str]:
    """Read a time and write it down; ValueError for one that is none."""
    found = moment(text.strip(), site.zone)
    if found is None:
        raise ValueError("a time that cannot be read")
    return found, json_text(found)


def _actor(performer: object) -> Tree:
    return child(child({"performer": performer}, "performer"), "actor")


def _part(text: bytes) -> Any:
    if brackets(text) > MOST_BRACKETS:
        raise ValueError("nested too deeply to be taken as a part")
    return verbatim.read(text) if text else None
