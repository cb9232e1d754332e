"""What a verdict was read from: every entry of the EHR behind it, so that it can be replayed from these alone."""

from hashlib import sha256

from horehab.domain.joints import JointSide
from horehab.domain.record import Fact, PatientRecord, base_references
from horehab.domain.verdict_text import fact_text


def inputs_of(record: PatientRecord, place: JointSide) -> tuple[str, ...]:
    """Name every entry that a verdict on a joint may rest on, for or against it, sorted; `record` as known that day.

    These are all readings, pain ratings and bedside signs (each joint is judged beside the others), laboratory
    values, exposures and background, and an ossification known in that joint. Sessions, appointments and imaging
    reports are read and shown, and decide nothing.
    """
    here = (place.joint, place.side)
    known = [each for each in record.ossifications if (each.joint, each.side) == here]
    return base_references(fact.source for fact in (*_measured(record), *known))


def digest_of_inputs(record: PatientRecord) -> str:
    """Condense what a verdict was read from, values and all, into the hexadecimal SHA-256 of its canonical text.

    `record` as known that day; order and repeats make no difference. Two equal digests mean the same inputs, so
    that a replay by the same rule version gives the same verdict; another one, that an entry was amended since.
    Known ossifications are left out: what we write ourselves would change them.
    """
    return sha256("\n".join(sorted({fact_text(fact) for fact in _measured(record)})).encode()).hexdigest()


def _measured(record: PatientRecord) -> list[Fact]:
    facts: list[Fact] = [*record.readings, *record.pains, *record.signs, *record.labs]
    return [*facts, *record.exposures, *record.backgrounds]
