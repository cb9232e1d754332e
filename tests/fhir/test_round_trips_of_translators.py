"""What we write is valid R4, and read back it is what we meant: domain -> FHIR -> domain is identity."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings

from horehab.domain.entries import SessionEntry, SuspicionEntry, entry_key
from horehab.domain.range_of_motion import Reading
from horehab.domain.record import ChartedOssification, ChartedStatus
from horehab.domain.session import Session
from horehab.domain.signs import PainRating, Sign
from horehab.fhir.basis.site import Site
from horehab.fhir.writing.writing import check, resource_of
from tests.fhir.charts import MADRID, understood
from tests.fhir.entries import SESSION_ID, measured, pains, readings, sessions, signs, suspicions

OPEN = Site(zone=MADRID)
MANY = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def again(fact: Reading | PainRating | Sign) -> object:
    entry = measured(fact)
    written = resource_of(entry, OPEN)
    check(written)
    item = understood(written, OPEN)
    assert (item.unreadable, item.own_key, item.patient) == ((), entry_key(entry), "Patient/1")
    (read,) = item.facts
    return read


@MANY
@given(readings())
def test_a_reading_written_and_read_is_the_same_reading(reading: Reading) -> None:
    assert again(reading) == reading


@MANY
@given(pains())
def test_a_pain_rating_written_and_read_is_the_same_rating(pain: PainRating) -> None:
    assert again(pain) == pain


@MANY
@given(signs())
def test_a_sign_written_and_read_is_the_same_sign(sign: Sign) -> None:
    assert again(sign) == sign


@MANY
@given(sessions())
def test_a_session_written_and_read_is_the_same_session(session: Session) -> None:
    entry = SessionEntry(session_id=SESSION_ID, patient="Patient/1", session=session, performer="Anna")
    written = resource_of(entry, OPEN)
    check(written)
    item = understood(written, OPEN)
    assert (item.facts, item.unreadable, item.own_key) == ((session,), (), entry_key(entry))


@MANY
@given(suspicions())
def test_a_suspicion_written_and_read_is_the_same_suspicion(entry: SuspicionEntry) -> None:
    written = resource_of(entry, OPEN)
    check(written)
    item = understood(written | {"meta": {"versionId": "1"}}, OPEN)
    (read,) = item.facts
    assert isinstance(read, ChartedOssification)
    assert (read.joint, read.side, read.episode) == (entry.place.joint, entry.place.side, entry.episode)
    assert (read.is_ours, read.evidence, read.version) == (True, entry.evidence, "1")
    assert (read.when.day if read.when else None, read.known_on) == (entry.onset, entry.recorded)
    withdrawn = ChartedStatus.ENTERED_IN_ERROR if entry.is_withdrawn else ChartedStatus.UNCONFIRMED
    assert (read.status, read.is_active) == (withdrawn, not entry.is_withdrawn)
    assert item.own_key == entry_key(entry)


@given(readings())
def test_a_session_that_stands_in_the_chart_is_cited_by_its_reference(reading: Reading) -> None:
    written = resource_of(measured(reading), OPEN, cited={f"session:{SESSION_ID}": "Procedure/9"})
    (read,) = understood(written, OPEN).facts
    assert read == replace(reading, session="Procedure/9")
