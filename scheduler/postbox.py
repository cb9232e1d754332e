"""Opens the post office that the settings describe."""

from collections.abc import Callable
from datetime import time

from horehab.domain.recipient import MESSAGES, Medium, QuietHours, is_country, is_mail_address
from horehab.errors import ConfigurationError
from horehab.settings import Settings, secret
from horehab.usecases.find_contact import ContactPolicy
from horehab.usecases.letters import Carrier
from horehab.usecases.ports import Ports
from horehab.usecases.signed_addresses import REPORTS, signature
from scheduler.postboxes.ehr import EhrPostbox
from scheduler.postboxes.gateway import TemplatePostbox, read_template
from scheduler.postboxes.kannel import KannelPostbox
from scheduler.postboxes.office import Office, Site
from scheduler.postboxes.smtp import MailServer, SmtpPostbox
from scheduler.postboxes.webhook import WebhookPostbox
from scheduler.postboxes.wire import Wire
from scheduler.texts import LONGEST_NAME, LONGEST_NUMBER, length_in_gsm, read_texts


def postbox_of(settings: Settings, ports: Ports) -> Office:
    """Open the post office of the settings; a way that is not set leaves its reminders due, and says why.

    ConfigurationError for an address, a template or a text that cannot be used.
    """
    for name, text, most in (
        ("HOREHAB_CLINIC_NAME", settings.clinic_name, LONGEST_NAME),
        ("HOREHAB_CLINIC_PHONE", settings.clinic_phone, LONGEST_NUMBER),
    ):
        length = length_in_gsm(text)
        if length is None or length > most or "\n" in text:
            raise _wrong(name, text, f"Write at most {most} characters that an SMS knows (GSM 03.38).")
    policy = policy_of(settings)
    return Office(
        ports=ports,
        policy=policy,
        texts=read_texts(settings.texts_file),
        site=Site(clinic=settings.clinic_name, phone=settings.clinic_phone),
        carriers=_carriers(settings, ports, policy),
    )


def policy_of(settings: Settings) -> ContactPolicy:
    """Read how people are reached; quiet hours that begin when they end are none.

    ConfigurationError for an address, a prefix or a way of messages that is none.
    """
    _check(settings)
    start, end = time.fromisoformat(settings.quiet_from), time.fromisoformat(settings.quiet_until)
    return ContactPolicy(
        language=settings.language,
        quiet=QuietHours(start=start, end=end) if start != end else None,
        is_consent_assumed=settings.consent == "assumed",
        prefix=settings.phone_prefix,
        team_email=settings.team_email,
        digest_at=time.fromisoformat(settings.digest_at),
        has_webhook=bool(settings.webhook_url),
        messages_by=_messages_by(settings.messages_by),
        notes_messages=settings.messages_in_chart,
    )


def _carriers(settings: Settings, ports: Ports, policy: ContactPolicy) -> dict[Medium, Carrier]:
    carriers: dict[Medium, Carrier] = {}
    if settings.smtp_host:
        carriers[Medium.EMAIL] = _mail(settings, ports)
    if settings.sms_url and settings.sms_template:
        raise ConfigurationError(
            "HOREHAB_SMS_URL and HOREHAB_SMS_TEMPLATE are both set: which gateway shall it be?",
            remedy="Keep the first for Kannel, the second for any other.",
        )
    if settings.sms_url or settings.sms_template:
        carriers[Medium.SMS] = _sms(settings)
    if Medium.EHR in policy.messages_by:
        carriers[Medium.EHR] = EhrPostbox(ports=ports)
    if settings.webhook_url:
        carriers[Medium.WEBHOOK] = _webhook(settings, ports)
    return carriers


def _check(settings: Settings) -> None:
    """Refuse what would only show when the first reminder is due."""
    for name, text, is_right, remedy in (
        ("HOREHAB_MAIL_FROM", settings.mail_from, is_mail_address, "Write an address such as ward@hospital.example."),
        ("HOREHAB_TEAM_EMAIL", settings.team_email, is_mail_address, "Write an address such as team@ward.example."),
        ("HOREHAB_PHONE_PREFIX", settings.phone_prefix, is_country, "Write it with its plus, such as +34."),
    ):
        if text and not is_right(text):
            raise _wrong(name, text, remedy)


def _messages_by(text: str) -> tuple[Medium, ...]:
    named = text.replace(",", " ").split()
    found = tuple(medium for medium in MESSAGES if medium.value in named)
    if not found or len(found) != len(named):
        ways = ", ".join(medium.value for medium in MESSAGES)
        raise _wrong("HOREHAB_MESSAGES_BY", text, f"Write one or more of {ways}, with commas between them.")
    return found


def _wrong(name: str, value: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(f"The setting {name} has the value {value!r}, which cannot be used.", remedy=remedy)


def _mail(settings: Settings, ports: Ports) -> SmtpPostbox:
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.mail_from,
        user=settings.smtp_user,
        password=settings.smtp_password,
        is_starttls=settings.smtp_starttls,
        ca_bundle=settings.ca_bundle,
    )
    return SmtpPostbox(server, ports.clock)


def _sms(settings: Settings) -> Carrier:
    password = secret(settings.sms_password, settings.sms_password_file)
    if settings.sms_template:
        return TemplatePostbox(
            template=read_template(settings.sms_template),
            constants={"sender": settings.sms_sender, "user": settings.sms_user, "password": password},
            report_to=_reports(settings),
            ca_bundle=settings.ca_bundle,
        )
    return KannelPostbox(
        wire=Wire(url=settings.sms_url, setting="HOREHAB_SMS_URL", method="GET", ca_bundle=settings.ca_bundle),
        user=settings.sms_user,
        password=password,
        sender=settings.sms_sender,
        report_to=_reports(settings),
    )


def _reports(settings: Settings) -> Callable[[str], str | None]:
    """Say where a gateway reports what became of a message: an address that only we can have made."""
    shared = secret(settings.hook_secret, settings.hook_secret_file)
    base = settings.public_url.rstrip("/")

    def report_to(message: str) -> str | None:
        if not (shared and base):
            return None
        return f"{base}/hooks/sms/report/{message}/{signature(shared, REPORTS, message)}"

    return report_to


def _webhook(settings: Settings, ports: Ports) -> WebhookPostbox:
    key = secret(settings.webhook_key, settings.webhook_key_file)
    if not key:
        raise ConfigurationError(
            "HOREHAB_WEBHOOK_URL is set, but HOREHAB_WEBHOOK_KEY is not: nobody could trust what is sent.",
            remedy="Set HOREHAB_WEBHOOK_KEY or HOREHAB_WEBHOOK_KEY_FILE to a long random text that both know.",
        )
    wire = Wire(url=settings.webhook_url, setting="HOREHAB_WEBHOOK_URL", ca_bundle=settings.ca_bundle)
    return WebhookPostbox(wire=wire, key=key, clock=ports.clock)
