"""Figures for a monitor in Prometheus' text format: reminders by state, how late they are, the ticks; no patient."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from flask import Blueprint, Response

from horehab.errors import HorehabError
from horehab.usecases.exchange import Health
from horehab.usecases.reminding import ReminderCounts
from horehab.web.access import allow_everyone
from horehab.web.problems import status_of
from horehab.web.room import room

_KIND = "text/plain; version=0.0.4; charset=utf-8"
_TELLING = 503


def add_to(pages: Blueprint) -> None:
    """Add the figures to our pages."""
    pages.add_url_rule("/metrics", "metrics", metrics)


@allow_everyone
def metrics() -> Response:
    """Give the figures; 503 with a comment when our memory does not answer."""
    try:
        ports = room().ports()
        now = ports.clock.now()
        counts, stand = ports.logbook.reminding.counts(now=now), ports.logbook.health(now=now)
    except HorehabError as error:
        return Response(f"# {error.code}\n", max(status_of(error), _TELLING), content_type=_KIND)
    lines = [line for figure in (*_of_reminders(counts, now), *_of_us(stand, counts, now)) for line in figure]
    return Response("\n".join(lines) + "\n", content_type=_KIND)


def _of_reminders(counts: ReminderCounts, now: datetime) -> Iterator[Iterable[str]]:
    by_state = [(f'{{state="{state.value}"}}', float(number)) for state, number in counts.by_state.items()]
    yield _figure("horehab_reminders", "gauge", "Reminders in the ledger by state.", by_state)
    yield _figure("horehab_reminders_due_now", "gauge", "Reminders that are due and wait.", [("", counts.due_now)])
    lag = (now - counts.oldest_due).total_seconds() if counts.oldest_due else 0.0
    yield _figure(
        "horehab_reminder_lag_seconds", "gauge", "How long the oldest due reminder has waited.", [("", lag)]
    )
    yield _figure("horehab_reminder_attempts", "counter", "Attempts to send a reminder.", [("", counts.attempts)])
    words = "Attempts of which nobody said what became of them."
    yield _figure("horehab_reminder_attempts_in_doubt", "gauge", words, [("", counts.interrupted)])
    words = "Whether a person has let the reminders of this installation go."
    yield _figure("horehab_reminders_released", "gauge", words, [("", float(counts.is_released))])


def _of_us(stand: Health, counts: ReminderCounts, now: datetime) -> Iterator[Iterable[str]]:
    alive = [(f'{{tick="{tick.name}"}}', (now - tick.at).total_seconds()) for tick in counts.ticks]
    yield _figure("horehab_tick_age_seconds", "gauge", "How long ago the scheduler's tick gave a sign.", alive)
    done = [
        (f'{{tick="{tick.name}"}}', (now - tick.done).total_seconds())
        for tick in counts.ticks
        if tick.done is not None
    ]
    yield _figure("horehab_tick_done_age_seconds", "gauge", "How long ago a tick's work was last done.", done)
    yield _figure("horehab_outbox_waiting", "gauge", "Entries that wait for the EHR.", [("", stand.waiting)])
    yield _figure("horehab_conflicts", "gauge", "Entries about which a person must decide.", [("", stand.conflicts)])
    yield _figure("horehab_set_aside", "gauge", "Resources that could not be read.", [("", stand.set_aside)])


def _figure(name: str, kind: str, words: str, values: Iterable[tuple[str, float]]) -> Iterable[str]:
    return (
        f"# HELP {name} {words}",
        f"# TYPE {name} {kind}",
        *(f"{name}{label} {value:.15g}" for label, value in values),
    )
