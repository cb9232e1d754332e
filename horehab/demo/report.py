"""Tells the demo's result: when each joint was suspected, when clinicians noticed, and what it does not show."""

from collections.abc import Iterable, Iterator
from io import StringIO

from rich.console import Console
from rich.table import Table

from horehab.demo.score import JointRow, Score, WardScore
from horehab.demo.story import Story
from horehab.domain.wording import counted

_WIDTH = 118
CAUTION = (
    "This is a story test, no evidence of accuracy: the degrees, the visits and the pain scores are invented, "
    "and so are the six sides of case 5 and its spared elbows, the loss at case 1's shoulder, and every date of "
    "case 6. The day counts of the poster have no stated zero; here it is the admission to intensive care. "
    "Not a medical device; no clinical validation."
)


def report(published: Iterable[Story], told: Score, ward: WardScore, *, head: str) -> str:
    """Write the whole report as plain text, 118 columns wide."""
    page = StringIO()
    console = Console(file=page, width=_WIDTH, highlight=False)
    console.print(f"{head}\n", markup=False)
    for story in published:
        _print_story(console, story, [row for row in told.rows if row.story.key == story.key], told)
    for line in _verdict(told):
        console.print(line, markup=False)
    if ward.joints or ward.false_months:
        console.print(_ward_words(ward), markup=False)
    console.print(f"\n{CAUTION}", markup=False)
    return page.getvalue().rstrip()


def _print_story(console: Console, story: Story, rows: list[JointRow], told: Score) -> None:
    console.print(f"{story.title} ({story.patient})", markup=False)
    table = Table(box=None, pad_edge=False)
    for name in ("joint", "suspected on day", "clinicians noticed", "window", "inside"):
        table.add_column(name, min_width=12)
    for row in rows:
        table.add_row(*_cells(row))
    console.print(table)
    console.print(f"  {story.citation}.", markup=False)
    for row in rows[:1]:
        if row.suspicion is not None:
            console.print(f"  {row.suspicion.sentence}", markup=False)
    relapses = [(e, day) for e, day in told.relapses if story.relapse and e in story.relapse]
    if relapses:
        met = sum(expected.holds(day) for expected, day in relapses)
        days = f"{story.day_number(relapses[0][0].first)}-{story.day_number(relapses[0][0].last)}"
        console.print(f"  Worse again: {met} of {len(relapses)} suspicions updated on day {days}.", markup=False)
    console.print(f"  Invented: {' '.join(story.invented)}\n", markup=False)


def _cells(row: JointRow) -> Iterator[str]:
    story = row.story
    yield str(row.expected.place)
    yield str(story.day_number(row.suspicion.day)) if row.suspicion else "never"
    yield str(story.day_number(story.noticed)) if story.noticed else "-"
    yield f"{story.day_number(row.expected.first)}-{story.day_number(row.expected.last)}"
    yield "yes" if row.is_inside else "NO"


def _verdict(told: Score) -> Iterator[str]:
    yield (
        f"{told.inside} of {len(told.rows)} expected joints inside their window, "
        f"{len(told.forbidden)} on the forbidden ones, {len(told.elsewhere)} elsewhere."
    )
    for wrong in (*told.forbidden, *told.elsewhere):
        yield f"  not expected: {wrong.place} of {wrong.patient} on {wrong.day}"
    if told.relapses:
        yield f"{told.relapses_met} of {len(told.relapses)} relapses met within 21 days of their first reading."


def _ward_words(ward: WardScore) -> str:
    rate = 100 * ward.false / ward.false_months if ward.false_months else 0.0
    return (
        f"The synthetic ward: {ward.found} of {ward.joints} joints with ossification found, {ward.in_time} in time; "
        f"{counted(ward.false, 'false suspicion')} in {ward.false_months:.0f} patient-months without ossification "
        f"({rate:.1f} per 100), {ward.wrong_place} on a wrong joint or too early."
    )
