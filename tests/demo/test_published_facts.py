"""The published patients as data: facts as published, everything marked, every reference resolvable in its turn."""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from horehab.demo import published
from horehab.demo.body import Body, read_toml, value_at
from horehab.demo.published import losses_of, patients, plan_of
from horehab.demo.story import Resource, Story
from horehab.domain.joints import JointSide, Motion
from horehab.domain.range_of_motion import Mode

SIX = pytest.mark.parametrize("story", patients(), ids=lambda story: story.key)
CASES: list[dict[str, Any]] = read_toml("published.toml")["case"]


def everything(story: Story) -> Iterator[Resource]:
    for _, resources in story.events:
        yield from resources


def references(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("reference"), str):
            yield node["reference"]
        for child in node.values():
            yield from references(child)
    elif isinstance(node, list):
        for child in node:
            yield from references(child)


@SIX
def test_everything_says_by_a_tag_that_it_is_synthetic(story: Story) -> None:
    untagged = [r["id"] for r in everything(story) if "synthetic" not in {t["code"] for t in r["meta"]["tag"]}]
    assert untagged == []


@SIX
def test_what_is_cited_is_there_before_it_is_cited(story: Story) -> None:
    there: set[str] = set()
    for resource in everything(story):
        there.add(f"{resource['resourceType']}/{resource['id']}")
        assert set(references(resource)) <= there


@SIX
def test_every_id_is_one_that_servers_accept(story: Story) -> None:
    ids = {resource["id"] for resource in everything(story)}
    assert all(re.fullmatch(r"[a-z][A-Za-z0-9.-]{0,63}", each) for each in ids)


@SIX
def test_nothing_comes_twice_on_one_day(story: Story) -> None:
    for _, resources in story.events:
        names = [(r["resourceType"], r["id"]) for r in resources]
        assert len(names) == len(set(names))


def test_age_and_sex_are_as_published() -> None:
    told = [
        (story.admitted.year - int(_patient(story)["birthDate"][:4]), _patient(story)["gender"])
        for story in patients()
    ]
    assert told == [(64, "male"), (73, "male"), (74, "male"), (39, "male"), (31, "female"), (53, "male")]


def test_the_published_days_are_counted_from_intensive_care() -> None:
    noticed = [story.day_number(story.noticed) for story in patients() if story.noticed]
    assert noticed == [39, 40, 41, 30, 60, 38]


def test_alkaline_phosphatase_is_as_published_and_missing_where_none_was() -> None:
    told = {}
    for story in patients():
        found = [r for r in everything(story) if r["resourceType"] == "Observation" and "referenceRange" in r]
        told[story.key[-1]] = [(r["valueQuantity"]["value"], r["referenceRange"][0]["high"]["value"]) for r in found]
    assert told == {
        "1": [(200, 126)],
        "2": [(126, 126)],
        "3": [(105, 126)],
        "4": [(200, 126)],
        "5": [(1890, 126)],
        "6": [],
    }


def test_days_of_ventilation_are_as_published() -> None:
    days = [[p["end"] - p["start"] for p in case.get("procedure", ()) if p["id"] == "ventilation"] for case in CASES]
    assert days[:4] == [[26], [27], [30], [28]]
    assert days[5] == []
    assert CASES[5]["icu"] == [0, 16]


@SIX
def test_a_window_opens_on_the_first_visit_on_which_the_joint_has_really_lost_motion(story: Story) -> None:
    case = next(case for case in CASES if case["key"] == story.key)
    body = Body(seed=story.key, first_day=case["visits"][0], losses=losses_of(case))
    for expected in story.expected:
        opens = story.day_number(expected.first)
        before = max(day for day in case["visits"] if day < opens)
        assert _lost(body, expected.place, opens) > _lost(body, expected.place, before)
        assert before <= _onset(case, expected.place)


def _lost(body: Body, place: JointSide, day: int) -> float:
    return sum(value_at(loss.knots, day) for loss in body.losses if loss.place == place and not loss.is_active_only)


def _onset(case: dict[str, Any], place: JointSide) -> float:
    return next(loss.knots[0][0] for loss in losses_of(case) if loss.place == place)


@SIX
def test_an_affected_joint_has_lost_about_five_degrees_a_week_or_more_on_the_day_clinicians_noticed(
    story: Story,
) -> None:
    case = next(case for case in CASES if case["key"] == story.key)
    for loss in losses_of(case):
        if loss.place in {expected.place for expected in story.expected}:
            days = case["noticed"] - loss.knots[0][0]
            pace = 7 * value_at(loss.knots, case["noticed"]) / days
            assert 5 <= pace <= 28


def test_the_brachial_plexus_lesion_of_case_1_takes_active_motion_only() -> None:
    case = CASES[0]
    body = Body(seed="published-1", first_day=24, losses=losses_of(case))
    shoulder = next(loss.place for loss in losses_of(case) if loss.is_active_only)
    for mode, least, most in ((Mode.PASSIVE, -30.0, 0.0), (Mode.ACTIVE, 20.0, 60.0)):
        first, later = (body.true_degrees(shoulder, Motion.FLEXION, mode=mode, day=day) for day in (24, 45))
        assert least <= first - later <= most


@pytest.mark.parametrize(("number", "days"), [(1, {39, 45}), (2, {40, 46})])
def test_pain_is_unknown_where_polyneuropathy_hid_it_but_for_the_published_day(number: int, days: set[int]) -> None:
    assert _days_of_pain(patients()[number - 1]) == days


def test_pain_is_unknown_in_case_5_until_sedation_is_weaned() -> None:
    assert min(_days_of_pain(patients()[4])) == 60


def _days_of_pain(story: Story) -> set[int]:
    return {
        story.day_number(day) for day, resources in story.events if any(r["id"].endswith("-pain") for r in resources)
    }


def test_the_clock_of_the_ward_is_kept_through_the_night_of_the_change() -> None:
    times = {
        day.isoformat(): r["effectiveDateTime"][10:]
        for day, resources in patients()[4].events
        for r in resources
        if "valueQuantity" in r and "performer" in r
    }
    assert times["2026-03-26"] == "T10:15:00+01:00"
    assert times["2026-04-02"] == "T10:15:00+02:00"


def test_only_case_6_may_have_a_second_joint_and_only_case_5_relapses() -> None:
    assert [story.key for story in patients() if story.optional] == ["published-6"]
    assert [story.key for story in patients() if story.relapse] == ["published-5"]
    assert sum(len(story.expected) for story in patients()) == 13


def test_the_degrees_and_scores_are_drawn_once_and_stay_as_they_are() -> None:
    published.patients.cache_clear()
    drawn = [number for story in published.patients() for r in everything(story) for number in _measured(r)]
    assert len(drawn) > 2500
    assert sha256(json.dumps(drawn).encode()).hexdigest()[:16] == "c1a42cfca6af5aec"


def _measured(resource: Resource) -> list[int]:
    if "performer" not in resource or resource["resourceType"] != "Observation":
        return []
    parts = [resource, *resource.get("component", ())]
    return [
        p["valueQuantity"]["value"] if "valueQuantity" in p else p["valueInteger"] for p in parts if _has_value(p)
    ]


def _has_value(part: Resource) -> bool:
    return "valueQuantity" in part or "valueInteger" in part


def test_all_six_were_measured_lately_when_the_demo_ends() -> None:
    last = max(story.last_day for story in patients())
    assert all((last - story.last_day).days <= 7 for story in patients())


def test_every_name_says_synthetic_and_which_case_beside_a_record_number() -> None:
    names = [_patient(story)["name"][0]["text"] for story in patients()]
    assert all(re.fullmatch(rf"Synthetic, \w+ \(case {n}\)", name) for n, name in enumerate(names, start=1))
    numbers = [each["value"] for story in patients() for each in _patient(story)["identifier"]]
    assert numbers == [f"SYN-000{n}" for n in range(1, 7)]


@SIX
def test_who_measured_is_cited_by_reference_and_shown_by_a_synthetic_name(story: Story) -> None:
    cited = {
        (p["reference"], p["display"]) for r in everything(story) for p in r.get("performer", ()) if "actor" not in p
    }
    assert cited == {
        ("Practitioner/demo-physio-a", "R. Synthetic, physiotherapist"),
        ("Practitioner/demo-physio-b", "M. Synthetic, physiotherapist"),
    }


def test_four_ways_of_coding_are_used() -> None:
    assert {plan_of(case).coding.value for case in CASES} == {
        "loinc sided",
        "own profile",
        "loinc and body site",
        "panel by joint",
    }


def _patient(story: Story) -> Resource:
    return next(r for r in everything(story) if r["resourceType"] == "Patient")
