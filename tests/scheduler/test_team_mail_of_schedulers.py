"""What waits for the team leaves as one mail, however many schedulers look; without a mail server it waits."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import time, timedelta

from horehab.clock import SetClock
from horehab.domain.reminder import Reminder, ReminderRule, ReminderState
from horehab.settings import Settings
from horehab.usecases.daily_digest import ask_for_digests
from horehab.usecases.exchange import ReminderRow
from horehab.wiring import opened_ports
from scheduler.postbox import postbox_of
from scheduler.ticks import TICKS, Tower, run_tick
from tests.servers.smtp import MailServer as RunningMailServer

_, _, _, REMINDERS = TICKS


@contextmanager
def _another(tower: Tower, settings: Settings) -> Iterator[Tower]:
    """A second scheduler over the same store, as on another machine."""
    with opened_ports(settings, clock=tower.ports.clock) as ports:
        yield replace(tower, ports=ports)


def _remind(tower: Tower, *, count: int) -> None:
    """Put reminders down that are due by mail now, as the follow-up calendar does."""
    day = tower.ports.clock.today()
    wanted = [
        Reminder(
            patient="Patient/published-1",
            rule=ReminderRule.MEASURE_ROM,
            place=None,
            recipient="team",
            channel="email",
            window=f"slot-{number}",
            due_day=day,
            due_time=time(8),
            zone="Europe/Madrid",
            void_after=day + timedelta(days=7),
            reason="weekly measurement",
        )
        for number in range(count)
    ]
    tower.ports.logbook.log(patient="Patient/published-1", entries=(), reminders=wanted, now=tower.ports.clock.now())
    tower.ports.logbook.reminding.release(who="coordinator", now=tower.ports.clock.now())


def _mails(tower: Tower) -> list[ReminderRow]:
    return [row for row in tower.ports.logbook.reminders() if row.reminder.window.startswith("slot-")]


def test_what_waits_for_the_team_leaves_as_one_mail_for_two_schedulers(
    tower: Tower, settings: Settings, clock: SetClock, smtp: RunningMailServer
) -> None:
    mailing = replace(
        settings,
        smtp_host=smtp.host,
        smtp_port=smtp.port,
        smtp_user=smtp.user,
        smtp_password=smtp.password,
        ca_bundle=str(smtp.certificate),
    )
    _remind(tower, count=20)
    with _another(tower, settings) as other:
        towers = [_mailing(each, mailing) for each in (tower, other)]
        for _ in range(2):
            threads = [threading.Thread(target=run_tick, args=(each, REMINDERS)) for each in towers]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            clock.advance(timedelta(minutes=2))
    assert {(row.state, row.detail) for row in _mails(tower)} == {(ReminderState.SENT, "told in the daily summary")}
    (mail,) = smtp.letters
    assert mail["To"] == "team@ward.example"
    assert "wait for you in horehab today, 2026-07-13: 20." in str(mail.get_payload())


def _mailing(tower: Tower, settings: Settings) -> Tower:
    office = postbox_of(settings, tower.ports)
    return replace(tower, postbox=office, ask_for_digests=lambda: ask_for_digests(tower.ports, office.policy))


def test_without_a_mail_server_reminders_stay_due(tower: Tower) -> None:
    _remind(tower, count=1)
    assert run_tick(tower, REMINDERS)
    (row,) = _mails(tower)
    assert row.state is ReminderState.DUE
    assert "HOREHAB_SMTP_HOST" in row.detail
