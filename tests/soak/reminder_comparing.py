"""What telephones show beside what the ledger says: nothing unaccounted for, nothing twice, no repeat unlogged."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from horehab.domain.reminder import ReminderState
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.letters import message_name
from horehab.usecases.reminding import Attempt
from tests.servers.sms import Sms, SmsGateway
from tests.soak.reminder_ward import Told

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(slots=True, kw_only=True)
class Findings:
    """What is wrong, by kind, each with an example or more."""

    unaccounted: list[str] = field(default_factory=list)
    """Neither read on a telephone and sent by the ledger, nor listed as unknown for a person."""

    doubled: list[str] = field(default_factory=list)
    """Read twice on a telephone."""

    unlogged: list[str] = field(default_factory=list)
    """A request that reached the gateway and has no attempt in the log."""

    foreign: list[str] = field(default_factory=list)
    """Read by somebody who was not to read it, or without a reminder in the ledger."""

    unforeseen: list[str] = field(default_factory=list)
    """A scheduler that ended with an error."""

    def counts(self) -> dict[str, int]:
        """Count each kind."""
        return {name: len(getattr(self, name)) for name in self.__slots__}

    def __bool__(self) -> bool:
        """Whether anything is wrong."""
        return any(self.counts().values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What the ledger says in the end: each reminder as it stands, and each attempt."""

    rows: tuple[ReminderRow, ...]
    attempts: tuple[Attempt, ...]

    @property
    def unknown(self) -> int:
        """How many are listed as unknown, for a person to decide."""
        return sum(row.state is ReminderState.UNKNOWN for row in self.rows)


def read_as(sms: Sms) -> Told:
    """Read an SMS as a patient does: whose telephone, and the day of the appointment in its words."""
    found = _DAY.search(sms.text)
    return Told(to=sms.to, day=found.group() if found else sms.text)


def compare(wanted: Mapping[Told, tuple[str, str]], gateway: SmsGateway, ledger: Ledger, found: Findings) -> None:
    """Look at each reminder that was to be read, and at each request that came."""
    read = Counter(read_as(sms) for sms in gateway.delivered())
    rows: dict[tuple[str, str], list[ReminderRow]] = {}
    for row in ledger.rows:
        rows.setdefault((row.reminder.patient, row.reminder.window), []).append(row)
    for told, name in wanted.items():
        words = _accounted(read[told], rows.get(name, []))
        if words:
            found.unaccounted.append(f"{name[0]} {name[1]}: {words}")
    found.doubled += [f"{told.to} {told.day}: {count} times" for told, count in read.items() if count > 1]
    found.foreign += [f"{told.to} {told.day}" for told in read if told not in wanted]
    found.unlogged += _unlogged(gateway.raw, ledger)


def _accounted(read: int, rows: list[ReminderRow]) -> str:
    """Say why a reminder is not accounted for; "" for one that is."""
    if len(rows) != 1:
        return f"{len(rows)} reminders in the ledger"
    row = rows[0]
    if row.state is ReminderState.UNKNOWN:
        return "" if row.detail else "unknown without a reason"
    if row.state is not ReminderState.SENT:
        return f"{row.state.value}, read {read} times ({row.detail})"
    return "" if read else "sent by the ledger, and never read"


def _unlogged(raw: Iterable[Sms], ledger: Ledger) -> list[str]:
    """Find requests of which the log of attempts knows less than came."""
    logged = Counter(attempt.key for attempt in ledger.attempts)
    keys = {message_name(row.reminder): row.reminder.key for row in ledger.rows}
    came = Counter(keys.get(sms.message, sms.message) for sms in raw)
    return [f"{key}: {count} requests, {logged[key]} attempts" for key, count in came.items() if count > logged[key]]
