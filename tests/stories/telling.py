"""Reads a story through the real reader, as an EHR would hand it over, and judges it day by day."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

from horehab.demo.resources import ZONE
from horehab.demo.score import Suspicion
from horehab.demo.story import Resource, Story
from horehab.detection.verdicts import judge
from horehab.domain.joints import JointSide
from horehab.domain.record import Fact, Patient, PatientRecord, record_of
from horehab.domain.suspicion import Tier, Verdict
from horehab.domain.thresholds import Rules
from horehab.fhir.basis.site import Site
from horehab.fhir.reading import understand
from horehab.rules import load_rules
from horehab.usecases.exchange import ChartItem

Change = Callable[[Iterable[Fact]], Iterable[Fact]]


@cache
def rules() -> Rules:
    return load_rules()


@cache
def site(zone: str = ZONE.key) -> Site:
    limits = {motion: (numbers.lowest, numbers.highest) for motion, numbers in rules().motions.items()}
    return Site(zone=ZoneInfo(zone), limits=limits)


def read(resource: Resource) -> ChartItem:
    """Read one resource as the server gives it."""
    return understand(resource, json.dumps(resource).encode(), site())


@cache
def items_by_day(story: Story) -> tuple[tuple[date, tuple[ChartItem, ...]], ...]:
    """Read a whole story once."""
    return tuple((day, tuple(read(resource) for resource in resources)) for day, resources in story.events)


def record_on(story: Story, day: date, *, change: Change = tuple) -> PatientRecord:
    """Give what is known of the patient at the end of a day, by what had reached the server."""
    latest: dict[str, ChartItem] = {}
    for when, items in items_by_day(story):
        if when <= day:
            latest |= {item.reference: item for item in items}
    identity: Patient = next(item.identity for item in latest.values() if item.identity is not None)
    return record_of(identity, change(fact for item in latest.values() for fact in item.facts))


def verdicts_by_day(story: Story, *, change: Change = tuple) -> dict[date, tuple[Verdict, ...]]:
    """Judge every joint at the end of every day on which something became known, as the ward would have."""
    told = {}
    for day, _ in items_by_day(story):
        told[day] = judge(record_on(story, day, change=change), rules(), day)
    return told


def suspicions_of(story: Story, *, change: Change = tuple) -> tuple[Suspicion, ...]:
    """List every joint that ever came under suspicion, with the first day and all days of it."""
    days = defaultdict[JointSide, list[date]](list)
    for day, verdicts in verdicts_by_day(story, change=change).items():
        for verdict in verdicts:
            if verdict.tier is Tier.SUSPECT:
                days[verdict.place].append(day)
    return tuple(
        Suspicion(patient=story.patient, place=place, day=when[0], updates=tuple(when[1:]))
        for place, when in days.items()
    )


def without(*kinds: type) -> Change:
    """Take some kinds of fact away."""
    return lambda facts: (fact for fact in facts if not isinstance(fact, kinds))
