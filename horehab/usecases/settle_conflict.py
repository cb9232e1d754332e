"""A person settles a conflict: the EHR stays as it is, or the entry is tried once more; who and why is noted."""

from dataclasses import dataclass

from horehab.errors import InputError
from horehab.usecases.conflict_queue import Settlement
from horehab.usecases.exchange import OutboxRow
from horehab.usecases.ports import Ports

LONGEST_WHY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementForm:
    """What a person decided about row `row` of the queue, who they are, and why."""

    row: int
    how: Settlement
    who: str
    why: str


def settle_conflict(ports: Ports, form: SettlementForm) -> OutboxRow:
    """Settle one conflict and give the row as it stood; nothing in the EHR is changed by this itself.

    InputError for a row that is not in the queue, and for a decision without a name or a reason.
    """
    _check(form)
    found = next((row for row in ports.logbook.queue.listed() if row.row == form.row), None)
    if found is None:
        raise _not_there(form.row)
    now = ports.clock.now()
    # Noted before it is done: a crash in between leaves a note too many, never a decision without one.
    what = f"settled conflict {form.row} ({found.key}): {form.how.value}; {form.why.strip()}"
    ports.logbook.audit(who=form.who.strip(), what=what, patient=found.patient, now=now)
    if not ports.logbook.queue.settle(form.row, form.how, now=now):
        raise _not_there(form.row)
    return found


def _check(form: SettlementForm) -> None:
    if not form.who.strip():
        raise InputError("A conflict is settled by somebody.", field="who", value="", remedy="Give your name.")
    if not form.why.strip():
        raise InputError("Settling a conflict needs its reason.", field="why", value="", remedy="Say why.")
    if len(form.why) > LONGEST_WHY:
        said = f"The reason has {len(form.why)} characters."
        raise InputError(said, field="why", value=len(form.why), remedy=f"Say it in {LONGEST_WHY} at most.")


def _not_there(row: int) -> InputError:
    return InputError(
        f"Row {row} waits for nobody's decision.",
        field="row",
        value=row,
        remedy="List the queue again: somebody may have settled it, or a later entry replaced it.",
    )
