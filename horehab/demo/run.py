"""Runs the demo on open ports: plays all stories, takes each day's step, and lays the result beside the truth."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable

from horehab.demo.play import play
from horehab.demo.published import patients as published_patients
from horehab.demo.report import report
from horehab.demo.score import Score, Suspicion, WardScore, score, score_ward
from horehab.demo.story import Resource, Story
from horehab.demo.ward import patients as ward_patients
from horehab.domain.entries import ReasonsEntry, SuspicionEntry
from horehab.usecases.keep_step import StepOrder, keep_step
from horehab.usecases.ports import Ports


@runtime_checkable
class _Hand(Protocol):
    """A clock that can be set to a ward day."""

    def set_day(self, day: date) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoResult:
    """What the demo showed. `written_again` is what a second review of the last day wrote: it must be 0."""

    published: tuple[Story, ...]
    ward: tuple[Story, ...]
    suspicions: tuple[Suspicion, ...]
    score: Score
    ward_score: WardScore
    days: int
    last_day: date
    written_again: int

    @property
    def is_as_told(self) -> bool:
        """Whether every expected joint was met inside its window, and nothing else was suspected."""
        told = self.score
        return told.inside == len(told.rows) and not told.forbidden and not told.elsewhere

    def report(self) -> str:
        """Tell the result in words and tables, with what is invented and what it does not show."""
        head = f"Played {self.days} ward days up to {self.last_day}; a second review wrote {self.written_again}."
        return report(self.published, self.score, self.ward_score, head=head)


def run_demo(
    ports: Ports,
    put: Callable[[Resource], object],
    *,
    on_progress: Callable[[str, int, int], None] | None = None,
    published: tuple[Story, ...] | None = None,
    ward: tuple[Story, ...] | None = None,
) -> DemoResult:
    """Play the published patients and the synthetic ward, or the stories given, through open ports.

    `put` brings a resource into the server. If the ports' clock can be set, it stands at each day in turn.
    `on_progress` is told what is being done, how many days are done, and of how many.
    """
    published = published_patients() if published is None else published
    ward = ward_patients() if ward is None else ward
    words = f"Playing {len(published) + len(ward)} patients"

    def put_on(resource: Resource, day: date) -> None:
        _set(ports, day)
        put(resource)

    def step_on(day: date) -> None:
        _set(ports, day)
        keep_step(ports, StepOrder(as_of=day))

    def told(done: int, total: int) -> None:
        if on_progress is not None:
            on_progress(words, done, total)

    days = play((*published, *ward), put=put_on, step=step_on, on_day=told)
    last_day = max(story.last_day for story in (*published, *ward))
    again = keep_step(ports, StepOrder(as_of=last_day))
    suspicions = delivered_suspicions(ports)
    return DemoResult(
        published=published,
        ward=ward,
        suspicions=suspicions,
        score=score(published, suspicions),
        ward_score=score_ward(ward, suspicions),
        days=days,
        last_day=last_day,
        written_again=again.delivered.done,
    )


def delivered_suspicions(ports: Ports) -> tuple[Suspicion, ...]:
    """List the suspicions that came to stand in the chart, with the days on which each was brought up to date."""
    rows = [row for row in ports.logbook.outbox(open_only=False) if row.state in ("done", "replaced")]
    acts: dict[str, list[ReasonsEntry]] = defaultdict(list)
    for row in rows:
        if row.state == "done" and isinstance(row.entry, ReasonsEntry):
            acts[row.entry.condition_id].append(row.entry)
    first: dict[str, SuspicionEntry] = {}
    for row in rows:
        if isinstance(row.entry, SuspicionEntry):
            first.setdefault(row.entry.condition_id, row.entry)
    return tuple(
        Suspicion(
            patient=entry.patient,
            place=entry.place,
            day=entry.recorded,
            sentence=entry.sentence,
            updates=tuple(sorted(act.recorded for act in acts[name] if act.activity == "update")),
        )
        for name, entry in first.items()
        if any(act.activity == "raise" for act in acts[name])
    )


def _set(ports: Ports, day: date) -> None:
    if isinstance(ports.clock, _Hand):
        ports.clock.set_day(day)
