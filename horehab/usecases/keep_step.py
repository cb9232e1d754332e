"""Keep step with the chart: deliver what waits, read what changed, review, close the pass, deliver again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from horehab.usecases.deliver_entries import deliver_entries
from horehab.usecases.end_doubles import end_doubles
from horehab.usecases.exchange import ChartPage, DeliveryReport, Kept, PullReport, Review, StepReport
from horehab.usecases.leave_alone import ask_leave, is_faltering
from horehab.usecases.ports import Ports
from horehab.usecases.pull_chart import pull_chart
from horehab.usecases.review_joints import review_joints


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOrder:
    """What is asked of a step.

    `as_of` the ward day at whose end is reviewed (today when None); `patient` only that one; `is_dry_run`
    decides and shows, and writes nothing; `is_past_allowed` lets another day than today write on a server that
    is not this machine's own. `is_unattended`: a machine asks, which leaves an EHR alone that does not answer;
    a person may always try at once.
    """

    as_of: date | None = None
    patient: str | None = None
    is_dry_run: bool = False
    is_past_allowed: bool = False
    is_unattended: bool = False


def keep_step(
    ports: Ports,
    order: StepOrder | None = None,
    *,
    on_page: Callable[[ChartPage], None] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> StepReport:
    """Take one step in time with the chart and tell what was read, decided and written.

    Marks, verdicts, entries and reminders are committed in one transaction after the whole pass; a crash
    before it leaves the marks where they were, so that the next pass reads the same again. A dry run keeps
    what it read, and nothing of what it decided.
    """
    order = order or StepOrder()
    if order.is_unattended and (why_not := ask_leave(ports)):
        return _left_alone(ports, why_not)
    why_dry = _why_dry(ports, order)
    # What does not answer of late is tried with one reading, not with every entry that waits.
    delivered = DeliveryReport()
    if not why_dry and not ports.needs_approval and not is_faltering(ports):
        delivered = deliver_entries(ports)
    pulled = pull_chart(ports, on_page=on_page)
    reviews = review_joints(ports, as_of=order.as_of, patient=order.patient, on_progress=on_progress)
    if why_dry:
        return _report(ports, pulled, reviews, why_dry=why_dry)
    acted_on = tuple(review if review.basis else replace(review, entries=()) for review in reviews)
    now = ports.clock.now()
    ports.logbook.finish_pass(
        marks=pulled.marks, reviews=acted_on, now=now, problems=pulled.problems, notes=pulled.notes
    )
    if ports.needs_approval or pulled.is_silent:
        return _report(ports, pulled, reviews, delivered=delivered)
    delivered += deliver_entries(ports)
    end_doubles(ports)
    return _report(ports, pulled, reviews, delivered=delivered)


def _left_alone(ports: Ports, why: str) -> StepReport:
    pulled = PullReport(marks={}, kept=Kept(), problems=(why,))
    return _report(ports, pulled, (), why_dry=why)


def _why_dry(ports: Ports, order: StepOrder) -> str:
    last = ports.logbook.last_review()
    today = ports.clock.today()
    if order.is_dry_run:
        return "a dry run was asked for"
    if order.as_of is not None and last is not None and order.as_of < last:
        return f"a review as of {last} was closed already, and {order.as_of} lies before it"
    if order.as_of is not None and order.as_of != today and not (ports.may_write_past or order.is_past_allowed):
        when = "past" if order.as_of < today else "still to come"
        return f"{order.as_of} is {when}, and the server is not this machine's own (--write allows it)"
    return ""


def _report(
    ports: Ports,
    pulled: PullReport,
    reviews: tuple[Review, ...],
    *,
    delivered: DeliveryReport | None = None,
    why_dry: str = "",
) -> StepReport:
    left = ports.logbook.outbox()
    waiting = len([row for row in left if row.state == "waiting"])
    return StepReport(
        pulled=pulled,
        reviews=reviews,
        delivered=delivered or DeliveryReport(),
        waiting=waiting,
        conflicts=len(left) - waiting,
        is_dry=bool(why_dry),
        why_dry=why_dry,
    )
