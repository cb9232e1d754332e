"""The synthetic ward: forty invented patients, always the same, with what is true of each."""

import json
from collections import Counter

from horehab.demo.body import Body, Loss
from horehab.demo.story import place_named
from horehab.demo.ward import patients
from horehab.domain.joints import Motion
from horehab.domain.range_of_motion import Mode


def test_forty_patients_of_seven_kinds() -> None:
    kinds = Counter(story.course for story in patients())
    assert kinds.total() == 40
    assert set(kinds) == {
        "recovering", "stable-limited", "contracture", "stiff-shoulder", "weakness", "acute-event", "ossification",
    }  # fmt: skip


def test_only_those_in_whom_bone_forms_are_expected_to_be_suspected() -> None:
    assert {story.course for story in patients() if story.expected} == {"ossification"}
    assert all(story.expected for story in patients() if story.course == "ossification")


def test_the_same_seed_gives_the_same_ward_and_another_seed_another() -> None:
    first = json.dumps([s.events for s in patients(7)], default=str)
    patients.cache_clear()
    assert json.dumps([s.events for s in patients(7)], default=str) == first
    assert json.dumps([s.events for s in patients(8)], default=str) != first


def test_every_name_is_clearly_synthetic() -> None:
    names = {
        (resource["name"][0]["given"][0], resource["name"][0]["family"])
        for story in patients()
        for resource in story.events[0][1]
        if resource["resourceType"] == "Patient"
    }
    assert len(names) == 40
    assert {given for given, _ in names} == {"Synthetic"}


def test_weakness_takes_active_motion_and_leaves_passive() -> None:
    hip = place_named("left hip")
    weak = Loss(place=hip, knots=((20, 0), (40, 30)), is_active_only=True)
    body = Body(seed="x", first_day=20, losses=(weak,))
    lost = {
        mode: body.true_degrees(hip, Motion.FLEXION, mode=mode, day=20)
        - body.true_degrees(hip, Motion.FLEXION, mode=mode, day=40)
        for mode in (Mode.ACTIVE, Mode.PASSIVE)
    }
    assert lost[Mode.ACTIVE] > 15
    assert lost[Mode.PASSIVE] < 0


def test_one_rater_repeats_within_the_published_error_and_two_differ_more() -> None:
    hip = place_named("left hip")
    within, between = [], []
    for n in range(200):
        body = Body(seed=f"repeat-{n}", first_day=20, losses=())
        a, again, b = (body.read(hip, Motion.FLEXION, mode=Mode.PASSIVE, day=60, rater=r) for r in "aab")
        within.append((a - again) ** 2)
        between.append((a - b) ** 2)
    assert 4 < (sum(within) / 200) ** 0.5 < 6.3
    assert sum(between) > 1.2 * sum(within)
