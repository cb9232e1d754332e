"""`horehab reminders release`: the first reminders of an installation wait until a person lets them go."""

from horehab.demo.story import Story
from tests.cli.conftest import Desk, says_one_sentence


def test_a_person_lets_the_first_reminders_go(ward: Desk, story: Story) -> None:
    assert ward.run("review", "--as-of", story.expected[0].last.isoformat()).exit_code == 0
    held = ward.run("reminders", "release", "--dry-run")
    assert (held.exit_code, held.stdout.startswith("Held until a person lets them go: ")) == (0, True), held.output
    done = ward.run("reminders", "release", "--who", "Eva")
    assert (done.exit_code, done.stdout.startswith("Let go: ")) == (0, True), done.output
    again = ward.run("reminders", "release")
    assert "(Eva)" in again.stdout


def test_without_a_name_nothing_is_let_go(ward: Desk) -> None:
    says_one_sentence(ward.run("reminders", "release", "--who", " "), 2, "somebody")
    assert "Held" in ward.run("reminders", "release", "--dry-run").stdout
