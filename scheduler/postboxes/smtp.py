"""E-mail over SMTP: over TLS, with a name and a password, and the same Message-ID for the same reminder."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from horehab.domain.recipient import is_mail_address
from horehab.domain.reminder import ReminderState
from horehab.errors import ConfigurationError
from horehab.usecases.letters import Letter
from horehab.usecases.ports import Clock, Receipt

_IMPLICIT_TLS_PORT = 465
_TIMEOUT = 30.0
_TAKEN, _FOR_GOOD = 250, 500
_RECIPIENT_KNOWN = (250, 251)
_HERE = ("localhost", "127.0.0.1", "::1")


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

    def __post_init__(self) -> None:
        """Refuse to send plain mail to another machine; ConfigurationError."""
        is_plain = not self.is_starttls and self.port != _IMPLICIT_TLS_PORT
        if is_plain and self.host not in _HERE:
            raise ConfigurationError(
                f"HOREHAB_SMTP_STARTTLS is off, and {self.host} is not this machine.",
                remedy="Switch it on, or use port 465.",
            )


@dataclass(frozen=True, slots=True)
class SmtpPostbox:
    """E-mail over SMTP. A message keeps its Message-ID, but mail servers do not promise to drop a repeat."""

    server: MailServer
    clock: Clock
    deduplicates: bool = False

    def carry(self, letter: Letter) -> Receipt:
        """Send one letter. SENT when the server took it, FAILED for good, DUE for a later try.

        UNKNOWN when the answer to the letter itself was lost: it may or may not have gone, a person decides.
        """
        if not is_mail_address(letter.address):
            return Receipt(state=ReminderState.FAILED, detail="the recipient's e-mail address cannot be used")
        try:
            mail = self.mail(letter)
        except (ValueError, MessageError) as error:
            detail = f"the letter cannot be written ({type(error).__name__}): look at the recipient's e-mail address"
            return Receipt(state=ReminderState.FAILED, detail=detail)
        try:
            line = self._open()
        except (OSError, smtplib.SMTPException) as error:
            return _later("the mail server cannot be reached", error)
        try:
            return self._hand_over(line, mail, letter.address)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                line.quit()
            line.close()

    def mail(self, letter: Letter) -> EmailMessage:
        """Write the mail; ValueError or MessageError for an address or a subject that is none."""
        mail = EmailMessage()
        mail["From"] = self.server.sender
        mail["To"] = Address(addr_spec=letter.address)
        mail["Subject"] = letter.subject
        mail["Date"] = format_datetime(self.clock.now())
        mail["Message-ID"] = f"<{letter.message}@{self.server.sender.rpartition('@')[2] or 'localhost'}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(f"{letter.text}\n")
        mail["Content-Language"] = letter.language  # after the content, which takes the headers of one before away
        return mail

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

    def _hand_over(self, line: smtplib.SMTP, mail: EmailMessage, address: str) -> Receipt:
        try:
            line.ehlo_or_helo_if_needed()
            sender, _ = line.mail(self.server.sender)
            if sender != _TAKEN:
                return _later(f"the mail server refuses our sender ({sender})")
            recipient, _ = line.rcpt(address)
        except (OSError, smtplib.SMTPException) as error:
            return _later("the mail server broke off", error)
        if recipient not in _RECIPIENT_KNOWN:
            return _refused("the recipient", recipient)
        try:
            code, _ = line.data(mail.as_bytes(policy=SMTP))  # lines end in CR LF: bare LF is refused by now
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
