"""What a verdict was read from: every entry of the EHR behind it, so that it can be replayed from these alone."""

from horehab.domain.joints import JointSide
from horehab.domain.record import Fact, PatientRecord, base_references


def inputs_of(record: PatientRecord, place: JointSide) -> tuple[str, ...]:
    """Name every entry that a verdict on a joint may rest on, for or against it, sorted; `record` as known that day.

    These are all readings, pain ratings and bedside signs (each joint is judged beside the others), laboratory
    values, exposures and background, and an ossification known in that joint. Sessions, appointments and imaging
    reports are read and shown, and decide nothing.
    """
    here = (place.joint, place.side)
    facts: list[Fact] = [*record.readings, *record.pains, *record.signs, *record.labs]
    facts += [*record.exposures, *record.backgrounds]
    facts += [known for known in record.ossifications if (known.joint, known.side) == here]
    return base_references(fact.source for fact in facts)
