"""What was measured last, to stand beside each field of the form; and what rarely changes, to be carried on."""

from dataclasses import replace

from horehab.domain.range_of_motion import Reading
from horehab.domain.record import PatientRecord
from horehab.domain.session import SessionStatus
from horehab.domain.signs import PainOccasion, PainRating
from horehab.web.session_fields import angle_field, pain_field

_DOSES = ("minutes", "repetitions", "intensity", "mobility_level", "exertion", "sedation")


def last_angles(record: PatientRecord) -> dict[str, Reading]:
    """Give the last reading of each series by the name of its field; bounds are no values."""
    ordered = sorted(record.readings, key=lambda r: (r.when.earliest, r.source))
    return {angle_field(r.mode, r.place, r.motion): r for r in ordered if r.bound is None}


def last_pains(record: PatientRecord) -> dict[str, PainRating]:
    """Give the last pain rating of each joint and occasion by the name of its field."""
    ordered = sorted(record.pains, key=lambda p: (p.when.earliest, p.source))
    return {
        pain_field(p.place, p.occasion): p for p in ordered if p.place and p.occasion is not PainOccasion.UNSPECIFIED
    }


def without(record: PatientRecord, session: str) -> PatientRecord:
    """Give the record as it would be without one session: what it says of itself is no last value."""
    return replace(
        record,
        readings=tuple(reading for reading in record.readings if reading.session != session),
        pains=tuple(pain for pain in record.pains if pain.session != session),
        sessions=tuple(each for each in record.sessions if each.source != session),
    )


def last_doses(record: PatientRecord) -> dict[str, float | str]:
    """Give minutes, level, exertion and the like of the last session that was done, by the name of their field."""
    done = [session for session in record.sessions if session.status is not SessionStatus.NOT_DONE]
    if not done:
        return {}
    last = max(done, key=lambda s: (s.when.earliest, s.source))
    values = {name: getattr(last, name) for name in _DOSES}
    return {name: value for name, value in values.items() if value is not None}


def carried_forward(record: PatientRecord) -> dict[str, str]:
    """Carry on device, position and kind of session from the last time; never degrees, pain or end-feel."""
    carried: dict[str, str] = {}
    for reading in sorted(record.readings, key=lambda r: (r.when.earliest, r.source)):
        carried["device"] = reading.device or carried.get("device", "")
        carried["position"] = reading.position or carried.get("position", "")
    if record.sessions:
        carried["kind"] = max(record.sessions, key=lambda s: (s.when.earliest, s.source)).kind.value
    return carried
