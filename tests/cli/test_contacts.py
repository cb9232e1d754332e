"""`horehab contacts`: who is reminded where is noted with a name; what cannot be used is refused in a sentence."""

import pytest

from horehab.domain.recipient import Medium
from horehab.settings import read_settings
from horehab.wiring import opened_ports
from tests.cli.conftest import Desk, says_one_sentence


def test_the_team_is_noted_and_listed(desk: Desk) -> None:
    assert "HOREHAB_TEAM_EMAIL" in desk.run("contacts").output
    words = (
        "contacts",
        "staff",
        "ruiz",
        "--email",
        "ruiz@ward.example",
        "--mobile",
        "+34600000001",
        "--language",
        "es",
    )
    assert desk.run(*words).exit_code == 0
    listed = desk.run("contacts").stdout
    assert all(word in listed for word in ("ruiz", "ruiz@ward.example", "+34600000001", "es"))


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("staff", "ruiz", "--email", "nowhere"), "'nowhere'"),
        (("staff", "ruiz", "--mobile", "600000001"), "'600000001'"),
        (("staff", "ruiz", "--zone", "Mars/Base"), "'Mars/Base'"),
        (("stop", "ana", "--by", "sms"), "'ana'"),
        (("consent", "Patient/none", "yes"), "'Patient/none'"),
        (("stop", "Patient/none", "--by", "email"), "'Patient/none'"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(desk: Desk, words: tuple[str, ...], named: str) -> None:
    result = desk.run("contacts", *words)
    assert result.exit_code == 2
    says_one_sentence(result, 2)
    assert named in result.output


def test_a_stop_of_a_number_is_noted_once_and_taken_back(desk: Desk) -> None:
    stop = ("contacts", "stop", "+34 600 000 001", "--by", "sms")
    assert "Nothing goes there any more" in desk.run(*stop).stdout
    assert "noted before" in desk.run(*stop).stdout
    resume = ("contacts", "resume", "+34600000001", "--by", "sms", "--who", "Ana Ruiz")
    assert "go there again" in desk.run(*resume).stdout
    assert "no STOP" in desk.run(*resume).stdout
    assert "Nothing goes there" in desk.run("contacts", "stop", "ana@home.example", "--by", "email").stdout


def test_consent_and_stop_of_a_patient_stand_in_the_ledger_with_who_said_so(ward: Desk) -> None:
    assert ward.run("sync").exit_code == 0
    patient = _patient(ward)
    for answer in ("yes", "no"):
        assert ward.run("contacts", "consent", patient, answer, "--who", "Ana Ruiz").exit_code == 0
        with opened_ports(read_settings(ward.settings)) as ports:
            assert ports.logbook.contacts.consent(patient) is (answer == "yes")
    assert ward.run("contacts", "stop", patient, "--by", "sms", "--who", "Ana Ruiz").exit_code == 0
    with opened_ports(read_settings(ward.settings)) as ports:
        (stop,) = ports.logbook.contacts.stops([patient])
        assert (stop.medium, stop.how) == (Medium.SMS, "noted by Ana Ruiz")
        assert ports.logbook.broken_audit() is None


def _patient(desk: Desk) -> str:
    with opened_ports(read_settings(desk.settings)) as ports:
        return ports.logbook.patients()[0]
