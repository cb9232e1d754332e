"""Entries of the outbox for the tests of what we write, made by hand or by hypothesis."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from horehab.domain.entries import (
    Decision,
    DecisionEntry,
    MeasurementEntry,
    ReasonsEntry,
    SessionEntry,
    SuspicionEntry,
    TaskEntry,
    suspicion_id,
)
from horehab.domain.joints import MOTIONS, WATCHED_PLACES, Joint, JointSide, Side
from horehab.domain.moment import Moment
from horehab.domain.range_of_motion import Bound, Mode, Reading
from horehab.domain.reminder import ReminderRule
from horehab.domain.session import Session, SessionKind, SessionStatus
from horehab.domain.signs import PainOccasion, PainRating, Sign, SignKind
from horehab.fhir.basis.moments import moment
from tests.fhir.charts import MADRID

LEFT_HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)
SESSION_ID = "4f2e0a86-6f0c-4b1e-9a53-0d9a3a1f7c11"
MEASUREMENT_ID = "0b6cbf9e-51a5-4a3e-8f51-5b1f6f1b9a22"
CONDITION_ID = suspicion_id("Patient/1", LEFT_HIP, 1)

_words = st.text("abcdefgh äöñ-.,", min_size=1, max_size=20).map(str.strip).filter(bool)
_days = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 1, 1))
places = st.builds(JointSide, joint=st.sampled_from(Joint), side=st.sampled_from(Side))


def at(text: str) -> Moment:
    """Read a time that is surely one."""
    read = moment(text, MADRID)
    assert read is not None
    return read


_clocks = st.integers(0, 10 * 365 * 86_400).map(
    lambda seconds: at((datetime(2020, 1, 1, tzinfo=MADRID) + timedelta(seconds=seconds)).isoformat())
)
moments = st.one_of(_clocks, _days.map(lambda day: at(day.isoformat())))


@st.composite
def known(draw: Any) -> dict[str, Any]:
    """Draw when something was and from when it was known: that day or later."""
    when = draw(moments)
    return {"when": when, "known_on": when.day + timedelta(days=draw(st.integers(0, 9)))}


@st.composite
def readings(draw: Any) -> Reading:
    """Draw a reading as our form makes it."""
    joint = draw(st.sampled_from(Joint))
    return Reading(
        source=f"Observation/{MEASUREMENT_ID}",
        joint=joint,
        side=draw(st.sampled_from(Side)),
        motion=draw(st.sampled_from(MOTIONS[joint])),
        mode=draw(st.sampled_from(Mode)),
        degrees=float(draw(st.integers(-60, 180))),
        bound=draw(st.none() | st.sampled_from(Bound)),
        rater=draw(st.sampled_from(["Practitioner/3", "Anna", None])) or "Ben",
        device=draw(st.none() | _words),
        position=draw(st.none() | _words),
        session=f"urn:uuid:{SESSION_ID}",
        **draw(known()),
    )


@st.composite
def pains(draw: Any) -> PainRating:
    """Draw a pain rating."""
    return PainRating(
        source=f"Observation/{MEASUREMENT_ID}",
        score=draw(st.integers(0, 100)) / 10,
        occasion=draw(st.sampled_from(PainOccasion)),
        place=draw(st.none() | places),
        session=f"urn:uuid:{SESSION_ID}",
        **draw(known()),
    )


@st.composite
def signs(draw: Any) -> Sign:
    """Draw a bedside sign."""
    return Sign(
        source=f"Observation/{MEASUREMENT_ID}",
        kind=draw(st.sampled_from(SignKind)),
        is_present=draw(st.booleans()),
        place=draw(st.none() | places),
        session=f"urn:uuid:{SESSION_ID}",
        **draw(known()),
    )


@st.composite
def sessions(draw: Any) -> Session:
    """Draw a session as our form makes it."""
    return Session(
        source=f"Procedure/{SESSION_ID}",
        kind=draw(st.sampled_from(SessionKind)),
        status=draw(st.sampled_from(SessionStatus)),
        minutes=draw(st.none() | st.integers(1, 120).map(float)),
        places=tuple(draw(st.lists(places, unique=True, max_size=3))),
        mobility_level=draw(st.none() | st.integers(0, 10)),
        exertion=draw(st.none() | st.integers(0, 20).map(lambda half: half / 2)),
        repetitions=draw(st.none() | st.integers(1, 500)),
        intensity=draw(st.none() | st.sampled_from(["light", "moderate"])),
        sedation=draw(st.none() | _words),
        performer=draw(st.sampled_from(["Practitioner/3", "Anna"])),
        reason_not_done=draw(st.none() | _words),
        adverse_event=draw(st.none() | _words),
        note=draw(st.none() | _words),
        **draw(known()),
    )


@st.composite
def suspicions(draw: Any) -> SuspicionEntry:
    """Draw a suspicion, open or withdrawn."""
    place, episode = draw(st.sampled_from(WATCHED_PLACES)), draw(st.integers(1, 9))
    recorded = draw(_days)
    return SuspicionEntry(
        condition_id=suspicion_id("Patient/1", place, episode),
        patient="Patient/1",
        place=place,
        episode=episode,
        is_withdrawn=draw(st.booleans()),
        onset=draw(st.none() | st.just(recorded - timedelta(days=5))),
        recorded=recorded,
        sentence=draw(_words),
        evidence=tuple(f"Observation/{number}" for number in draw(st.lists(st.integers(1, 99), unique=True))),
        rule_version="2026.1",
        strength=draw(st.integers(0, 5)),
    )


def measured(fact: Reading | PainRating | Sign) -> MeasurementEntry:
    """Put a fact into the outbox."""
    return MeasurementEntry(
        measurement_id=MEASUREMENT_ID, session_id=SESSION_ID, patient="Patient/1", fact=fact, performer="Anna"
    )


def suspicion(**changes: Any) -> SuspicionEntry:
    """A suspicion of the left hip."""
    content: dict[str, Any] = {
        "condition_id": CONDITION_ID,
        "patient": "Patient/1",
        "place": LEFT_HIP,
        "episode": 1,
        "is_withdrawn": False,
        "onset": date(2026, 3, 1),
        "recorded": date(2026, 3, 20),
        "sentence": "HO suspected in left hip.",
        "evidence": ("Observation/7#component[2]", "Observation/7", f"urn:uuid:{MEASUREMENT_ID}"),
        "rule_version": "2026.1",
        "strength": 3,
    }
    return SuspicionEntry(**content | changes)


def reasons(**changes: Any) -> ReasonsEntry:
    """Why the left hip is suspected."""
    content: dict[str, Any] = {
        "provenance_id": f"{CONDITION_ID}-0123456789abcdef",
        "condition_id": CONDITION_ID,
        "patient": "Patient/1",
        "activity": "raise",
        "recorded": date(2026, 3, 20),
        "sentence": "HO suspected in left hip.",
        "evidence": ("Observation/7", "Observation/7#component[1]"),
        "rule_version": "2026.1",
    }
    return ReasonsEntry(**content | changes)


def task(**changes: Any) -> TaskEntry:
    """Something that a person is asked to do."""
    content: dict[str, Any] = {
        "key": "Patient/1|measure-rom|left hip|team|task|2026-W13",
        "patient": "Patient/1",
        "rule": ReminderRule.MEASURE_ROM,
        "place": LEFT_HIP,
        "condition_id": CONDITION_ID,
        "due": date(2026, 3, 27),
        "authored": date(2026, 3, 20),
        "text": "Measure the left hip again.",
    }
    return TaskEntry(**content | changes)


def decided(decision: Decision, **changes: Any) -> DecisionEntry:
    """A person's decision about the left hip."""
    content: dict[str, Any] = {
        "decision_id": "d1",
        "condition_id": CONDITION_ID,
        "patient": "Patient/1",
        "place": LEFT_HIP,
        "decision": decision,
        "reason": "the patient fell",
        "by": "Practitioner/3",
        "decided": date(2026, 3, 22),
    }
    return DecisionEntry(**content | changes)


def session(**changes: Any) -> SessionEntry:
    """A session of walking."""
    content: dict[str, Any] = {
        "source": f"urn:uuid:{SESSION_ID}",
        "kind": SessionKind.WALKING,
        "status": SessionStatus.COMPLETED,
        "when": at("2026-03-20T10:00:00+01:00"),
        "known_on": date(2026, 3, 20),
        "minutes": 30.0,
    }
    return SessionEntry(
        session_id=SESSION_ID, patient="Patient/1", session=Session(**content | changes), performer="Anna"
    )
