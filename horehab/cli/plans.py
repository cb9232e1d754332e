"""`horehab chart --plans`: which sessions are ordered for a patient, and where an order says no times exactly."""

from collections.abc import Iterable
from typing import Any

from horehab.cli.speaking import print_lines, print_table
from horehab.domain.plan import Plan, Rhythm, Span

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def print_plans(plans: Iterable[Plan], *, as_json: bool) -> None:
    """Print each order with what it plans; one without exact times says why it plans nothing."""
    rows = [_row(plan) for plan in plans]
    if as_json:
        print_lines(rows)
        return
    heads = ("reference", "what", "kind", "how often", "from", "until", "plans nothing, because")
    print_table(
        heads, (tuple(row.values()) for row in rows), empty="No sessions are ordered, as far as was understood."
    )


def _row(plan: Plan) -> dict[str, Any]:
    return {
        "reference": plan.source,
        "what": plan.text,
        "kind": plan.kind.value,
        "how_often": ", ".join(map(str, plan.days)) or _how_often(plan.rhythm),
        "from": plan.first.isoformat() if plan.first else None,
        "until": plan.last.isoformat() if plan.last else None,
        "open": plan.why_open or None,
    }


def _how_often(rhythm: Rhythm | None) -> str | None:
    if rhythm is None:
        return None
    if rhythm.unit is Span.WHOLE:
        return f"{rhythm.times} in all this time"
    on = f" on {', '.join(_DAYS[day] for day in rhythm.weekdays)}" if rhythm.weekdays else ""
    every = f"every {rhythm.every} {rhythm.unit.value}s" if rhythm.every > 1 else f"a {rhythm.unit.value}"
    total = f", {rhythm.total} in all" if rhythm.total is not None else ""
    return f"{rhythm.times} {every}{on}{total}"
