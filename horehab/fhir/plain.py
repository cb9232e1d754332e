"""The plain shape of an Observation: the elements that nearly all of them have, and nothing that is not foreseen.

What has any other element, or one of another type, is not plain, and is left to the tolerant translators.
"""

from typing import Any

import msgspec

from horehab.fhir.verbatim import DEPTH_LIMIT

ABSENT = msgspec.Raw(b"")
"""Stands for an element that an Observation does not have."""


class Meta(msgspec.Struct, rename="camel", forbid_unknown_fields=True, gc=False):
    """What a server says of a resource itself; `profile` as it is written."""

    version_id: str = ""
    last_updated: str = ""
    profile: msgspec.Raw = ABSENT
    source: Any = None
    security: Any = None
    tag: Any = None
    extension: Any = None


class Quantity(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A number with its unit."""

    value: float
    unit: str | None = None
    system: str | None = None
    code: str | None = None
    comparator: str | None = None


class Component(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """One of several values in an Observation."""

    code: msgspec.Raw
    value_quantity: Quantity | None = None
    value_integer: int | None = None
    value_string: Any = None
    value_codeable_concept: Any = None
    data_absent_reason: Any = None
    interpretation: Any = None
    reference_range: Any = None


class PlainObservation(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """An Observation in the plain shape; Raw is understood once for each text of it, Any tells us nothing."""

    resource_type: str
    id: str
    status: str
    code: msgspec.Raw
    subject: msgspec.Raw = ABSENT
    meta: Meta = msgspec.field(default_factory=Meta)
    effective_date_time: str | None = None
    issued: str | None = None
    value_quantity: Quantity | None = None
    value_integer: int | None = None
    value_boolean: bool | None = None
    value_string: str | None = None
    value_codeable_concept: Any = None
    body_site: msgspec.Raw = ABSENT
    method: msgspec.Raw = ABSENT
    extension: msgspec.Raw = ABSENT
    reference_range: msgspec.Raw = ABSENT
    component: list[Component] = []
    performer: msgspec.Raw = ABSENT
    part_of: msgspec.Raw = ABSENT
    device: msgspec.Raw = ABSENT
    identifier: Any = None
    category: Any = None
    encounter: Any = None
    text: Any = None
    note: Any = None
    interpretation: Any = None
    based_on: Any = None
    focus: Any = None
    derived_from: Any = None
    specimen: Any = None


_DECODER = msgspec.json.Decoder(PlainObservation)


def read_plain(source: bytes) -> PlainObservation | None:
    """Read an Observation of the plain shape; None for anything else, whatever it is."""
    if source.count(b"{") + source.count(b"[") > DEPTH_LIMIT:
        return None
    try:
        plain = _DECODER.decode(source)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return plain if plain.resource_type == "Observation" else None
