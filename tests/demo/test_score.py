"""The score: a suspicion counts on the day on which it came to stand, in its window or not."""

from datetime import date, timedelta

from horehab.demo.published import patients
from horehab.demo.report import CAUTION, report
from horehab.demo.score import Suspicion, WardScore, score, score_ward
from horehab.demo.story import Expectation, Story, place_named

LEFT_HIP, RIGHT_HIP = place_named("left hip"), place_named("right hip")
FIRST, LAST = date(2026, 3, 10), date(2026, 3, 20)


def a_patient(*, forbidden: bool = False, key: str = "one", expected: bool = True) -> Story:
    window = Expectation(place=LEFT_HIP, first=FIRST, last=LAST)
    return Story(
        key=key,
        title="One",
        citation="Nowhere",
        admitted=date(2026, 3, 1),
        events=((date(2026, 3, 1), ({},)), (date(2026, 5, 1), ({},))),
        expected=(window,) if expected else (),
        forbidden=(RIGHT_HIP,) if forbidden else (),
    )


def a_suspicion(place: str, day: date, *, key: str = "one", updates: tuple[date, ...] = ()) -> Suspicion:
    return Suspicion(patient=f"Patient/{key}", place=place_named(place), day=day, updates=updates)


def test_the_first_and_last_day_of_a_window_are_inside_and_their_neighbours_are_not() -> None:
    day = timedelta(days=1)
    told = [
        score([a_patient()], [a_suspicion("left hip", when)]).inside
        for when in (FIRST - day, FIRST, LAST, LAST + day)
    ]
    assert told == [0, 1, 1, 0]


def test_the_first_suspicion_of_a_joint_counts_whatever_the_order() -> None:
    early, right = a_suspicion("left hip", FIRST - timedelta(days=3)), a_suspicion("left hip", FIRST)
    assert score([a_patient()], [right, early]).inside == 0


def test_a_joint_never_suspected_is_a_miss() -> None:
    assert score([a_patient()], []).inside == 0


def test_a_suspicion_of_another_patient_is_not_this_ones() -> None:
    assert score([a_patient()], [a_suspicion("left hip", FIRST, key="two")]).inside == 0


def test_forbidden_optional_and_other_joints_are_told_apart() -> None:
    story = a_patient(forbidden=True)
    told = score([story], [a_suspicion("right hip", FIRST), a_suspicion("left knee", FIRST)])
    assert [str(s.place) for s in told.forbidden] == ["right hip"]
    assert [str(s.place) for s in told.elsewhere] == ["left knee"]
    case_6 = patients()[5]
    optional = score([case_6], [a_suspicion("left hip", FIRST, key=case_6.key)])
    assert optional.forbidden == optional.elsewhere == ()


def test_a_relapse_is_met_by_an_update_inside_its_window_only() -> None:
    case_5 = patients()[4]
    window = case_5.relapse[0]
    for day, met in ((window.first - timedelta(days=1), 0), (window.first, 1), (window.last + timedelta(days=1), 0)):
        suspected = a_suspicion(str(window.place), case_5.expected[0].first, key=case_5.key, updates=(day,))
        assert score([case_5], [suspected]).relapses_met == met


def test_the_ward_counts_false_wrong_and_late_suspicions_apart() -> None:
    sick, well = a_patient(), a_patient(key="two", expected=False)
    late = a_suspicion("left hip", LAST + timedelta(days=5))
    wrong, false = a_suspicion("right knee", FIRST), a_suspicion("left elbow", FIRST, key="two")
    told = score_ward([sick, well], [late, wrong, false])
    assert (told.joints, told.found, told.in_time, told.wrong_place, told.false) == (1, 1, 0, 1, 1)
    assert 1.9 < told.false_months < 2.1


def test_a_suspicion_more_than_a_week_before_the_onset_is_wrong_and_not_found() -> None:
    told = score_ward([a_patient()], [a_suspicion("left hip", FIRST - timedelta(days=1))])
    assert (told.found, told.in_time, told.wrong_place) == (0, 0, 1)


def test_the_report_says_what_is_invented_and_that_it_is_no_evidence() -> None:
    ward = WardScore(joints=8, found=7, in_time=6, false=2, false_months=100.0, wrong_place=1)
    words = " ".join(report(patients(), score(patients(), []), ward, head="Played.").split())
    assert CAUTION in words
    assert "no evidence of accuracy" in words
    assert "0 of 13 expected joints inside their window, 0 on the forbidden ones" in words
    assert "(2.0 per 100)" in words
    assert all(" ".join(story.invented) in words for story in patients())


def test_the_report_names_every_joint_that_should_not_have_been_suspected() -> None:
    wrong = a_suspicion("right hip", FIRST, key="published-2")
    nobody = WardScore(joints=0, found=0, in_time=0, false=0, false_months=0.0, wrong_place=0)
    words = report(patients(), score(patients(), [wrong]), nobody, head="Played.")
    assert "not expected: right hip of Patient/published-2 on 2026-03-10" in words
    assert "synthetic ward:" not in words
