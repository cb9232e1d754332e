"""A merge may be told late, early, back and forth, in a chain or in a circle: nobody is lost, nothing is doubled."""

from itertools import pairwise

import pytest

from horehab.usecases.keep_step import StepOrder, keep_step
from tests.usecases.conftest import PATIENT, Ward, falling
from tests.usecases.merging import ANA, EVA, MERGED, SURVIVOR, asked, conflicts, steps, subjects, suspected


def test_a_merge_taken_back_gives_each_their_own_again(ward: Ward) -> None:
    suspected(ward)
    before = asked(ward, ANA)
    ward.chart(MERGED)
    steps(ward)
    ward.chart(PATIENT)
    steps(ward)
    assert subjects(ward) == [ANA]
    assert len(ward.conditions()) == 1
    assert asked(ward, ANA) == before
    assert asked(ward, EVA) == []
    assert conflicts(ward) == []
    assert sorted(ward.ports.logbook.patients()) == [ANA, EVA]


def test_merged_unmerged_and_merged_again_is_still_one(ward: Ward) -> None:
    suspected(ward)
    for identity in (MERGED, PATIENT, MERGED, PATIENT, MERGED):
        ward.chart(identity)
        steps(ward, 2)
    assert subjects(ward) == [EVA]
    assert len(ward.conditions()) == 1
    assert conflicts(ward) == []


def test_a_merge_that_comes_before_its_survivor_was_ever_seen_loses_nobody(ward: Ward) -> None:
    falling(ward)
    keep_step(ward.ports)
    before = asked(ward, ANA)
    ward.chart(MERGED)
    keep_step(ward.ports)
    assert ward.ports.logbook.patients() == (EVA,)
    assert asked(ward) == before
    assert subjects(ward) == [ANA], "nothing is written for a record that nobody has seen"
    report = keep_step(ward.ports, StepOrder(patient=ANA, is_dry_run=True))
    assert report.reviews[0].why_silent == "the record into which the patient was merged was not read yet"
    ward.chart(SURVIVOR)
    steps(ward)
    assert subjects(ward) == [EVA]
    assert asked(ward) == before
    assert len(ward.conditions()) == 1


@pytest.mark.parametrize("is_survivor_first", [True, False])
def test_merged_before_anything_was_suspected_it_is_suspected_once_in_either_order(
    ward: Ward, is_survivor_first: bool
) -> None:
    told = (SURVIVOR, MERGED) if is_survivor_first else (MERGED, SURVIVOR)
    for identity in told:
        ward.chart(identity)
    keep_step(ward.ports)
    falling(ward)
    steps(ward)
    assert subjects(ward) == [EVA]


def _chain(ward: Ward, length: int) -> str:
    """Let Ana be replaced over that many steps; gives the last of the chain."""
    names = ["ana", *(f"c{number}" for number in range(1, length + 1))]
    for name, following in pairwise(names):
        link = [{"type": "replaced-by", "other": {"reference": f"Patient/{following}"}}]
        ward.chart(PATIENT | {"id": name, "link": link})
    ward.chart(PATIENT | {"id": names[-1]})
    return f"Patient/{names[-1]}"


def test_a_chain_of_five_is_followed_to_its_end(ward: Ward) -> None:
    suspected(ward)
    last = _chain(ward, 5)
    steps(ward)
    assert subjects(ward) == [last]
    assert "replaced in a circle" not in ward.ports.logbook.health(now=ward.clock.now()).details["notes"]


def test_a_chain_of_six_and_a_circle_end_and_leave_each_where_they_were_and_are_told(ward: Ward) -> None:
    suspected(ward)
    before = asked(ward, ANA)
    _chain(ward, 6)
    steps(ward)
    assert subjects(ward) == [ANA]
    assert asked(ward, ANA) == before
    assert "1 patient is replaced in a circle" in ward.ports.logbook.health(now=ward.clock.now()).details["notes"]
    ward.chart(MERGED, SURVIVOR | {"link": [{"type": "replaced-by", "other": {"reference": ANA}}]})
    steps(ward)
    assert subjects(ward) == [ANA]
    assert asked(ward, ANA) == before
