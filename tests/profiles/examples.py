"""The examples that horehab writes itself: each artefact as the writer makes it, and the six published patients.

They are what our profiles must describe: nobody typed them.
"""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from horehab import __version__
from horehab.demo.published import patients
from horehab.demo.story import Story
from horehab.domain.entries import (
    ChartEntry,
    MeasurementEntry,
    ReasonsEntry,
    SessionEntry,
    SuspicionEntry,
    TaskEntry,
    evidence_hash,
    suspicion_id,
)
from horehab.domain.joints import Joint, JointSide, Motion, Side
from horehab.domain.moment import Moment
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.reminder import ReminderRule
from horehab.domain.session import Session, SessionKind, SessionStatus
from horehab.domain.signs import PainOccasion, PainRating, Sign, SignKind
from horehab.fhir.basis.moments import moment
from horehab.fhir.basis.site import Site
from horehab.fhir.writing.writing import resource_of

Resource = dict[str, Any]

PATIENT, SESSION = "Patient/example-patient", "example-session"
LEFT_HIP = JointSide(joint=Joint.HIP, side=Side.LEFT)
SUSPICION = suspicion_id(PATIENT, LEFT_HIP, 1)
RULES, DAY = "2026.1", date(2026, 3, 20)
SITE = Site(zone=ZoneInfo("Europe/Madrid"), has_profiles=True, version=__version__)
_PUBLISHED_BASE = "https://ehr.example/fhir"


def _at(text: str) -> Moment:
    read = moment(text, SITE.zone)
    assert read is not None
    return read


WHEN: dict[str, Any] = {"when": _at("2026-03-20T10:00:00+01:00"), "known_on": DAY}
CITED = {
    f"session:{SESSION}": f"Procedure/{SESSION}",
    f"suspicion:{SUSPICION}": f"Condition/{SUSPICION}",
}


def _measured(name: str, fact: Reading | PainRating | Sign) -> MeasurementEntry:
    return MeasurementEntry(
        measurement_id=f"example-{name}", session_id=SESSION, patient=PATIENT, fact=fact, performer="Anna"
    )


def _reading(joint: Joint, motion: Motion, degrees: float, **more: Any) -> Reading:
    content: dict[str, Any] = {"source": "", "side": Side.LEFT, "mode": Mode.PASSIVE} | WHEN | more
    return Reading(joint=joint, motion=motion, degrees=degrees, **content)


def _sessions() -> list[ChartEntry]:
    held = Session(
        source="", kind=SessionKind.PASSIVE_MOBILIZATION, status=SessionStatus.COMPLETED, minutes=30.0,
        places=(LEFT_HIP, JointSide(joint=Joint.ANKLE, side=Side.RIGHT)), mobility_level=4, exertion=3.5,
        repetitions=30, intensity="light", sedation="RASS 0", note="Sat on the edge of the bed.", **WHEN,
    )  # fmt: skip
    skipped = Session(
        source="", kind=SessionKind.WALKING, status=SessionStatus.NOT_DONE, reason_not_done="in theatre",
        when=_at("2026-03-21"), known_on=date(2026, 3, 22),
    )  # fmt: skip
    return [
        SessionEntry(session_id=SESSION, patient=PATIENT, session=held, performer="Anna"),
        SessionEntry(session_id="example-session-not-done", patient=PATIENT, session=skipped, performer="Anna"),
    ]


def _suspicions() -> list[ChartEntry]:
    sentence = "HO suspected in left hip: passive flexion fell by 25 degrees in 14 days."
    evidence = ("Observation/example-rom-hip-flexion", "Observation/example-pain")
    content: dict[str, Any] = {"condition_id": SUSPICION, "patient": PATIENT, "rule_version": RULES, "recorded": DAY}
    raised: dict[str, Any] = {"sentence": sentence, "evidence": evidence} | content
    suspected = SuspicionEntry(
        place=LEFT_HIP, episode=1, is_withdrawn=False, onset=date(2026, 3, 6), strength=3, **raised
    )
    name = f"{SUSPICION}-{evidence_hash(evidence, RULES)}"
    return [suspected, ReasonsEntry(provenance_id=name, activity="raise", **raised)]


def _task() -> TaskEntry:
    return TaskEntry(
        key=f"{PATIENT}|measure-rom|left hip|team|task|2026-W13", patient=PATIENT, rule=ReminderRule.MEASURE_ROM,
        place=LEFT_HIP, condition_id=SUSPICION, due=date(2026, 3, 27), authored=DAY,
        text="Measure the left hip again.",
    )  # fmt: skip


def entries() -> list[ChartEntry]:
    """List one entry of the outbox for each thing that we write, and for each form that it takes."""
    pain = PainRating(source="", score=6.0, occasion=PainOccasion.END_RANGE, place=LEFT_HIP, **WHEN)
    readings = {
        "rom-hip-flexion": _reading(Joint.HIP, Motion.FLEXION, 85.0),
        "rom-shoulder-flexion": _reading(
            Joint.SHOULDER, Motion.FLEXION, 110.0, mode=Mode.ACTIVE, device="goniometer"
        ),
        "rom-ankle": _reading(Joint.ANKLE, Motion.DORSIFLEXION, -5.0, side=Side.RIGHT, position="supine"),
        "rom-knee": _reading(Joint.KNEE, Motion.EXTENSION, -10.0, side=Side.RIGHT, mode=Mode.UNKNOWN),
    }
    sign = Sign(source="", kind=SignKind.FIRM_END_FEEL, is_present=True, place=LEFT_HIP, **WHEN)
    return [
        *_sessions(),
        *(_measured(name, reading) for name, reading in readings.items()),
        _measured("pain", pain),
        _measured("sign", sign),
        *_suspicions(),
        _task(),
    ]


def written() -> list[Resource]:
    """List what the writer makes of them, each with an id and marked as synthetic."""
    return [_as_example(resource_of(entry, SITE, cited=CITED)) for entry in entries()]


def _as_example(resource: Resource) -> Resource:
    tag = {"system": "https://horehab.org/fhir/CodeSystem/horehab-tag", "code": "synthetic"}
    named = {"resourceType": resource["resourceType"], "id": resource.get("id", "example-task")}
    return named | resource | {"meta": resource["meta"] | {"tag": [tag]}}


def published() -> list[Resource]:
    """List the six published patients, each as a transaction that puts the whole chart onto a server."""
    return [_bundle(story) for story in patients()]


def _bundle(story: Story) -> Resource:
    last: dict[str, Resource] = {}
    for _, resources in story.events:
        last |= {f"{each['resourceType']}/{each['id']}": each for each in resources}
    entries = [
        {
            "fullUrl": f"{_PUBLISHED_BASE}/{reference}",
            "resource": resource,
            "request": {"method": "PUT", "url": reference},
        }
        for reference, resource in last.items()
    ]
    return {"resourceType": "Bundle", "id": story.key, "type": "transaction", "entry": entries}
