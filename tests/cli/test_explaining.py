"""`horehab explain`: why a joint stands where it does, in words and as JSON; what is wrong is one sentence."""

import json
import sqlite3
from contextlib import closing

import pytest

from horehab.demo.story import Story
from tests.cli.conftest import Desk, says_one_sentence

_HIP = ("--joint", "hip", "--side", "left")


def _synced(ward: Desk) -> Desk:
    assert ward.run("sync").exit_code == 0
    return ward


def test_all_eight_joints_are_told_in_short(ward: Desk, story: Story) -> None:
    result = _synced(ward).run("explain", story.patient, "--as-of", str(story.expected[0].last))
    assert result.exit_code == 0, result.output
    for place in ("left hip", "right hip", "left shoulder", "left knee", "right elbow"):
        assert place in result.stdout
    assert "suspect" in result.stdout
    assert "Not a diagnosis" in result.stdout
    assert "Rule 2026" in result.stdout


def test_one_joint_is_told_in_full_with_the_entries_that_it_rests_on(ward: Desk, story: Story) -> None:
    result = _synced(ward).run("explain", story.patient, *_HIP, "--as-of", str(story.expected[0].last))
    assert result.exit_code == 0, result.output
    for words in (
        "SUSPECT, strength ",
        "What speaks for it",
        "What speaks against it",
        "What is missing",
        "The one further measurement",
        "Quality of the input",
        " measurements read",
        "Options to consider",
        "Not a diagnosis",
        "      Observation/",
        "[measurement error: ",
    ):
        assert words in result.stdout, result.stdout
    assert "probab" not in result.stdout.lower()


def test_json_is_a_line_per_joint_and_the_same_bytes_each_time(ward: Desk, story: Story) -> None:
    asked = ("explain", story.patient, "--as-of", str(story.expected[0].last), "--json")
    first, again = _synced(ward).run(*asked), ward.run(*asked)
    assert first.stdout_bytes == again.stdout_bytes
    rows = [json.loads(line) for line in first.stdout.splitlines()]
    assert len(rows) == 8
    hip = next(row for row in rows if (row["joint"], row["side"]) == ("hip", "left"))
    assert hip["tier"] == hip["verdict"]["tier"] == "suspect"
    assert hip["verdict"]["evidence"]
    named = ward.run(*asked, *_HIP)
    (row,) = [json.loads(line) for line in named.stdout.splitlines()]
    assert row["verdict"] == hip["verdict"]
    assert row["further"] is None or row["further"]["code"].startswith("further-")


def test_explaining_writes_nothing_and_asks_no_server(ward: Desk, story: Story) -> None:
    _synced(ward)
    with closing(sqlite3.connect(ward.database)) as before:
        kept = "".join(before.iterdump())
    result = ward.run("explain", story.patient, *_HIP, fhir_url=ward.settings["HOREHAB_FHIR_URL"])
    assert result.exit_code == 0, result.output
    with closing(sqlite3.connect(ward.database)) as after:
        assert "".join(after.iterdump()) == kept


def test_a_day_before_anything_was_known_can_be_explained_and_says_what_is_missing(ward: Desk, story: Story) -> None:
    result = _synced(ward).run("explain", story.patient, *_HIP, "--as-of", "1999-12-31")
    assert result.exit_code == 0, result.output
    assert "CANNOT JUDGE" in result.stdout
    assert "no passive reading" in result.stdout


def test_an_unknown_patient_is_said_with_the_remedy(ward: Desk) -> None:
    says_one_sentence(_synced(ward).run("explain", "Patient/nobody"), 2, "Patient/nobody", "horehab sync")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--joint", "hip"), ("--joint 'hip'", "--side")),
        (("--side", "left"), ("--side 'left'", "--joint")),
        (("--joint", "hipp", "--side", "left"), ("--joint 'hipp'", "hip, shoulder, knee, elbow")),
        (("--joint", "hip", "--side", "both"), ("--side 'both'", "left or right")),
        (("--joint", "wrist", "--side", "left"), ("left wrist", "never suspected")),
        (("--as-of", "9999-12-31"), ("--as-of 9999-12-31", "still to come")),
        (("--as-of", "0001-01-01"), ("--as-of 0001-01-01", "1900-01-01")),
        (("--as-of", "yesterday"), ("--as-of 'yesterday'", "2026-03-31")),
        (("--as-of", ""), ("--as-of ''", "2026-03-31")),
        (("--joint", "", "--side", ""), ("--joint ''",)),
    ],
    ids=" ".join,
)
def test_what_is_asked_wrongly_is_one_sentence_with_the_remedy(
    ward: Desk, story: Story, options: tuple[str, ...], words: tuple[str, ...]
) -> None:
    says_one_sentence(_synced(ward).run("explain", story.patient, *options), 2, *words)
