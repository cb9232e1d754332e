"""HOREHAB_SCOPE at the command line: refused with a sentence, shown by doctor, obeyed by sync."""

import json

import pytest

from tests.cli.conftest import Desk, says_one_sentence


@pytest.mark.parametrize("command", [["sync"], ["review"]])
def test_a_scope_that_cannot_be_used_is_refused_with_its_name(desk: Desk, command: list[str]) -> None:
    says_one_sentence(desk.run(*command, scope="Groups/7"), 3, "HOREHAB_SCOPE", "'Groups/7'", "Group/<id>", "HR-1322")


def test_doctor_shows_a_scope_that_cannot_be_used(desk: Desk) -> None:
    result = desk.run("doctor", scope="Groups/7")
    assert result.exit_code == 3
    assert "HOREHAB_SCOPE holds 'Groups/7'" in result.stdout


def test_doctor_shows_the_scope_and_how_many_patients_it_has(ward: Desk) -> None:
    found = json.loads(ward.run("doctor", "--json").stdout)["findings"]
    (everybody,) = [each for each in found if each["subject"] == "scope"]
    assert everybody["finding"].startswith("every patient")
    found = json.loads(ward.run("doctor", "--json", scope="Patient/nobody,Patient/nobody-else").stdout)["findings"]
    (some,) = [each for each in found if each["subject"] == "scope"]
    assert some["finding"] == "Patient/nobody,Patient/nobody-else: 2 patients just now"
