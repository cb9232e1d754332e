"""How we are, for a monitor and whoever looks after it: JSON, without sign-in, with nothing about a patient."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, jsonify

from horehab.domain.reminder import ReminderState
from horehab.errors import HorehabError
from horehab.usecases.leave_alone import EhrStanding, ehr_standing
from horehab.usecases.plain_words import without_ids
from horehab.usecases.reminding import ReminderCounts
from horehab.web.access import allow_everyone
from horehab.web.problems import status_of
from horehab.web.room import room

_DEAD_AFTER = timedelta(seconds=60)


def add_to(pages: Blueprint) -> None:
    """Add the health answer to our pages."""
    pages.add_url_rule("/health", "health", health)


@allow_everyone
def health() -> Any:
    """Answer 200 with how we are when our memory answers, else 503; what is not well is said in sentences."""
    try:
        ports = room().ports()
        now = ports.clock.now()
        found = ports.logbook.health(now=now)
        counts = ports.logbook.reminding.counts(now=now)
        ehr = ehr_standing(ports.logbook.signals.breaker(), now)
    except HorehabError as error:
        return jsonify(status="failing", code=error.code), max(status_of(error), 503)
    dead = _why_dead(found.last_tick, now)
    status = "ok" if not dead and ehr.is_well and not found.problems else "degraded"
    answer = jsonify(
        status=status,
        why=[*([dead] if dead else []), *([] if ehr.is_well else [ehr.words])],
        is_ticking=not dead,
        last_pass=_text(found.last_pass),
        last_tick=_text(found.last_tick),
        waiting=found.waiting,
        conflicts=found.conflicts,
        set_aside=found.set_aside,
        problems=[without_ids(problem) for problem in found.problems],
        notes=without_ids(found.details.get("notes", "")),
        ehr=_ehr(ehr),
        reminders=_reminders(counts),
        ticks={tick.name: {"begun": _text(tick.begun), "done": _text(tick.done)} for tick in counts.ticks},
    )
    return answer, 200


def _why_dead(last_tick: datetime | None, now: datetime) -> str:
    """Say why the clock tower counts as dead; nothing while it gives signs of life."""
    if last_tick is not None and now - last_tick <= _DEAD_AFTER:
        return ""
    since = f"since {last_tick.isoformat()}" if last_tick else "here, never"
    return (
        f"The clock tower gave no sign {since}: the EHR is not read, and no reminder leaves. "
        "Start it: python -m scheduler"
    )


def _ehr(standing: EhrStanding) -> dict[str, str | None]:
    return {
        "status": standing.status,
        "words": standing.words,
        "since": _text(standing.since),
        "until": _text(standing.until),
        "why": standing.why or None,
    }


def _reminders(counts: ReminderCounts) -> dict[str, object]:
    return {
        "is_released": counts.is_released,
        "due_now": counts.due_now,
        "oldest_due": _text(counts.oldest_due),
        **{state.value: counts.by_state[state] for state in (ReminderState.FAILED, ReminderState.UNKNOWN)},
    }


def _text(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
