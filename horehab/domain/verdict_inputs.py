"""What a verdict was read from: every entry of the EHR behind it, so that it can be replayed from these alone."""

from horehab.domain.joints import JointSide
from horehab.domain.record import Fact, PatientRecord, base_references


def inputs_of(record: PatientRecord, place: JointSide) -> tuple[str, ...]:
    """Name every entry that a verdict on a joint may rest on, for or against it, sorted; `record` as known that day.

    These are the readings and pain ratings of the joint on both sides, what concerns the whole patient (bedside
    signs, laboratory values, exposures, background), and an ossification known in that joint. What was measured in
    other joints decides nothing here.
    """
    both = (place, place.opposite)
    here = (place.joint, place.side)
    facts: list[Fact] = [*record.signs, *record.labs, *record.exposures, *record.backgrounds]
    facts += [reading for reading in record.readings if reading.place in both]
    facts += [pain for pain in record.pains if pain.place in both]
    facts += [known for known in record.ossifications if (known.joint, known.side) == here]
    return base_references(fact.source for fact in facts)
