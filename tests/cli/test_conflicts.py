"""`horehab conflicts`: what waits for a person is listed, settled once, and review ends with 0 again."""

import json

import pytest

from horehab.demo.story import Story
from tests.cli.conftest import Desk, says_one_sentence
from tests.servers.faults import answers
from tests.servers.proxying import faulty_proxy


@pytest.fixture
def day(story: Story) -> str:
    return story.expected[0].last.isoformat()


def test_a_refused_suspicion_is_listed_settled_and_the_review_is_complete_again(ward: Desk, day: str) -> None:
    with faulty_proxy(ward.settings["HOREHAB_FHIR_URL"]) as proxy:
        proxy.set(answers(422).only("PUT", path="/Condition"))
        settings = {"fhir_url": proxy.url}
        assert ward.run("review", "--as-of", day, **settings).exit_code == 1

        listed = ward.run("conflicts", "--json", **settings)
        assert listed.exit_code == 1
        rows = [json.loads(line) for line in listed.stdout.splitlines()]
        assert rows
        assert {row["what"] for row in rows} == {"suspicion"}
        assert all(
            row["state"] == "refused" and "422" in row["why"] and row["joint"] and row["since"] for row in rows
        )
        assert str(rows[0]["row"]) in ward.run("conflicts", "--patient", rows[0]["patient"], **settings).stdout

        for row in rows:
            words = ("conflicts", "settle", str(row["row"]), "--keep-theirs", "--why", "not wanted", "--who", "Dr. S")
            done = ward.run(*words, **settings)
            assert (done.exit_code, "stays as the EHR has it" in done.stdout) == (0, True), done.output
        proxy.set()
        again = ward.run("review", "--as-of", day, **settings)
        assert again.exit_code == 0, again.output
        said = [json.loads(line) for line in ward.run("outbox", "--all", "--json", **settings).stdout.splitlines()]
        assert {row["state"] for row in said if row["key"].startswith(("suspicion", "reasons"))} == {"kept"}
        none = ward.run("conflicts", **settings)
        assert (none.exit_code, "Nothing waits for a person" in none.stdout) == (0, True)


def test_what_is_tried_again_is_written_with_the_next_review(ward: Desk, day: str) -> None:
    with faulty_proxy(ward.settings["HOREHAB_FHIR_URL"]) as proxy:
        proxy.set(answers(422).only("PUT", path="/Condition"))
        settings = {"fhir_url": proxy.url}
        ward.run("review", "--as-of", day, **settings)
        proxy.set()
        for line in ward.run("conflicts", "--json", **settings).stdout.splitlines():
            row = str(json.loads(line)["row"])
            done = ward.run("conflicts", "settle", row, "--try-again", "--why", "the server was upgraded", **settings)
            assert done.exit_code == 0, done.output
        again = ward.run("review", "--as-of", day, **settings)
        assert again.exit_code == 0, again.output
        assert ward.run("outbox", "--json", **settings).stdout == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("99", "--keep-theirs", "--why", "x"), "nobody's decision"),
        (("1", "--why", "x"), "--keep-theirs or --try-again"),
        (("1", "--keep-theirs", "--try-again", "--why", "x"), "--keep-theirs or --try-again"),
        (("1", "--keep-theirs", "--why", " "), "needs its reason"),
        (("1", "--keep-theirs", "--why", "x", "--who", ""), "Give your name"),
    ],
)
def test_a_settlement_that_cannot_be_says_so_in_one_sentence(ward: Desk, words: tuple[str, ...], said: str) -> None:
    says_one_sentence(ward.run("conflicts", "settle", *words), 2, said)
