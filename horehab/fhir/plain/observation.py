"""The plain shape of an Observation: the elements that nearly all of them have, and nothing that is not foreseen.

What has any other element, or one of another type, is not plain, and is left to the tolerant translators. Most
elements are kept as their text: what it means is found once for each text, and not for each Observation.
"""

import re
from typing import Any, Literal

import msgspec

from horehab.fhir.basis.references import IDENTIFIERS
from horehab.fhir.basis.verbatim import DEPTH_LIMIT

ABSENT: Any = b""
"""Stands for an element that a resource does not have: plain bytes, which are joined to a key at once."""

BETWEEN = b"\0"
"""Stands in no JSON, so that texts joined by it are parted in one way only."""


IS_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
"""What FHIR calls an id: written in JSON as it stands."""
MOST_BRACKETS = DEPTH_LIMIT - 8
"""Brackets in a part of a resource, or in those that nobody looks at; around them are a few more."""


class Meta(msgspec.Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """What a server says of a resource itself."""

    version_id: str = ""
    last_updated: str = ""
    profile: msgspec.Raw = ABSENT
    source: msgspec.Raw = ABSENT
    security: msgspec.Raw = ABSENT
    tag: msgspec.Raw = ABSENT
    extension: msgspec.Raw = ABSENT


class Quantity(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A number with its unit."""

    value: float
    unit: msgspec.Raw = ABSENT
    system: msgspec.Raw = ABSENT
    code: msgspec.Raw = ABSENT
    comparator: msgspec.Raw = ABSENT


class Component(msgspec.Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """One of several values in an Observation."""

    code: msgspec.Raw
    value_quantity: Quantity | None = None
    value_integer: int | None = None
    value_string: msgspec.Raw = ABSENT
    value_codeable_concept: msgspec.Raw = ABSENT
    data_absent_reason: msgspec.Raw = ABSENT
    interpretation: msgspec.Raw = ABSENT
    reference_range: msgspec.Raw = ABSENT


class PlainObservation(msgspec.Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """An Observation in the plain shape."""

    resource_type: Literal["Observation"]
    id: str
    status: msgspec.Raw
    code: msgspec.Raw
    subject: msgspec.Raw = ABSENT
    meta: Meta = msgspec.field(default_factory=Meta)
    effective_date_time: msgspec.Raw = ABSENT
    issued: msgspec.Raw = ABSENT
    value_quantity: Quantity | None = None
    value_integer: int | None = None
    value_boolean: msgspec.Raw = ABSENT
    value_string: msgspec.Raw = ABSENT
    value_codeable_concept: msgspec.Raw = ABSENT
    data_absent_reason: msgspec.Raw = ABSENT
    body_site: msgspec.Raw = ABSENT
    method: msgspec.Raw = ABSENT
    extension: msgspec.Raw = ABSENT
    reference_range: msgspec.Raw = ABSENT
    component: tuple[Component, ...] = ()
    performer: msgspec.Raw = ABSENT
    part_of: msgspec.Raw = ABSENT
    device: msgspec.Raw = ABSENT
    identifier: msgspec.Raw = ABSENT
    category: msgspec.Raw = ABSENT
    encounter: msgspec.Raw = ABSENT
    text: msgspec.Raw = ABSENT
    note: msgspec.Raw = ABSENT
    interpretation: msgspec.Raw = ABSENT
    based_on: msgspec.Raw = ABSENT
    focus: msgspec.Raw = ABSENT
    derived_from: msgspec.Raw = ABSENT
    specimen: msgspec.Raw = ABSENT


_DECODER = msgspec.json.Decoder(PlainObservation)
_OURS = IDENTIFIERS.encode()


def read_plain(source: bytes) -> PlainObservation | None:
    """Read an Observation of the plain shape; None for anything else, whatever it is."""
    try:
        plain = _DECODER.decode(source)
        if not source.isascii():
            source.decode()  # texts that are taken as they stand are looked at by nobody else
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if plain.component and (brackets(source) > DEPTH_LIMIT or _has_odd_value(plain)):
        return None
    return plain


def _has_odd_value(plain: PlainObservation) -> bool:
    """Say whether beside its components it has a value, of which its shape does not tell what it is."""
    values = (plain.value_string, plain.value_codeable_concept, plain.value_boolean)
    return any(value is not ABSENT for value in values)


def shape_key(plain: PlainObservation) -> bytes:
    """Name the shape of an Observation: the text of all that decides how it is understood, but for its value.

    What was said by whom, of whom and when is no part of it.
    """
    meta, quantity = plain.meta, plain.value_quantity
    if quantity is not None and not plain.component:
        forms: Any = (quantity.unit, quantity.system, quantity.code, quantity.comparator)
    else:
        forms = _forms(plain)
    return BETWEEN.join(
        (
            plain.status,
            plain.code,
            plain.body_site,
            plain.method,
            plain.extension,
            plain.reference_range,
            plain.data_absent_reason,
            plain.category,
            meta.profile,
            meta.tag,
            *forms,
        )
    )


def _forms(plain: PlainObservation) -> list[bytes]:
    """Name the forms of the values of an Observation that has none, several, or one that is no quantity."""
    forms = [_form(plain)]
    for each in plain.component:
        forms += (each.code, each.data_absent_reason, each.reference_range, _form(each))
    return forms


def _form(node: PlainObservation | Component) -> bytes:
    """Name the form of a value: its unit, and which kind of value it is."""
    quantity = node.value_quantity
    if quantity is not None:
        return BETWEEN.join((b"in", quantity.unit, quantity.system, quantity.code, quantity.comparator))
    return b"number" if node.value_integer is not None else b""


def circumstances_key(plain: PlainObservation) -> bytes:
    """Name the circumstances of an Observation: the text of all that tells whose it is, when and by whom."""
    return BETWEEN.join(
        (plain.subject, plain.effective_date_time, plain.issued, plain.performer, plain.part_of, plain.device)
    )


def value_key(plain: PlainObservation) -> tuple[object, ...]:
    """Name the value of an Observation."""
    quantity = plain.value_quantity
    return (
        repr(quantity.value) if quantity is not None else "",
        plain.value_integer,
        bytes(plain.value_boolean),
        bytes(plain.value_string),
        bytes(plain.value_codeable_concept),
    )


def is_shallow(plain: PlainObservation, source: bytes) -> bool:
    """Say whether the parts that nobody looks at are nested no deeper than a resource may be."""
    if brackets(source) <= MOST_BRACKETS:
        return True
    meta = plain.meta
    rest = b"".join(
        (
            plain.identifier,
            plain.encounter,
            plain.text,
            plain.note,
            plain.interpretation,
            plain.based_on,
            plain.focus,
            plain.derived_from,
            plain.specimen,
            plain.value_string,
            plain.value_codeable_concept,
            meta.source,
            meta.security,
            meta.extension,
        )
    )
    return brackets(rest) <= MOST_BRACKETS


def brackets(text: bytes) -> int:
    """Count what opens in a text: it is nested no deeper than that."""
    return text.count(b"{") + text.count(b"[")


def may_be_ours(identifier: msgspec.Raw) -> bool:
    """Say whether an identifier could be of our making, or is written so that it cannot be told at a glance."""
    if identifier is ABSENT:
        return False
    text = bytes(identifier)
    return b"\\" in text or _OURS in text
