"""Reads Observations of the plain shape quickly, and exactly as the tolerant translators would; leaves them the rest.

Codes, words and units are understood by those translators, once for each text of them, and so are circumstances; what
remains for each Observation is its id and its number, and facts are written down without being made. Whatever is not
foreseen here is not read here.
"""

from horehab.fhir.basis.site import Site
from horehab.fhir.plain.circumstances import Circumstances, CircumstancesReader
from horehab.fhir.plain.forms import Form
from horehab.fhir.plain.item import PlainItem
from horehab.fhir.plain.observation import (
    ABSENT,
    IS_ID,
    PlainObservation,
    circumstances_key,
    is_shallow,
    may_be_ours,
    read_plain,
    shape_key,
    value_key,
)
from horehab.fhir.plain.procedures import PlainProcedures
from horehab.fhir.plain.shapes import Shape, forms_of, shape_of
from horehab.usecases.written import FilledForm

_MOST_SHAPES = 4096
_MOST_CIRCUMSTANCES = 8192
_MOST_VALUES = 1024
_is_id = IS_ID.fullmatch
_TRIES = 3
"""How many of a shape have to be refused before the next ones are not tried: the first may be an odd one."""


class PlainReader:
    """Reads plain Observations for one site; what it has understood once, it remembers, within limits."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._shapes: dict[bytes, Shape] = {}
        self._circumstances: dict[bytes, Circumstances] = {}
        self._reader = CircumstancesReader(site)
        self.procedures = PlainProcedures(site)

    def read(self, source: bytes) -> PlainItem | None:
        """Understand one Observation as `understand` would; None when that has to be done by itself."""
        try:
            plain = read_plain(source)
            return self._item(source, plain) if plain is not None else None
        except Exception:  # noqa: BLE001  # whatever it is, the tolerant translators find it again and say it
            return None

    def _item(self, source: bytes, plain: PlainObservation) -> PlainItem | None:
        name, meta, key, about_key = plain.id, plain.meta, shape_key(plain), circumstances_key(plain)
        shape = self._shapes.get(key)
        if shape is None or shape.tries:
            shape = self._found(source, plain, key)
        if shape is None or not _is_id(name) or not is_shallow(plain, source):
            return None
        if plain.identifier is not ABSENT and may_be_ours(plain.identifier):
            return None
        about = self._circumstances.get(about_key) or self._about(about_key, plain)
        facts: tuple[FilledForm, ...] | None = ()
        if shape.only is not None and about.filling is not None and plain.value_quantity is not None:
            value, numbered, form = plain.value_quantity.value, shape.only, shape.only.form
            blanks = form.take((name, numbered.known.get(value) or numbered.number(value), *about.filling))
            facts = ((form.kind, about.day, about.known_on, form.text, blanks),)
        elif not shape.is_nothing:
            facts = self._facts(name, shape, about, plain=plain, source=source)
        if facts is None:
            return None
        updated = meta.last_updated.strip() or None
        return PlainItem(f"Observation/{name}", meta.version_id.strip(), about.patient, source, updated, facts)

    def _found(self, source: bytes, plain: PlainObservation, key: bytes) -> Shape | None:
        known = self._shapes.get(key)
        tries = known.tries if known else 0
        if tries >= _TRIES:
            return None
        if len(self._shapes) >= _MOST_SHAPES:
            self._shapes.clear()
        self._shapes[key] = Shape(tries=tries + 1)
        found = shape_of(source, self.site, value=value_key(plain))
        if found is not None:
            self._shapes[key] = found
        return found

    def _about(self, key: bytes, plain: PlainObservation) -> Circumstances:
        if len(self._circumstances) >= _MOST_CIRCUMSTANCES:
            self._circumstances.clear()
        about = self._circumstances[key] = self._reader.read(plain)
        return about

    def _facts(
        self, name: str, shape: Shape, about: Circumstances, *, plain: PlainObservation, source: bytes
    ) -> tuple[FilledForm, ...] | None:
        """Fill in the forms of an Observation; None where it has to be read by itself."""
        filling, numbered = about.filling, shape.numbered
        if filling is None:
            return None
        forms: tuple[Form, ...] | None = tuple([each.form for each in numbered])
        numbers = [each.number(value) for each, value in zip(numbered, _values(plain), strict=bool(numbered))]
        if not forms:
            forms = _remembered(shape, plain, source, self.site)
            numbers = [""] * len(forms or ())
        if forms is None:
            return None
        whole = [(form, (name, number, *filling)) for form, number in zip(forms, numbers, strict=True)]
        return tuple([(form.kind, about.day, about.known_on, form.text, form.take(fill)) for form, fill in whole])


def _values(plain: PlainObservation) -> list[float]:
    return [node.value_quantity.value for node in plain.component or (plain,) if node.value_quantity]


def _remembered(shape: Shape, plain: PlainObservation, source: bytes, site: Site) -> tuple[Form, ...] | None:
    key = value_key(plain)
    try:
        return shape.forms[key]
    except KeyError:
        forms = forms_of(source, site)
    if len(shape.forms) >= _MOST_VALUES:
        shape.forms.clear()
    shape.forms[key] = forms
    return forms
