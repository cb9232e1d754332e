"""Where a patient is and whose they are: the ward on which they lie, and who treated or measured them last."""

from horehab.domain.record import PatientRecord
from horehab.domain.session import SessionStatus
from horehab.domain.ward_stay import WardStay


def ward_of(record: PatientRecord) -> WardStay | None:
    """Give the ward on which the patient lies: the one to which they came last; None for who lies on none."""
    return max(record.stays, key=lambda stay: (stay.when.earliest, stay.source), default=None)


def therapist_of(record: PatientRecord) -> str | None:
    """Name who treated or measured the patient last: a reference in the chart or a name; None where nobody is named.

    A session that was planned and not done names nobody: nobody was there.
    """
    held = [session for session in record.sessions if session.status is not SessionStatus.NOT_DONE]
    seen = [(session.when.earliest, session.source, session.performer) for session in held if session.performer]
    seen += [(reading.when.earliest, reading.source, reading.rater) for reading in record.readings if reading.rater]
    return max(seen, default=(None, "", None))[2]
