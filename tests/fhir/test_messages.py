"""What the chart is told of messages: that one is asked for or was sent, and nothing of what is suspected."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from horehab.domain.entries import ChartEntry, Outcome, entry_key
from horehab.domain.message import MessageEntry, MessageRequestEntry
from horehab.domain.recipient import Medium
from horehab.fhir.writing.checking import check
from horehab.fhir.writing.writing import resource_of
from horehab.settings import Settings
from horehab.store.payloads import decode_entry, encode_entry
from horehab.wiring import open_chart
from tests.fhir.charts import SITE
from tests.servers.sandbox import RunningSandbox

AT = datetime(2026, 3, 30, 8, 0, 5, tzinfo=UTC)
TEXT = "Rehab clinic: your visit is on 30/03/2026 at 10:00."
SENT = MessageEntry(message="m" * 40, patient="Patient/p1", medium=Medium.SMS, text=TEXT, sent=AT)
ASKED = MessageRequestEntry(message="m" * 40, patient="Patient/p1", text=TEXT, asked=AT)


@pytest.mark.parametrize("medium", Medium)
def test_a_message_that_went_is_a_communication(medium: Medium) -> None:
    made = resource_of(replace(SENT, medium=medium), SITE)
    check({**made, "id": "m"})
    assert (made["resourceType"], made["status"]) == ("Communication", "completed")
    assert made["sent"] == "2026-03-30T10:00:05+02:00"
    assert made["payload"] == [{"contentString": TEXT}]
    assert ("medium" in made) is (medium in (Medium.SMS, Medium.EMAIL))


def test_a_message_that_the_ehr_shall_send_is_a_request() -> None:
    made = resource_of(ASKED, SITE)
    check({**made, "id": "m"})
    assert (made["resourceType"], made["status"]) == ("CommunicationRequest", "active")
    assert made["recipient"] == [{"reference": "Patient/p1"}]


@pytest.mark.parametrize("entry", [SENT, ASKED])
def test_an_entry_comes_back_from_the_outbox_as_it_went_in(entry: ChartEntry) -> None:
    assert decode_entry(type(entry).__name__, encode_entry(entry)) == entry


def test_a_request_and_its_message_have_names_of_their_own() -> None:
    assert entry_key(SENT) != entry_key(ASKED)


@pytest.mark.parametrize("entry", [SENT, ASKED])
def test_it_is_written_once_however_often_it_is_delivered(sandbox: RunningSandbox, entry: ChartEntry) -> None:
    sandbox.store.put({"resourceType": "Patient", "id": "p1"})
    chart = open_chart(Settings(fhir_url=sandbox.url, time_zone="Europe/Madrid"))
    first = chart.deliver(entry, own_versions=frozenset(), target=None)
    again = chart.deliver(entry, own_versions=frozenset(), target=None)
    assert (first.outcome, again.outcome) == (Outcome.DONE, Outcome.DONE)
    assert first.reference == again.reference
    assert first.version == again.version
