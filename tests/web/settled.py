"""Lets a reminder of the ward stand as if a scheduler had had it; the copied store itself sends nothing."""

from sqlalchemy import update

from horehab.domain.reminder import Reminder, ReminderState
from horehab.store import SqlLogbook
from horehab.store.engine import writing
from horehab.store.tables import reminder as table
from horehab.usecases.ports import Ports


def settled(ports: Ports, reminder: Reminder, state: ReminderState) -> None:
    assert isinstance(ports.logbook, SqlLogbook)
    with writing(ports.logbook._engine) as connection:
        done = connection.execute(update(table).where(table.c.key == reminder.key).values(state=state.value))
        assert done.rowcount == 1
