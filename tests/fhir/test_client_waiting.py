"""How long to wait: Retry-After as seconds, as a date, and as nonsense."""

from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from horehab.fhir.wire.waiting import back_off, pause, retry_after

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("30", 30.0),
        (" 30 ", 30.0),
        ("2.5", 2.5),
        ("0", 0.0),
        ("-5", 0.0),
        ("901", 900.0),
        ("1767268800000", 900.0),
        ("inf", 900.0),
        ("nan", None),
        ("soon", None),
        ("²", None),
        ("Thu, 01 Jan 2026 12:01:00 GMT", 60.0),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0.0),
        ("Fri, 02 Jan 2026 12:00:00 GMT", 900.0),
        ("Thursday at noon", None),
    ],
)
def test_retry_after_is_clamped_to_a_quarter_of_an_hour(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@given(st.text())
def test_no_retry_after_whatever_it_says_makes_us_wait_longer(header: str) -> None:
    seconds = retry_after(header, NOW)
    assert seconds is None or 0.0 <= seconds <= 900.0


@given(st.integers(min_value=0, max_value=6), st.integers())
def test_the_wait_doubles_and_is_never_the_same_for_all(attempt: int, seed: int) -> None:
    ceiling = 0.5 * 2**attempt
    assert ceiling / 2 <= back_off(attempt, Random(seed)) <= ceiling  # jitter


@given(st.one_of(st.none(), st.floats(min_value=0, max_value=900)), st.integers())
def test_a_wait_is_never_shorter_than_asked_nor_longer_than_a_quarter_of_an_hour(
    asked: float | None, seed: int
) -> None:
    waited = pause(asked, 0, Random(seed))
    assert (asked or 0.0) <= waited <= 900.0
    assert asked is None or waited <= asked * 1.1 + 1e-9


def test_clients_who_were_sent_away_together_do_not_come_back_together() -> None:
    assert len({pause(60.0, 0, Random(seed)) for seed in range(10)}) == 10
