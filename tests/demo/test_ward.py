"""The synthetic ward: forty invented patients, always the same, with what is true of each."""

import json
import re
from collections import Counter
from hashlib import sha256

from horehab.demo.body import Body, Loss
from horehab.demo.play import step_days
from horehab.demo.published import patients as published_patients
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
    people = [r for story in patients() for r in story.events[0][1] if r["resourceType"] == "Patient"]
    names = {person["name"][0]["text"] for person in people}
    assert len(names) == 40
    assert all(re.fullmatch(r"Synthetic, \w+ \(ward \d\d\)", name) for name in names)
    numbers = {each["value"] for person in people for each in person["identifier"]}
    assert numbers == {f"SYN-01{n:02}" for n in range(1, 41)}


def test_most_were_measured_in_the_last_week_of_the_demo_and_a_few_are_overdue_on_purpose() -> None:
    last = max(story.last_day for story in (*patients(), *published_patients()))
    ages = [(last - story.last_day).days for story in patients()]
    assert sum(age <= 7 for age in ages) == 37
    assert sum(age > 31 for age in ages) == 3


def test_one_joint_of_one_patient_is_never_measured() -> None:
    dumped = {story.key: json.dumps(story.events, default=str) for story in patients()}
    assert [key for key, text in dumped.items() if "left elbow" not in text] == ["ward-10"]
    assert all("right elbow" in text for text in dumped.values())


def test_the_whole_demo_takes_about_a_hundred_steps() -> None:
    days = {day for story in (*patients(), *published_patients()) for day, _ in story.events}
    assert 85 <= len(step_days(days)) <= 110


def test_the_degrees_of_the_ward_are_drawn_once_and_stay_as_they_are() -> None:
    told = [r.get("component", ()) for story in patients() for _, resources in story.events for r in resources]
    drawn = [part["valueQuantity"]["value"] for components in told for part in components]
    assert sha256(json.dumps(drawn).encode()).hexdigest()[:16] == "7db94929d3e2055d"


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
