"""The close of a pass, in one transaction: marks, verdicts, outbox entries, reminders, review flags."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from horehab.domain.need import need_of
from horehab.store import outbox, patients, reminders, tables
from horehab.store.payloads import encode, plain
from horehab.store.ranks import rank_of
from horehab.usecases.exchange import Review

NOTE = "note: "
"""What is told of a pass begins so when it is no problem."""


def take_over(
    connection: Connection, reviews: Sequence[Review], *, now: datetime, seen: Mapping[str, int], ward: ZoneInfo
) -> None:
    """Put down what reviews decided. `seen` tells per patient up to which change the review had read."""
    _set_verdicts(connection, reviews)
    _set_patients(connection, reviews, seen=seen)
    _cancel(connection, reviews, now)
    reminders.enrol(connection, {review.patient: review.as_of for review in reviews})
    reminders.add(connection, (r for review in reviews for r in review.reminders), ward=ward, now=now)
    outbox.add(connection, (entry for review in reviews for entry in review.entries), now=now)


def _cancel(connection: Connection, reviews: Sequence[Review], now: datetime) -> None:
    why = {key: words for review in reviews for key, words in review.why_void}
    by_reason: dict[str, set[str]] = {}
    for review in reviews:
        for key in review.void_reminders:
            by_reason.setdefault(why.get(key, "no longer holds"), set()).add(key)
    for words, keys in sorted(by_reason.items()):
        reminders.cancel(connection, sorted(keys), now=now, why=words)


def note_pass(
    connection: Connection,
    reviews: Sequence[Review],
    *,
    now: datetime,
    problems: tuple[str, ...],
    notes: tuple[str, ...] = (),
) -> None:
    """Note that a pass was closed, as of which day, what was wrong with it, and what is to be known of it besides."""
    told = (*problems, *(NOTE + note for note in notes))
    connection.execute(
        insert(tables.review_pass).values(
            finished=now,
            as_of=max((review.as_of for review in reviews), default=None),
            problems=msgspec.json.encode(told).decode(),
        )
    )


def set_marks(connection: Connection, marks: Mapping[str, str]) -> None:
    """Move the marks of the kinds that were read to their end."""
    t = tables.mark
    for kinds in patients.chunks(marks):
        connection.execute(delete(t).where(t.c.kind.in_(kinds)))
        connection.execute(insert(t), [{"kind": kind, "mark": marks[kind]} for kind in kinds])


def read_marks(connection: Connection) -> dict[str, str]:
    """Tell up to where each kind of resource has been read."""
    return {row.kind: row.mark for row in connection.execute(select(tables.mark))}


def _set_verdicts(connection: Connection, reviews: Sequence[Review]) -> None:
    t = tables.verdict
    for chunk in patients.chunks(review.patient for review in reviews):
        connection.execute(delete(t).where(t.c.patient.in_(chunk)))
    rows = [
        {
            "patient": review.patient,
            "joint": verdict.place.joint.value,
            "side": verdict.place.side.value,
            "tier": verdict.tier.value,
            "as_of": verdict.as_of,
            "payload": encode(verdict),
        }
        for review in {review.patient: review for review in reviews}.values()
        for verdict in review.verdicts
    ]
    if rows:
        connection.execute(insert(t), rows)


def _set_patients(connection: Connection, reviews: Sequence[Review], *, seen: Mapping[str, int]) -> None:
    t = tables.patient
    if not reviews:
        return
    rows = [_patient_row(review, seen.get(review.patient)) for review in reviews]
    connection.execute(
        update(t)
        .where(t.c.reference == bindparam("r"))
        .values(
            tier=bindparam("the_tier"), need=bindparam("the_need"), last_measured=bindparam("measured"),
            as_of=bindparam("the_day"), basis=func.coalesce(bindparam("the_rule"), t.c.basis),
            ward=bindparam("the_ward"), ward_name=bindparam("ward_words"), therapist=bindparam("seen_by"),
        ),
        rows,
    )  # fmt: skip
    words = tables.patient_word
    is_elsewhere = (words.c.patient == bindparam("r")) & (words.c.need != bindparam("the_need"))
    connection.execute(update(words).where(is_elsewhere).values(need=bindparam("the_need")), rows)
    read = [row for row in rows if row["read"] is not None]
    if read:
        later = (t.c.reference == bindparam("r")) & (t.c.reviewed < bindparam("read"))
        connection.execute(update(t).where(later).values(reviewed=bindparam("read")), read)
    unread = [row["r"] for row in rows if row["read"] is None]
    for chunk in patients.chunks(unread):
        connection.execute(update(t).where(t.c.reference.in_(chunk)).values(reviewed=t.c.changes))
    patients.note_listing_changed(connection)


def _patient_row(review: Review, read: int | None) -> dict[str, Any]:
    need = need_of(review.verdicts, waits_for_review=review.waits_for_review, overdue_since=review.overdue_since)
    return {
        "r": review.patient,
        "the_tier": need.tier.value,
        "the_need": rank_of(need),
        "measured": review.last_measured,
        "the_day": review.as_of,
        "the_rule": review.basis,
        "read": read,
        "the_ward": plain(review.ward.ward) if review.ward else None,
        "ward_words": plain(review.ward.words) if review.ward else None,
        "seen_by": plain(review.therapist) if review.therapist else None,
    }


def changes_of(connection: Connection, reference: str) -> int:
    """Count the changes of a patient so far, to know later whether a review had read them all."""
    t = tables.patient
    return int(connection.execute(select(t.c.changes).where(t.c.reference == reference)).scalar() or 0)


def verdicts_of(connection: Connection, references: Sequence[str]) -> dict[str, list[str]]:
    """Give the verdicts of some patients as they were written down."""
    t = tables.verdict
    found: dict[str, list[str]] = {reference: [] for reference in references}
    for name, payload in connection.execute(select(t.c.patient, t.c.payload).where(t.c.patient.in_(references))):
        found[name].append(payload)
    return found


def as_day(value: date | None) -> str:
    """Write a day as text, empty when there is none."""
    return value.isoformat() if value else ""
