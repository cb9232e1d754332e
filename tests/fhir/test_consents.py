"""Whether a patient agreed to be reminded is asked of the chart: the newest consent of the site's kind counts."""

from datetime import date
from typing import Any

import pytest

from horehab.clock import SetClock
from horehab.errors import ConfigurationError, EhrUnavailable
from horehab.fhir.writing.consent import consent_in
from horehab.settings import Settings
from horehab.wiring import opened_ports
from tests.fhir.charts import MADRID
from tests.servers.faults import answers
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox

SYSTEM, CODE = "urn:hospital:consents", "reminders"
DAY = date(2026, 3, 30)


def consent(name: str = "1", **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "Consent", "id": name, "status": "active", "dateTime": "2026-01-01",
        "scope": {"text": "messages"}, "patient": {"reference": "Patient/p1"},
        "category": [{"coding": [{"system": SYSTEM, "code": CODE}]}], "provision": {"type": "permit"},
    } | changes  # fmt: skip


DENIED = {"type": "deny"}


@pytest.mark.parametrize(
    ("consents", "said"),
    [
        ([], None),
        ([consent()], True),
        ([consent(provision={})], True),
        ([consent(provision=DENIED)], False),
        ([consent(status="inactive")], None),
        ([consent(category=[{"coding": [{"system": SYSTEM, "code": "research"}]}])], None),
        ([consent(), consent("2", dateTime="2026-02-01", provision=DENIED)], False),
        ([consent("2", dateTime="2026-02-01"), consent(provision=DENIED)], True),
        ([consent("2", dateTime="2026-01-01T09:00:00Z"), consent(provision=DENIED)], False),
        (
            [
                consent("2", dateTime="2026-02-02T01:00:00+01:00"),
                consent(dateTime="2026-02-01T23:30:00-05:00", provision=DENIED),
            ],
            False,
        ),
        ([consent(), consent("2", dateTime=None, provision=DENIED)], False),
        ([consent("2", dateTime="soon"), consent(dateTime=None)], True),
        ([consent(provision={}, policyRule={"coding": [{"code": "OPTOUT"}]})], False),
        ([consent(policyRule={"coding": [{"code": "OPTOUT"}]})], True),
        ([consent(provision={"type": "permit", "period": {"end": "2026-03-29"}})], None),
        ([consent(provision={"type": "permit", "period": {"start": "2026-03-31"}})], None),
        ([consent(provision={"type": "permit", "period": {"start": "2025", "end": "2026-03"}})], True),
        ([consent(provision="permit", category="x")], None),
    ],
)
def test_the_newest_that_holds_today_counts(consents: list[dict[str, Any]], said: bool | None) -> None:
    assert consent_in(consents, SYSTEM, CODE, DAY) is said


@pytest.fixture
def settings(sandbox: RunningSandbox, tmp_path: Any) -> Settings:
    sandbox.store.put({"resourceType": "Patient", "id": "p1"})
    database = f"sqlite:///{tmp_path}/h.sqlite3"
    return Settings(fhir_url=sandbox.url, database_url=database, consent_code=f"{SYSTEM}|{CODE}", timeout=5)


def test_the_chart_is_asked_each_time_anew(settings: Settings, sandbox: RunningSandbox) -> None:
    with opened_ports(settings, clock=SetClock(zone=MADRID)) as ports:
        assert ports.consents is not None
        assert ports.consents("Patient/p1") is None
        sandbox.store.put(consent())
        assert ports.consents("Patient/p1") is True
        sandbox.store.put(consent(provision=DENIED))
        assert ports.consents("Patient/p1") is False


def test_a_chart_that_cannot_be_asked_says_so(settings: Settings) -> None:
    with faulty_proxy(settings.fhir_url) as proxy:
        proxy.set(answers(400))
        away = Settings(fhir_url=proxy.url, database_url=settings.database_url, consent_code=settings.consent_code)
        with opened_ports(away, clock=SetClock(zone=MADRID)) as ports:
            assert ports.consents is not None
            with pytest.raises(EhrUnavailable):
                ports.consents("Patient/p1")


def test_without_a_code_nothing_is_asked_and_a_wrong_one_is_named(settings: Settings, tmp_path: Any) -> None:
    database = f"sqlite:///{tmp_path}/other.sqlite3"
    with opened_ports(Settings(fhir_url=settings.fhir_url, database_url=database)) as ports:
        assert ports.consents is None
    with (
        pytest.raises(ConfigurationError, match="HOREHAB_CONSENT_CODE"),
        opened_ports(Settings(fhir_url=settings.fhir_url, database_url=database, consent_code="reminders")),
    ):
        pass
