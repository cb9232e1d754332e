"""Plays stories day by day on one calendar: what is known of that day goes to the server, then a step is taken."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from horehab.demo.story import Resource, Story

_LONGEST_PAUSE = timedelta(days=7)


def play(
    stories: Iterable[Story],
    *,
    put: Callable[[Resource, date], object],
    step: Callable[[date], object],
    on_day: Callable[[int, int], None] | None = None,
) -> int:
    """Put each day's resources, then take that day's step; give the number of days on which a step was taken.

    Nothing of a day is put before the step of the day before. Days on which nothing is known are left out,
    but never more than a week of them. What several stories share (the ward, its staff) is put once.
    """
    calendar: dict[date, list[Resource]] = defaultdict(list)
    for story in stories:
        for day, resources in story.events:
            calendar[day] += resources
    days = step_days(calendar)
    seen: dict[tuple[str, str], Resource] = {}
    for count, day in enumerate(days, start=1):
        for resource in calendar.get(day, ()):
            name = (resource["resourceType"], resource["id"])
            if seen.get(name) != resource:
                put(resource, day)
                seen[name] = resource
        step(day)
        if on_day is not None:
            on_day(count, len(days))
    return len(days)


def step_days(known: Iterable[date]) -> list[date]:
    """List the days on which a step is due: each day on which something is known, and weekly in between."""
    days: list[date] = []
    for day in sorted(known):
        while days and day - days[-1] > _LONGEST_PAUSE:
            days.append(days[-1] + _LONGEST_PAUSE)
        days.append(day)
    return days
