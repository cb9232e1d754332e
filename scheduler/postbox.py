"""How a reminder leaves: by e-mail over SMTP, in words that name no patient, diagnosis, value or joint."""

import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from types import MappingProxyType

from horehab.domain.reminder import Reminder, ReminderRule, ReminderState
from horehab.errors import ConfigurationError
from horehab.settings import Settings
from horehab.usecases.ports import Clock, Receipt

_IMPLICIT_TLS_PORT = 465
_TIMEOUT = 30.0
_TAKEN, _FOR_GOOD = 250, 500
_RECIPIENT_KNOWN = (250, 251)

TEMPLATES: Mapping[ReminderRule, tuple[str, str]] = MappingProxyType(
    {
        ReminderRule.MEASURE_ROM: ("A measurement is due", "A measurement is due for one of your patients."),
        ReminderRule.LOG_SESSION: ("A session is not logged yet", "A planned session has not been logged yet."),
        ReminderRule.FOLLOW_UP_VISIT: (
            "A follow-up visit is due",
            "A follow-up visit is due for one of your patients.",
        ),
        ReminderRule.REPEAT_IMAGING: ("A review is due", "A planned review is due for one of your patients."),
        ReminderRule.REVIEW_SUSPICION: ("A review is due", "Something waits to be reviewed by your team."),
    }
)
"""All that a reminder may ever say: subject and sentence, by rule."""

_CLOSING = "Please open horehab to see whom it concerns (due {day})."


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """The way to the mail server; without `is_starttls` and below port 465 it is plain, for this machine only."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    is_starttls: bool = True
    ca_bundle: str = ""


def postbox_of(settings: Settings, clock: Clock) -> "SmtpPostbox | NoPostbox":
    """Open the postbox that the settings name; without HOREHAB_SMTP_HOST reminders stay due and say why."""
    if not settings.smtp_host:
        return NoPostbox()
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.mail_from,
        user=settings.smtp_user,
        password=settings.smtp_password,
        is_starttls=settings.smtp_starttls,
        ca_bundle=settings.ca_bundle,
    )
    is_plain = not server.is_starttls and server.port != _IMPLICIT_TLS_PORT
    if is_plain and server.host not in ("localhost", "127.0.0.1", "::1"):
        raise ConfigurationError(
            f"HOREHAB_SMTP_STARTTLS is off, and {server.host} is not this machine.",
            remedy="Switch it on, or use port 465.",
        )
    return SmtpPostbox(server, clock)


@dataclass(frozen=True, slots=True)
class NoPostbox:
    """No mail server is set: every reminder stays due, is shown so, and goes when there is one."""

    deduplicates: bool = True

    def send(self, _reminder: Reminder, *, address: str | None) -> Receipt:
        """Send nothing and say so."""
        del address
        return Receipt(state=ReminderState.DUE, detail="no mail server is set (HOREHAB_SMTP_HOST)")


@dataclass(frozen=True, slots=True)
class SmtpPostbox:
    """E-mail over SMTP. The same key has the same Message-ID, but mail servers do not promise to drop a repeat."""

    server: MailServer
    clock: Clock
    deduplicates: bool = False

    def send(self, reminder: Reminder, *, address: str | None) -> Receipt:
        """Send one reminder. SENT when the server took it, FAILED for good, DUE for a later try.

        UNKNOWN when the answer to the letter itself was lost: it may or may not have gone, a person decides.
        """
        if not address:
            return Receipt(state=ReminderState.FAILED, detail="no e-mail address is known for the recipient")
        try:
            letter = self.letter(reminder, address)
        except ValueError:
            return Receipt(state=ReminderState.FAILED, detail="the recipient's e-mail address cannot be used")
        try:
            line = self._open()
        except (OSError, smtplib.SMTPException) as error:
            return _later("the mail server cannot be reached", error)
        try:
            return self._hand_over(line, letter, address)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                line.quit()
            line.close()

    def letter(self, reminder: Reminder, address: str) -> EmailMessage:
        """Write the letter out of the allow-list; ValueError for an address that is none."""
        subject, sentence = TEMPLATES[reminder.rule]
        letter = EmailMessage()
        letter["From"] = self.server.sender
        letter["To"] = Address(addr_spec=_plain(address))
        letter["Subject"] = subject
        letter["Date"] = format_datetime(self.clock.now())
        domain = self.server.sender.rpartition("@")[2] or "localhost"
        letter["Message-ID"] = f"<{sha256(reminder.key.encode()).hexdigest()[:40]}@{domain}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(f"{sentence} {_CLOSING.format(day=reminder.due_day)}\n")
        return letter

    def _open(self) -> smtplib.SMTP:
        tls = ssl.create_default_context(cafile=self.server.ca_bundle or None)
        place = (self.server.host, self.server.port)
        if self.server.port == _IMPLICIT_TLS_PORT:
            line: smtplib.SMTP = smtplib.SMTP_SSL(*place, timeout=_TIMEOUT, context=tls)
        else:
            line = smtplib.SMTP(*place, timeout=_TIMEOUT)
        try:
            if self.server.is_starttls and self.server.port != _IMPLICIT_TLS_PORT:
                line.starttls(context=tls)
            if self.server.user:
                line.login(self.server.user, self.server.password)
        except BaseException:
            line.close()
            raise
        return line

    def _hand_over(self, line: smtplib.SMTP, letter: EmailMessage, address: str) -> Receipt:
        try:
            line.ehlo_or_helo_if_needed()
            sender, _ = line.mail(_plain(self.server.sender))
            if sender != _TAKEN:
                return _later(f"the mail server refuses our sender ({sender})")
            recipient, _ = line.rcpt(address)
        except (OSError, smtplib.SMTPException) as error:
            return _later("the mail server broke off", error)
        if recipient not in _RECIPIENT_KNOWN:
            return _refused("the recipient", recipient)
        try:
            code, _ = line.data(letter.as_bytes())
        except smtplib.SMTPDataError as error:
            return _refused("the letter", error.smtp_code)
        except (OSError, smtplib.SMTPException):
            return Receipt(state=ReminderState.UNKNOWN, detail="the mail server's answer to the letter was lost")
        return Receipt(state=ReminderState.SENT, detail="taken") if code == _TAKEN else _refused("the letter", code)


def _refused(what: str, code: int) -> Receipt:
    """Tell a refusal for good (5xx) from one for now."""
    if code >= _FOR_GOOD:
        return Receipt(state=ReminderState.FAILED, detail=f"the mail server refuses {what} ({code})")
    return _later(f"the mail server does not take {what} now ({code})")


def _later(words: str, error: Exception | None = None) -> Receipt:
    detail = f"{words} ({type(error).__name__})" if error else words
    return Receipt(state=ReminderState.DUE, detail=detail)


def _plain(address: str) -> str:
    """Refuse what cannot stand in a header or an SMTP command; ValueError."""
    if not address.isascii() or any(letter.isspace() for letter in address) or "@" not in address:
        raise ValueError(address)
    return address
