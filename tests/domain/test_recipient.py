"""Whether, when and by which way a reminder may reach somebody."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from horehab.domain.recipient import (
    MESSAGE,
    Consent,
    Contact,
    ContactWay,
    Fate,
    Medium,
    QuietHours,
    Way,
    is_mail_address,
    phone_number,
    route,
    usable_ways,
)

MADRID = ZoneInfo("Europe/Madrid")
NOON = datetime(2026, 3, 30, 10, tzinfo=UTC)
NIGHT = datetime(2026, 3, 30, 1, tzinfo=UTC)
DAY = date(2026, 3, 30)
SLEEP = QuietHours(start=time(21), end=time(8))
MOBILE = Way(medium=Medium.SMS, address="+34600000001")
MAIL = Way(medium=Medium.EMAIL, address="ana@home.example")


ANA = Contact(language="es", zone=MADRID, is_patient=True, ways=(MOBILE, MAIL), quiet=SLEEP, consent=Consent.YES)


def ana(**changes: Any) -> Contact:
    return replace(ANA, **changes)


def test_a_message_goes_by_the_way_that_the_patient_prefers() -> None:
    assert route(MESSAGE, ana(), NOON).way == MOBILE
    assert route(MESSAGE, ana(ways=(MAIL, MOBILE)), NOON).way == MAIL
    assert route("email", ana(), NOON).way == MAIL


@pytest.mark.parametrize("consent", [Consent.NO, Consent.UNKNOWN])
@pytest.mark.parametrize("channel", [MESSAGE, "sms", "email"])
def test_without_a_recorded_consent_nothing_goes_to_a_patient(consent: Consent, channel: str) -> None:
    decided = route(channel, ana(consent=consent), NOON)
    assert (decided.fate, decided.way) == (Fate.NEVER, None)
    assert "patient" in decided.reason


def test_staff_are_reminded_without_a_consent() -> None:
    assert route("email", ana(is_patient=False, consent=Consent.UNKNOWN), NOON).fate is Fate.GO


@pytest.mark.parametrize("stopped", [Medium.SMS, Medium.EMAIL])
def test_after_a_stop_no_message_goes_to_the_patient_by_any_way(stopped: Medium) -> None:
    decided = route(MESSAGE, ana(stopped=((stopped, NIGHT),)), NOON)
    assert (decided.fate, decided.way) == (Fate.NEVER, None)
    assert "STOP on 2026-03-30" in decided.reason
    assert route(stopped.value, ana(stopped=((stopped, NIGHT),)), NOON).fate is Fate.NEVER


def test_staff_who_stopped_one_way_are_told_by_the_other() -> None:
    assert route(MESSAGE, ana(is_patient=False, stopped=((Medium.SMS, NIGHT),)), NOON).way == MAIL


@pytest.mark.parametrize(
    ("channel", "words"),
    [(MESSAGE, "mobile number or e-mail"), ("email", "e-mail address"), ("sms", "mobile number")],
)
def test_without_an_address_it_never_goes_and_says_which_is_missing(channel: str, words: str) -> None:
    decided = route(channel, ana(ways=()), NOON)
    assert decided.fate is Fate.NEVER
    assert words in decided.reason


def test_a_channel_that_there_is_not_never_goes() -> None:
    assert "'pigeon'" in route("pigeon", ana(), NOON).reason


def test_at_night_it_waits_until_the_morning_of_the_recipient() -> None:
    decided = route(MESSAGE, ana(), NIGHT)
    assert (decided.fate, decided.until) == (Fate.WAIT, datetime(2026, 3, 30, 6, tzinfo=UTC))
    in_lima = route(MESSAGE, ana(zone=ZoneInfo("America/Lima")), datetime(2026, 3, 30, 10, tzinfo=UTC))
    assert in_lima.until == datetime(2026, 3, 30, 13, tzinfo=UTC)


@pytest.mark.parametrize("channel", ["call", "letter"])
def test_a_list_on_paper_needs_neither_consent_nor_daytime(channel: str) -> None:
    decided = route(channel, ana(consent=Consent.NO, stopped=((Medium.SMS, NIGHT),)), NIGHT)
    assert decided.fate is Fate.GO
    assert decided.way is not None
    assert decided.way.medium.is_on_paper


def test_a_call_names_the_number_to_call() -> None:
    call = Way(medium=Medium.CALL, address="+34910000001")
    assert route("call", ana(ways=(MOBILE, call)), NOON).way == call


_TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
_MINUTES = st.integers(min_value=0, max_value=2 * 366 * 24 * 60)
_INSTANTS = _MINUTES.map(lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
_ZONES = st.sampled_from(["Europe/Madrid", "America/Lima", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kathmandu"])


@given(start=_TIMES, end=_TIMES, now=_INSTANTS, zone=_ZONES)
def test_quiet_hours_postpone_and_never_drop(start: time, end: time, now: datetime, zone: str) -> None:
    quiet, there = QuietHours(start=start, end=end), ZoneInfo(zone)
    until = quiet.until(now, there)
    if until is None:
        return
    assert now < until <= now + timedelta(hours=25)
    assert start != end
    local = until.astimezone(there).time()
    assert local.replace(second=0, microsecond=0) == end or quiet.until(until, there) is None


def test_quiet_hours_that_end_when_they_begin_are_none() -> None:
    assert QuietHours(start=time(8), end=time(8)).until(NOON, MADRID) is None


def _way(system: str, value: str, **more: Any) -> ContactWay:
    return ContactWay(system=system, value=value, **more)


def test_the_chart_says_which_way_is_preferred_and_which_is_old() -> None:
    listed = (
        _way("phone", "910 000 001", use="home", rank=3),
        _way("phone", "600 000 001", use="mobile", rank=1),
        _way("email", "ana@home.example", rank=2),
        _way("phone", "600 000 009", use="old"),
        _way("email", "ana@gone.example", until=DAY - timedelta(days=1)),
        _way("sms", "600 000 002", since=DAY + timedelta(days=1)),
        _way("fax", "910 000 003"),
        _way("email", "no address"),
        _way("phone", "ask her daughter"),
    )
    found = usable_ways(listed, DAY, prefix="+34")
    assert [(way.medium.value, way.address) for way in found] == [
        ("sms", "+34600000001"), ("call", "+34600000001"), ("email", "ana@home.example"), ("call", "+34910000001"),
    ]  # fmt: skip


def test_a_way_for_short_messages_alone_takes_no_calls() -> None:
    assert usable_ways((_way("sms", "+34 600 000 002"),), DAY) == (Way(medium=Medium.SMS, address="+34600000002"),)


@pytest.mark.parametrize(
    ("text", "prefix", "number"),
    [
        ("+34 600-00.00(01)", "", "+34600000001"),
        ("0034600000001", "", "+34600000001"),
        ("600000001", "", None),
        ("600000001", "+34", "+34600000001"),
        ("06 12 34 56 78", "+33", "+33612345678"),
        ("06 1234 5678", "+39", "+390612345678"),
        ("+44 (0)20 7946 0958", "", "+442079460958"),
        ("0044(0)20 7946 0958", "", "+442079460958"),
        ("+39 (0)6 1234 5678", "", "+390612345678"),
        ("(020) 7946 0958", "+44", "+442079460958"),
        ("+12", "", None),
        ("+1234567890123456", "", None),
        ("call me", "+34", None),
        ("", "+34", None),
        ("+\u0663\u0664\u0666\u0660\u0660\u0660\u0660", "", None),
    ],
)
def test_a_number_is_written_with_its_country_or_is_none(text: str, prefix: str, number: str | None) -> None:
    assert phone_number(text, prefix=prefix) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "a@",
        "@b",
        "a@b@c",
        "a b@c",
        "a@b\r\nBcc: all@c",
        "ä@b",
        "<a@b>",
        "a@b,c@d",
        "jane..doe@x.example",
        "jane.@x.example",
        ".jane@x.example",
        "a:b@x",
        "a[b@x",
        "a(b@x",
        "a@x..example",
        "a@[10.0.0.1]",
    ],
)
def test_what_cannot_stand_in_a_mail_is_no_address(text: str) -> None:
    assert not is_mail_address(text)


def test_a_usual_address_is_one() -> None:
    assert is_mail_address("ana.ruiz+rehab@ward.example")
