"""Every form that what we write can take: each motion and side, kind of session, decision and reminder."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from horehab.domain.amendment import AmendmentEntry, Change, Validity
from horehab.domain.entries import (
    Decision,
    DecisionEntry,
    MeasurementEntry,
    ReasonsEntry,
    SessionEntry,
    SuspicionEntry,
    TaskEntry,
)
from horehab.domain.imaging import CitedImaging, ImagingKind
from horehab.domain.joints import MOTIONS, WATCHED_PLACES, JointSide, Side
from horehab.domain.message import MessageEntry, MessageRequestEntry
from horehab.domain.range_of_motion import Bound, Mode, Reading
from horehab.domain.recipient import Medium
from horehab.domain.reminder import ReminderRule
from horehab.domain.session import SessionKind, SessionStatus
from horehab.domain.signs import PainOccasion, PainRating, Sign, SignKind
from horehab.fhir.resources.provenance import double_to_provenance
from horehab.fhir.writing.writing import apply_decision, resource_of
from tests.profiles.examples import CITED, PATIENT, SESSION, SITE, SUSPICION, WHEN, entries

Resource = dict[str, Any]
TASKS = tuple(rule for rule in ReminderRule if rule.value not in ("appointment", "non-attendance", "digest"))
"""What is written as a Task; the others are messages, or lines of a list."""

BY_CONFIGURATION = {"6757004", "128491006"}
"""Codes of medium confidence that a setting replaces: the right knee, heterotopic ossification."""

AT = datetime(2026, 3, 20, 12, tzinfo=UTC)
BY_KIND = {type(entry): entry for entry in entries()}


def every_form() -> Iterator[Resource]:
    """Give a resource of each form, under an id of its own where it has one."""
    for number, entry in enumerate((*_measured(), *_sessions(), *_others(), *_amended(), *_messages())):
        is_citing = bool(number % 2) or isinstance(entry, AmendmentEntry)  # without a target none is written
        yield resource_of(entry, SITE, cited=CITED if is_citing else {})
    yield from _decided()
    yield double_to_provenance("Condition/a", "Condition/b", AT, SITE)


def _measured() -> Iterator[MeasurementEntry]:
    whole = BY_KIND[MeasurementEntry]
    assert isinstance(whole, MeasurementEntry)
    facts: list[Reading | PainRating | Sign] = []
    places = [(joint, side, motion) for joint, ways in MOTIONS.items() for side in Side for motion in ways]
    for number, (joint, side, motion) in enumerate(places):
        mode, bound = list(Mode)[number % len(Mode)], [None, *Bound][number % 5]
        facts.append(
            Reading(source="", joint=joint, side=side, motion=motion, mode=mode, degrees=-7.5, bound=bound, **WHEN)
        )
    later = WHEN | {"known_on": date(2026, 3, 22)}
    facts += [PainRating(source="", score=10.0, occasion=occasion, place=None, **later) for occasion in PainOccasion]
    facts += [
        Sign(source="", kind=kind, is_present=False, place=place, **WHEN)
        for kind, place in zip(SignKind, WATCHED_PLACES, strict=False)
    ]
    for number, fact in enumerate(facts):
        yield replace(whole, measurement_id=f"form-{number}", fact=fact, performer="Practitioner/3")


def _sessions() -> Iterator[SessionEntry]:
    whole = next(entry for entry in entries() if isinstance(entry, SessionEntry))
    for number, kind in enumerate(SessionKind):
        for status in SessionStatus:
            places = tuple(JointSide(joint=joint, side=Side.RIGHT) for joint in MOTIONS)
            session = replace(
                whole.session, kind=kind, status=status, places=places, reason_not_done="tired", adverse_event="fell"
            )
            yield replace(whole, session_id=f"form-{number}-{status.value}", session=session)


def _others() -> Iterator[SuspicionEntry | ReasonsEntry | TaskEntry]:
    suspicion, reasons, task = (BY_KIND[kind] for kind in (SuspicionEntry, ReasonsEntry, TaskEntry))
    assert isinstance(suspicion, SuspicionEntry)
    assert isinstance(reasons, ReasonsEntry)
    assert isinstance(task, TaskEntry)
    for place in WATCHED_PLACES:
        yield replace(suspicion, place=place, onset=None, strength=5)
    yield replace(suspicion, is_withdrawn=True, evidence=(), sentence="", strength=0)
    for activity in ("raise", "update", "move", "withdraw", "reopen"):
        yield replace(reasons, activity=activity)
    yield replace(reasons, activity="withdraw", evidence=())
    for rule in TASKS:
        yield replace(task, rule=rule, condition_id=None, is_cancelled=rule is ReminderRule.LOG_SESSION)


def _amended() -> Iterator[MeasurementEntry | SessionEntry | AmendmentEntry]:
    measured, session = next(_measured()), next(_sessions())
    for validity in (Validity.CORRECTED, Validity.IN_ERROR):
        yield replace(measured, measurement_id=f"form-{validity.name[:2].lower()}", validity=validity)
        yield replace(session, session_id=f"form-{validity.name[:2].lower()}", validity=validity)
    for number, change in enumerate(Change):
        yield AmendmentEntry(
            amendment_id=f"form-{change.value}", token="t", session_id=SESSION, patient=PATIENT, change=change,
            revision=1, by=("Practitioner/3", "Anna")[number % 2], reason=("", "the wrong leg")[number % 2],
            recorded=AT, has_session=True, measurements=(),
        )  # fmt: skip


def _messages() -> Iterator[MessageEntry | MessageRequestEntry]:
    said = "Rehab clinic, Chippenham: your appointment is on 2026-03-30 at 10:00."
    yield MessageRequestEntry(message="form-request", patient=PATIENT, text=said, asked=AT)
    yield MessageRequestEntry(message="form-revoked", patient=PATIENT, text=said, asked=AT, is_withdrawn=True)
    for medium in Medium:
        yield MessageEntry(message=f"form-{medium.value}", patient=PATIENT, medium=medium, text=said, sent=AT)


def _decided() -> Iterator[Resource]:
    suspicion = BY_KIND[SuspicionEntry]
    assert isinstance(suspicion, SuspicionEntry)
    for decision in Decision:
        entry = DecisionEntry(
            decision_id="d", condition_id=SUSPICION, patient=suspicion.patient, place=suspicion.place,
            decision=decision, reason="the patient fell", by="Dr Sanz", decided=date(2026, 3, 22),
            cited=CitedImaging(kind=ImagingKind.CT, day=date(2026, 3, 21), finding="no bone"),
        )  # fmt: skip
        yield apply_decision(resource_of(suspicion, SITE, cited=CITED), entry)
