"""Mails that come back, in the shape in which Postfix and Exchange write them; every word of them is made up."""

from email.message import EmailMessage, Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.policy import SMTP

NAME = "5d41402abc4b2a76b9719d911017c592aabbccdd"
SENDER, RECIPIENT = "horehab@ward.example", "ana.gil@home.example"
UNKNOWN = f"smtp; 550 5.1.1 <{RECIPIENT}>: Recipient address rejected: User Ana Gil unknown"


def our_mail(name: str = NAME) -> EmailMessage:
    """A mail as we send it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = SENDER, RECIPIENT, "Your visit"
    mail["Message-ID"] = f"<{name}@ward.example>"
    mail.set_content("Your visit is on 30/03.\n")
    return mail


def outcome(
    action: str = "failed", status: str = "5.1.1", said: str = UNKNOWN, to: str = RECIPIENT
) -> dict[str, str]:
    """What a notification says of one recipient."""
    address = f"rfc822; {to}"
    told = {"Final-Recipient": address, "Original-Recipient": address, "Action": action, "Status": status}
    return told | {"Diagnostic-Code": said}


def from_postfix(*outcomes: dict[str, str], original: Message | None = None, has_body: bool = True) -> bytes:
    """What Postfix writes: a few words, the report, and the mail or, where that is long, its headers alone."""
    back = our_mail() if original is None else original
    report = MIMEMultipart("report", report_type="delivery-status", boundary="4XkQ2.1774864800/mail.ward.example")
    report["Return-Path"] = "<>"
    report["From"] = "MAILER-DAEMON@mail.ward.example (Mail Delivery System)"
    report["To"], report["Subject"] = SENDER, "Undelivered Mail Returned to Sender"
    report["Auto-Submitted"] = "auto-replied"
    report.attach(MIMEText("I'm sorry to have to inform you that your message could not be delivered.\n"))
    report.attach(_status({"Reporting-MTA": "dns; mail.ward.example"}, *(outcomes or (outcome(),))))
    report.attach(_whole(back) if has_body else _heads(back))
    return report.as_bytes()


def from_exchange(*outcomes: dict[str, str], original: Message | None) -> bytes:
    """What Exchange writes: words as HTML, the report, and the mail; it names the mail among its own headers too."""
    report = MIMEMultipart("report", report_type="delivery-status", boundary="_002_ndr_")
    report["From"] = "Microsoft Outlook <postmaster@home.example>"
    report["To"], report["Subject"] = SENDER, "Undeliverable: Your visit"
    report["In-Reply-To"] = report["References"] = f"<{NAME}@ward.example>"
    report["X-MS-Exchange-Message-Is-Ndr"] = ""
    words = MIMEMultipart("alternative", boundary="_000_ndr_")
    words.attach(MIMEText("Your message could not be delivered.\n", "plain", "utf-8"))
    words.attach(MIMEText("<p>Your message could not be delivered.</p>\n", "html", "utf-8"))
    report.attach(words)
    said = f"smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {RECIPIENT} not found by SMTP address lookup"
    told = outcomes or (outcome(status="5.1.10", said=said),)
    report.attach(_status({"Reporting-MTA": "dns;EX01.home.example"}, *told))
    if original is not None:
        report.attach(_whole(original))
    return report.as_bytes()


def _status(*groups: dict[str, str]) -> Message:
    part = MIMEBase("message", "delivery-status")
    for fields in groups:
        group = Message()
        for name, value in fields.items():
            group[name] = value
        part.attach(group)
    return part


def _whole(mail: Message) -> Message:
    part = MIMEBase("message", "rfc822")
    part.attach(mail)
    return part


def _heads(mail: Message) -> Message:
    part = MIMENonMultipart("text", "rfc822-headers")
    part.set_payload("".join(f"{name}: {value}\n" for name, value in mail.items()))
    return part
