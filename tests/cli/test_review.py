"""`horehab sync` and `review`: a joint that worsens is found, written once, and told to people and programs."""

import json

from horehab.demo.story import Story
from tests.cli.conftest import Desk


def _lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def test_sync_reads_and_decides_nothing(ward: Desk) -> None:
    first = ward.run("sync")
    assert first.exit_code == 0, first.output
    assert "0 set aside" in first.stdout
    assert ward.run("outbox", "--json").stdout == ""


def test_review_writes_a_suspicion_once_and_a_second_run_writes_none(ward: Desk, story: Story) -> None:
    day = story.expected[0].last.isoformat()
    first = ward.run("review", "--as-of", day, "--json")
    assert first.exit_code == 0, first.output
    suspects = [row for row in _lines(first.stdout) if row["tier"] == "suspect"]
    expected = {(each.place.side.value, each.place.joint.value) for each in story.expected}
    assert suspects
    assert {(row["side"], row["joint"]) for row in suspects} <= expected
    assert {row["patient"] for row in suspects} == {story.patient}
    assert all(row["as_of"] == day and row["reasons"] and row["rule_version"] for row in suspects)
    assert "written 0" not in first.stderr

    second = ward.run("review", "--as-of", day, "--json")
    assert second.exit_code == 0, second.output
    assert "written 0" in second.stderr
    again = ward.run("review", "--as-of", day, "--patient", story.patient, "--json")
    conditions = {row["condition"] for row in _lines(again.stdout) if row["tier"] == "suspect"}
    assert len(conditions) == len(suspects)
    assert all(str(condition).startswith("Condition/hr-") for condition in conditions)


def test_a_dry_run_shows_and_writes_nothing(ward: Desk, story: Story) -> None:
    result = ward.run("review", "--as-of", story.expected[0].last.isoformat(), "--dry-run")
    assert result.exit_code == 0, result.output
    assert "suspect" in result.stdout
    assert "Nothing was written: a dry run was asked for." in result.stdout
    assert ward.run("outbox", "--all", "--json").stdout == ""


def test_a_review_of_an_earlier_day_than_the_last_is_a_dry_run(ward: Desk, story: Story) -> None:
    assert ward.run("review", "--as-of", story.last_day.isoformat()).exit_code == 0
    earlier = ward.run("review", "--as-of", story.events[0][0].isoformat())
    assert earlier.exit_code == 0
    assert "Nothing was written: a review as of" in earlier.stdout


def test_people_read_the_sentence_with_the_reasons(ward: Desk, story: Story) -> None:
    result = ward.run("review", "--as-of", story.expected[0].last.isoformat())
    assert "Not a diagnosis" in " ".join(result.stdout.split())


def test_writing_switched_off_writes_nothing(ward: Desk, story: Story) -> None:
    result = ward.run("review", "--as-of", story.expected[0].last.isoformat(), write="off")
    assert result.exit_code == 0
    assert "written 0" in result.stdout
    assert ward.run("outbox", "--all", "--json").stdout == ""


def test_with_approval_entries_wait_until_a_person_lets_them_go(ward: Desk, story: Story) -> None:
    day = story.expected[0].last.isoformat()
    waiting = ward.run("review", "--as-of", day, write="approve")
    assert waiting.exit_code == 1
    assert "written 0" in waiting.stdout
    again = ward.run("review", "--as-of", day, write="approve")
    assert "written 0" in again.stdout
    listed = ward.run("outbox", "--json", write="approve")
    assert listed.exit_code == 1
    assert all(row["state"] == "waiting" for row in _lines(listed.stdout))
    gone = ward.run("outbox", "--deliver", write="approve")
    assert gone.exit_code == 0, gone.output
    assert "the EHR has everything" in gone.stdout
