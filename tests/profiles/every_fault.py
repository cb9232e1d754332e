"""Every resource that breaks one of our rules, and which of them a validating HAPI accepts."""

from tests.profiles import broken_measurements, broken_others
from tests.profiles.broken import Broken


def broken() -> tuple[Broken, ...]:
    """List them all."""
    rows = (*broken_measurements.ROWS, *broken_others.ROWS)
    return tuple(Broken(name=row[0], rule=row[1], example=row[2], path=row[3], value=row[4]) for row in rows)


_POINTS = "HAPI's default does not look at what a reference points to (ReferenceValidationPolicy.IGNORE)"
_EXTENDS = "HAPI's default lets any extension pass that it does not know, also under an address of HL7's or ours"
HAPI_ACCEPTS = {
    "an extension of ours that there is not": _EXTENDS,
    "an extension of HL7 that there is not": _EXTENDS,
    "a reading of a group": _POINTS,
    "a reading that is part of an encounter": _POINTS,
    "a reference to a kind that there is not": _POINTS,
    "a suspicion of a group": _POINTS,
    "a task for a group": _POINTS,
    "a message about a joint": _POINTS,
    "a spell in prone position of a group": _POINTS,
}
"""What we refuse and a validating HAPI 8.8 accepts, each with the reason."""
