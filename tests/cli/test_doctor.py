"""`horehab doctor`: each finding with its remedy, and nothing changed unless somebody accepts."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from horehab.cli.doctor import scheduler_owners
from horehab.settings import read_settings
from horehab.wiring import accept_writing, opened_ports
from tests.cli.conftest import Desk
from tests.cli.doctor_pages import lines_of


def test_a_ward_that_is_ready_is_told_so(ward: Desk) -> None:
    result = ward.run("doctor")
    assert result.exit_code == 0, result.output
    assert "All is well." in result.stdout
    for subject in ("settings", "database", "binding", "writing", "server clock", "ward clock", "scheduler"):
        assert result.stdout.count(f"ok {subject}:") == 1, result.stdout


def test_doctor_makes_no_database(ward: Desk) -> None:
    said = ward.run("doctor").stdout
    assert "There is no database yet" in said
    assert str(ward.database) in said
    assert not [*ward.database.parent.glob("horehab.sqlite3*")]


def test_a_misspelt_setting_is_named_with_the_one_that_was_meant(ward: Desk) -> None:
    result = ward.run("doctor", fhir_uri="https://ehr.example/fhir")
    assert result.exit_code == 3
    assert "!  settings:" in result.stdout
    assert "HOREHAB_FHIR_URL instead of HOREHAB_FHIR_URI" in " ".join(result.stdout.split())


def test_a_clone_is_told_with_its_remedy_and_without_contradiction(ward: Desk, tmp_path: Path) -> None:
    assert ward.run("sync").exit_code == 0
    file = tmp_path / "clone.sqlite3"
    with closing(sqlite3.connect(ward.database)) as old, closing(sqlite3.connect(file)) as new:
        old.backup(new)
    result = ward.run("doctor", database_url=f"sqlite:///{file}")
    assert result.exit_code == 3
    lines = {line.split(":")[0].strip(): line for line in result.stdout.splitlines() if ":" in line}
    assert "copy of another installation" in lines["!  binding"]
    assert "horehab adopt" in lines["!  binding"]
    assert "!  writing" in lines
    assert "ok database" in lines
    assert ward.run("adopt", "--yes", database_url=f"sqlite:///{file}").exit_code == 0
    assert ward.run("doctor", database_url=f"sqlite:///{file}").exit_code == 0


def test_an_altered_audit_is_found(ward: Desk) -> None:
    for name in ("ana", "ben"):
        words = ("user", "add", name, "--role", "physician", "--password-stdin")
        assert ward.run(*words, typed="a longer sentence\n").exit_code == 0
    assert "ok audit:" in ward.run("doctor").stdout
    with closing(sqlite3.connect(ward.database)) as connection, connection:
        connection.execute("UPDATE horehab_audit SET who = 'nobody' WHERE row = 1")
    result = ward.run("doctor")
    assert result.exit_code == 3
    assert "!  audit: The audit was altered, or has a gap, at note 1." in result.stdout


def test_who_logs_without_being_known_to_the_ehr_is_named(ward: Desk) -> None:
    words = ("--role", "physiotherapist", "--password-stdin")
    known = ward.run("user", "add", "ben", *words, "--practitioner", "Practitioner/7", typed="a longer sentence\n")
    assert known.exit_code == 0
    assert "ok signatures:" in ward.run("doctor").stdout
    for name in ("eva", "ana"):
        assert ward.run("user", "add", name, *words, typed="a longer sentence\n").exit_code == 0
    result = ward.run("doctor")
    (line,) = [line for line in result.stdout.splitlines() if "signatures:" in line]
    assert line.startswith("  i  signatures: ")
    assert "without a Practitioner reference: ana, eva." in line
    assert result.exit_code == 0


def test_a_program_reads_the_same_findings(ward: Desk) -> None:
    report = json.loads(ward.run("doctor", "--json").stdout)
    assert report["is_well"]
    assert set(report) == {"version", "address", "is_well", "findings"}
    keys = {"subject", "is_well", "finding", "remedy", "part", "details"}
    assert all(set(found) == keys for found in report["findings"])
    details = {found["subject"]: found["details"] for found in report["findings"]}
    assert details["FHIR version"] == {"version": "4.0.1"}
    assert details["suspicions"] == {"as": "Condition"}
    assert details["server"]["software"].startswith("horehab sandbox")


def test_one_broken_thing_hides_no_other(desk: Desk) -> None:
    result = desk.run("doctor")
    assert result.exit_code == 3
    assert "Traceback" not in result.output
    assert "ok database:" in result.stdout
    assert "ok binding:" in result.stdout
    assert "!  " in result.stdout
    refused = desk.run("doctor", "--accept")
    assert refused.exit_code == 3
    assert "Nothing was accepted" in refused.stderr


def test_doctor_binds_a_new_database_to_no_server(ward: Desk) -> None:
    assert "is new" in ward.run("doctor").stdout
    assert "is new" in ward.run("doctor").stdout
    assert ward.run("sync").exit_code == 0
    assert "belongs to this server" in ward.run("doctor").stdout
    other = ward.run("doctor", fhir_url="http://127.0.0.1:9/fhir")
    assert other.exit_code == 3
    assert "horehab adopt" in other.stdout


def test_writing_to_another_machine_waits_until_it_is_accepted_for_that_server(desk: Desk) -> None:
    settings = read_settings(desk.settings | {"HOREHAB_FHIR_URL": "https://ehr.example/fhir/"})
    with opened_ports(settings) as ports:
        assert not ports.may_write
        assert not ports.may_write_past
    accept_writing(settings)
    with opened_ports(settings) as ports:
        assert ports.may_write
        assert not ports.may_write_past
    off = read_settings(desk.settings | {"HOREHAB_FHIR_URL": "https://ehr.example/fhir", "HOREHAB_WRITE": "off"})
    with opened_ports(off) as ports:
        assert not ports.may_write


def test_accepting_on_this_machine_is_kept_and_told(ward: Desk) -> None:
    result = ward.run("doctor", "--accept")
    assert result.exit_code == 0, result.output
    assert "ok accepted:" in result.stdout


@pytest.mark.parametrize("write", ["off", "approve", "auto"])
def test_how_is_written_is_told(ward: Desk, write: str) -> None:
    said = ward.run("doctor", write=write).stdout
    assert {"off": "Nothing is written", "approve": "A person lets", "auto": "by themselves"}[write] in said


def test_another_package_of_the_schedulers_name_is_found() -> None:
    assert scheduler_owners(["horehab"]).is_well
    mixed = scheduler_owners(["horehab", "scheduler"])
    assert not mixed.is_well
    assert "pip uninstall scheduler" in mixed.remedy


def test_keys_without_an_id_are_worth_knowing(ward: Desk, tmp_path: Path) -> None:
    result = ward.run("doctor", client_keys=f"{tmp_path}/keys.json")
    assert result.exit_code == 0, result.output
    assert "nobody signs in with these keys yet" in lines_of(result.stdout)["i client id"]
