"""Requests to the EHR's own messenger that wait in the outbox: taken back when their reminder holds no more."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from horehab.domain.message import MessageRequestEntry
from horehab.usecases.exchange import ReminderRow
from horehab.usecases.letters import message_name


def withdrawn_requests(
    requests: Iterable[MessageRequestEntry], rows: Iterable[ReminderRow], void: Collection[str]
) -> tuple[MessageRequestEntry, ...]:
    """Take back the requests whose reminder does not wait any more, or is void from now on."""
    wanted = {message_name(r.reminder) for r in rows if r.state.is_waiting and r.reminder.key not in void}
    return tuple(replace(each, is_withdrawn=True) for each in requests if each.message not in wanted)
