"""The post office of the settings: each way opens by its setting, and a setting that cannot be used is named."""

from collections.abc import Callable
from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from horehab.domain.recipient import Medium, QuietHours
from horehab.errors import ConfigurationError
from horehab.settings import Settings, read_settings
from horehab.usecases.signed_addresses import REPORTS, is_signed
from scheduler.postbox import policy_of, postbox_of
from scheduler.postboxes.gateway import TemplatePostbox
from scheduler.postboxes.kannel import KannelPostbox
from scheduler.postboxes.smtp import SmtpPostbox
from scheduler.postboxes.webhook import WebhookPostbox
from tests.scheduler.office_desk import Desk

SECRET = "0123456789abcdef0123456789abcdef"
KANNEL = Settings(
    sms_url="https://kannel.example/cgi-bin/sendsms", sms_user="u", sms_password="p", sms_sender="13013"
)


def test_without_any_setting_no_way_is_open_and_nights_are_quiet(desk: Desk) -> None:
    office = postbox_of(Settings(), desk.ports)
    assert office.carriers == {}
    assert office.policy.quiet == QuietHours(start=time(21), end=time(8))
    assert not office.policy.is_consent_assumed


def test_each_setting_opens_its_way(desk: Desk, tmp_path: Path) -> None:
    everything = replace(
        KANNEL,
        smtp_host="mail.example",
        webhook_url="https://other.example",
        webhook_key="k" * 16,
        messages_by="ehr email,sms",
        messages_in_chart=True,
    )
    office = postbox_of(everything, desk.ports)
    assert set(office.carriers) == {Medium.EMAIL, Medium.SMS, Medium.WEBHOOK, Medium.EHR}
    assert isinstance(office.carriers[Medium.EMAIL], SmtpPostbox)
    assert isinstance(office.carriers[Medium.SMS], KannelPostbox)
    assert isinstance(office.carriers[Medium.WEBHOOK], WebhookPostbox)
    assert office.policy.has_webhook
    assert office.policy.notes_messages
    template = tmp_path / "gateway.toml"
    template.write_text('url = "https://sms.example"\n[fields]\nto = "{to}"\n', encoding="utf-8")
    other = postbox_of(Settings(sms_template=str(template), sms_password="p"), desk.ports)
    assert isinstance(other.carriers[Medium.SMS], TemplatePostbox)


def test_no_secret_is_shown(desk: Desk) -> None:
    secrets = replace(KANNEL, smtp_host="m", smtp_password="canary", webhook_url="https://o", webhook_key="canary")
    office = postbox_of(replace(secrets, sms_password="canary"), desk.ports)
    assert "canary" not in repr(office.carriers)


def test_reports_come_to_an_address_that_we_signed_for_that_message_alone(desk: Desk) -> None:
    settings = replace(KANNEL, hook_secret=SECRET, public_url="https://ward.example/horehab/")
    address = _report_to(settings, desk)("abc")
    assert address is not None
    start, _, signed = address.rpartition("/")
    assert start == "https://ward.example/horehab/hooks/sms/report/abc"
    assert is_signed(SECRET, REPORTS, "abc", signed)
    assert not is_signed(SECRET, REPORTS, "abd", signed)
    assert not is_signed("", REPORTS, "abc", signed)


@pytest.mark.parametrize(
    "settings", [replace(KANNEL, hook_secret=SECRET), replace(KANNEL, public_url="https://ward.example")]
)
def test_without_a_secret_or_a_public_address_no_report_is_asked_for(desk: Desk, settings: Settings) -> None:
    assert _report_to(settings, desk)("abc") is None


def _report_to(settings: Settings, desk: Desk) -> Callable[[str], str | None]:
    sms = postbox_of(settings, desk.ports).carriers[Medium.SMS]
    assert isinstance(sms, KannelPostbox)
    return sms.report_to


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (Settings(clinic_name="A name that is longer than an SMS leaves room for"), "HOREHAB_CLINIC_NAME"),
        (Settings(clinic_name="Clínica"), "HOREHAB_CLINIC_NAME"),
        (Settings(clinic_name="a\nb"), "HOREHAB_CLINIC_NAME"),
        (Settings(clinic_phone="+34 910 00 00 00 ext 7"), "HOREHAB_CLINIC_PHONE"),
        (replace(KANNEL, sms_template="x.toml"), "HOREHAB_SMS_TEMPLATE"),
        (replace(KANNEL, sms_url="http://kannel.example"), "HOREHAB_SMS_URL"),
        (Settings(sms_template="/nowhere.toml"), "HOREHAB_SMS_TEMPLATE"),
        (Settings(webhook_url="https://other.example"), "HOREHAB_WEBHOOK_KEY"),
        (Settings(messages_by="post"), "HOREHAB_MESSAGES_BY"),
        (Settings(messages_by="sms, sms"), "HOREHAB_MESSAGES_BY"),
        (Settings(messages_by=","), "HOREHAB_MESSAGES_BY"),
        (Settings(mail_from="the ward"), "HOREHAB_MAIL_FROM"),
        (Settings(team_email="team at ward"), "HOREHAB_TEAM_EMAIL"),
        (Settings(phone_prefix="34"), "HOREHAB_PHONE_PREFIX"),
        (Settings(webhook_url="http://other.example", webhook_key="k"), "HOREHAB_WEBHOOK_URL"),
        (Settings(smtp_host="mail.example", smtp_starttls=False), "HOREHAB_SMTP_STARTTLS"),
        (Settings(texts_file="/nowhere.toml"), "HOREHAB_TEXTS_FILE"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_before_anything_is_sent(
    desk: Desk, settings: Settings, named: str
) -> None:
    with pytest.raises(ConfigurationError, match=named) as caught:
        postbox_of(settings, desk.ports)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOREHAB_QUIET_FROM", "9pm"), ("HOREHAB_QUIET_UNTIL", "24:00"), ("HOREHAB_DIGEST_AT", "8"),
        ("HOREHAB_CONSENT", "maybe"), ("HOREHAB_LANGUAGE", "de"),
    ],
)  # fmt: skip
def test_an_hour_a_consent_or_a_language_that_is_none_is_named(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        read_settings({name: value})


def test_quiet_hours_that_end_when_they_begin_are_none() -> None:
    assert policy_of(Settings(quiet_from="08:00", quiet_until="08:00")).quiet is None
