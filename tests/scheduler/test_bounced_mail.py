"""A mail that a real mail server took and that comes back hours later fails the reminder that it was."""

from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner

from horehab.cli import main
from horehab.domain.reminder import ReminderState
from horehab.settings import Settings
from scheduler.postbox import postbox_of
from tests.cli.returned_mails import from_postfix
from tests.scheduler.letters import REMINDER
from tests.scheduler.office_desk import Desk
from tests.servers.smtp import MailServer


def test_a_mail_that_was_taken_and_comes_back_is_known_by_its_message_id(
    desk: Desk, smtp: MailServer, tmp_path: Path
) -> None:
    desk.consent()
    reminder = replace(REMINDER, channel="email")
    desk.put(reminder)
    settings = Settings(
        smtp_host=smtp.host, smtp_port=smtp.port, smtp_user=smtp.user, smtp_password=smtp.password,
        mail_from="horehab@ward.example", ca_bundle=str(smtp.certificate), clinic_name="Rehab",
        clinic_phone="+34910000000",
    )  # fmt: skip
    receipt = postbox_of(settings, desk.ports).send(reminder)
    (row,) = desk.ports.logbook.due_reminders(owner="me", now=desk.clock.now(), limit=10)
    desk.ports.logbook.settle_reminder(row, receipt.state, detail=receipt.detail, now=desk.clock.now())
    assert receipt.state is ReminderState.SENT
    back = from_postfix(original=smtp.letters[0])
    here = {"HOREHAB_DATABASE_URL": f"sqlite:///{tmp_path}/desk.sqlite3", "HOREHAB_TIME_ZONE": "Europe/Madrid"}
    told = CliRunner().invoke(main, ["bounces"], input=back, env=here)
    assert (told.exit_code, told.stderr) == (0, "")
    (after,) = desk.ports.logbook.reminders()
    assert (after.state, "550 5.1.1" in after.detail) == (ReminderState.FAILED, True)
