"""What a suspicion was read from is condensed beside it: by that a replay knows the same inputs, and amended ones."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import assume, given, settings

from horehab.domain.record import Fact, PatientRecord
from horehab.domain.verdict_inputs import digest_of_inputs
from horehab.usecases.explain import explain
from horehab.usecases.keep_step import keep_step
from tests.detection.charts import FACTS
from tests.detection.joints_at_hand import record
from tests.usecases.conftest import DAY_ONE, PATIENT, Ward, falling, flexion

DIGEST = "/inputs-digest"


def cited(ward: Ward) -> list[str]:
    """Give the digests that the Provenances at the server carry."""
    reasons = ward.resources("Provenance")
    return [x["valueString"] for each in reasons for x in each["extension"] if x["url"].endswith(DIGEST)]


def test_the_provenance_of_a_suspicion_carries_the_digest_that_explain_gives_for_that_day(ward: Ward) -> None:
    day = falling(ward)
    keep_step(ward.ports)
    (digest,) = cited(ward)
    keep_step(ward.ports)  # our own Condition has come back: it is no input
    assert explain(ward.ports, f"Patient/{PATIENT['id']}", as_of=day).inputs_digest == digest
    ward.on(day + timedelta(days=3))
    ward.chart(flexion("later", ward.clock.today(), 78))
    keep_step(ward.ports)
    assert explain(ward.ports, f"Patient/{PATIENT['id']}", as_of=day).inputs_digest == digest


def test_an_entry_amended_since_gives_another_digest_for_that_day(ward: Ward) -> None:
    day = falling(ward)
    keep_step(ward.ports)
    (digest,) = cited(ward)
    ward.chart(flexion("rom-1", DAY_ONE + timedelta(days=4), 104) | {"status": "amended"})
    keep_step(ward.ports)
    assert explain(ward.ports, f"Patient/{PATIENT['id']}", as_of=day).inputs_digest != digest


@settings(max_examples=60, deadline=None)
@given(FACTS)
def test_order_and_repeats_give_the_same_digest_and_one_entry_less_another(facts: list[Fact]) -> None:
    assume(facts)
    whole = digest_of_inputs(record(facts))
    assert digest_of_inputs(record([*reversed(facts), *facts])) == whole
    assert digest_of_inputs(_without_sessions(record(facts))) == whole
    distinct = [fact for place, fact in enumerate(facts) if fact not in facts[:place]]
    assert digest_of_inputs(record(distinct[1:])) != whole


def _without_sessions(whole: PatientRecord) -> PatientRecord:
    return replace(whole, sessions=(), visits=(), images=())
