"""The plain shape of an Observation: the elements that nearly all of them have, and nothing that is not foreseen.

What has any other element, or one of another type, is not plain, and is left to the tolerant translators.
"""

from typing import Any

import msgspec

from horehab.fhir.verbatim import DEPTH_LIMIT

ABSENT = msgspec.Raw(b"")
"""Stands for an element that an Observation does not have."""


class Meta(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """What a server says of a resource itself; `profile` as it is written."""

    versionId: str = ""  # noqa: N815  # the names of all fields here are FHIR's
    lastUpdated: str = ""  # noqa: N815
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


class Component(msgspec.Struct, forbid_unknown_fields=True):
    """One of several values in an Observation."""

    code: msgspec.Raw
    valueQuantity: Quantity | None = None  # noqa: N815
    valueInteger: int | None = None  # noqa: N815
    valueString: Any = None  # noqa: N815
    valueCodeableConcept: Any = None  # noqa: N815
    dataAbsentReason: Any = None  # noqa: N815
    interpretation: Any = None
    referenceRange: Any = None  # noqa: N815


class PlainObservation(msgspec.Struct, forbid_unknown_fields=True):
    """An Observation in the plain shape; Raw is understood once for each text of it, Any tells us nothing."""

    resourceType: str  # noqa: N815
    id: str
    status: str
    code: msgspec.Raw
    subject: msgspec.Raw = ABSENT
    meta: Meta = msgspec.field(default_factory=Meta)
    effectiveDateTime: str | None = None  # noqa: N815
    issued: str | None = None
    valueQuantity: Quantity | None = None  # noqa: N815
    valueInteger: int | None = None  # noqa: N815
    valueBoolean: bool | None = None  # noqa: N815
    valueString: str | None = None  # noqa: N815
    valueCodeableConcept: Any = None  # noqa: N815
    bodySite: msgspec.Raw = ABSENT  # noqa: N815
    method: msgspec.Raw = ABSENT
    extension: msgspec.Raw = ABSENT
    referenceRange: msgspec.Raw = ABSENT  # noqa: N815
    component: list[Component] = []
    performer: msgspec.Raw = ABSENT
    partOf: msgspec.Raw = ABSENT  # noqa: N815
    device: msgspec.Raw = ABSENT
    identifier: Any = None
    category: Any = None
    encounter: Any = None
    text: Any = None
    note: Any = None
    interpretation: Any = None
    basedOn: Any = None  # noqa: N815
    focus: Any = None
    derivedFrom: Any = None  # noqa: N815
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
    return plain if plain.resourceType == "Observation" else None
