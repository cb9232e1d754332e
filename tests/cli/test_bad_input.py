"""Whatever is wrong: one clear sentence with the remedy, the documented exit code, no traceback, nothing lost."""

import socket
import sqlite3
from pathlib import Path

import pytest

from horehab.errors import ConfigurationError
from horehab.settings import read_settings
from tests.cli.conftest import Desk, answering, says_one_sentence


@pytest.mark.parametrize("command", [["sync"], ["review"], ["doctor"], ["outbox"], ["serve"]])
@pytest.mark.parametrize("url", ["not an address", "ftp://ehr.example/fhir", "http://ehr.example/fhir"])
def test_a_wrong_address_of_the_server_is_refused_with_its_name(desk: Desk, command: list[str], url: str) -> None:
    says_one_sentence(desk.run(*command, fhir_url=url), 3, "HOREHAB_FHIR_URL", "(HR-1300)")


def test_a_host_that_only_begins_like_this_machine_is_not_this_machine(desk: Desk) -> None:
    says_one_sentence(desk.run("sync", fhir_url="http://127.evil.example/fhir"), 3, "https")


@pytest.mark.parametrize("command", ["sync", "review"])
def test_no_server_there_is_said_and_the_pass_is_incomplete(desk: Desk, command: str) -> None:
    result = desk.run(command)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert "Incomplete" in result.stderr


@pytest.mark.parametrize("command", ["sync", "review"])
def test_html_instead_of_json_is_no_fhir_server(desk: Desk, command: str) -> None:
    with answering(200, "<html><body>Sign in</body></html>", {"Content-Type": "text/html"}) as url:
        says_one_sentence(desk.run(command, fhir_url=url), 3, "HOREHAB_FHIR_URL")


@pytest.mark.parametrize("status", [401, 403])
def test_a_server_that_refuses_us_is_a_matter_of_configuration(desk: Desk, status: int) -> None:
    with answering(status, "{}", {"Content-Type": "application/json"}) as url:
        says_one_sentence(desk.run("review", fhir_url=url), 3, str(status))


@pytest.mark.parametrize("command", ["chart", "review"])
def test_an_unknown_patient_is_said_with_the_remedy(ward: Desk, command: str) -> None:
    asked = ("chart", "Patient/nobody") if command == "chart" else ("review", "--patient", "Patient/nobody")
    result = ward.run(*asked)
    assert result.exit_code == 2
    assert "No patient 'Patient/nobody' is known here." in result.stderr
    assert "horehab sync" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("day", ["2026-02-30", "tomorrow", "31.03.2026", ""])
def test_a_date_that_is_none_is_said_with_the_form_that_is_meant(desk: Desk, day: str) -> None:
    says_one_sentence(desk.run("review", "--as-of", day), 2, "--as-of", repr(day), "2026-03-31")


def test_a_database_of_a_newer_version_is_left_alone(desk: Desk) -> None:
    assert desk.run("db", "upgrade").exit_code == 0
    connection = sqlite3.connect(desk.database)
    connection.execute("UPDATE horehab_schema_version SET version_num = '9999'")
    connection.commit()
    connection.close()
    before = desk.database.read_bytes()
    says_one_sentence(desk.run("review"), 3, "newer version")
    assert desk.database.read_bytes() == before


def test_a_file_that_is_no_database_is_left_alone(desk: Desk) -> None:
    desk.database.write_text("This is a letter." * 100)
    says_one_sentence(desk.run("outbox"), 3, str(desk.database))


def test_a_folder_that_is_not_there_is_said(desk: Desk, tmp_path: Path) -> None:
    says_one_sentence(desk.run("sync", database_url=f"sqlite:///{tmp_path}/none/horehab.sqlite3"), 3, "folder")


@pytest.mark.parametrize("command", ["serve", "sandbox", "demo"])
def test_a_port_in_use_is_said_at_once(
    desk: Desk, command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        says_one_sentence(desk.run(command, "--port", port), 3, f"127.0.0.1:{port}", "--port")


@pytest.mark.parametrize("host", ["999.1.1.1", "192.0.2.1", "no..such.host"])
def test_a_host_that_is_not_this_machine_is_named(desk: Desk, host: str) -> None:
    result = desk.run("serve", "--host", host)
    says_one_sentence(result, 3, host, "--host")
    assert "--port" not in result.stderr


def test_an_unforeseen_error_is_one_sentence_and_a_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("the floor is gone\nsecond line with Patient/7")

    monkeypatch.setattr("horehab.cli.stepping.keep_step", breaks)
    result = desk.run("review")
    says_one_sentence(result, 1, "RuntimeError", "HR-1001")
    assert "Patient/7" not in result.stderr
    file = Path(next(word for word in result.stderr.split() if "/horehab-" in word))
    try:
        assert "the floor is gone" in file.read_text()
        assert file.stat().st_mode & 0o077 == 0
    finally:
        file.unlink()


@pytest.mark.parametrize(
    ("setting", "value"), [("timeout", "soon"), ("time_zone", "Mars/Olympus"), ("write", "maybe")]
)
def test_a_setting_that_cannot_be_used_is_named_with_its_value(desk: Desk, setting: str, value: str) -> None:
    says_one_sentence(desk.run("outbox", **{setting: value}), 3, f"HOREHAB_{setting.upper()}", repr(value))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        *((name, value) for name in ("timeout", "overlap", "requests_per_second") for value in ("nan", "inf", "-1")),
        ("timeout", "0"),
        ("port", "0"),
        ("port", "99999"),
        ("smtp_port", "-25"),
        ("smtp_port", "65536"),
        ("page_size", "0"),
        ("page_size", "1001"),
        ("max_body", "-1"),
        ("trusted_proxies", "-1"),
        ("trusted_proxies", "1.5"),
        ("fhir_url", "http://[::1/fhir"),
        ("fhir_url", "https://ehr.example:port/fhir"),
        ("extension_sign", "plus"),
        ("time_zone", "Europe"),
    ],
)
def test_a_setting_out_of_its_bounds_is_refused_before_anything_is_opened(
    desk: Desk, setting: str, value: str
) -> None:
    says_one_sentence(desk.run("outbox", **{setting: value}), 3, f"HOREHAB_{setting.upper()}", value, "(HR-1300)")
    assert not desk.database.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOREHAB_TRUSTED_HOSTS", ["ward.example", "ward"]),
        ("HOREHAB_TRUSTED_PROXIES", True),
        ("HOREHAB_PORT", 5000.5),
        ("HOREHAB_TIMEOUT", [30]),
        ("HOREHAB_DEMO", 2),
    ],
)
def test_a_hosts_config_with_a_value_of_another_kind_is_refused(name: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=name):
        read_settings({name: value})


def test_a_hosts_config_may_hold_numbers_and_paths(tmp_path: Path) -> None:
    read = read_settings({"HOREHAB_PORT": 8000, "HOREHAB_TIMEOUT": 5, "HOREHAB_CA_BUNDLE": tmp_path / "ca.pem"})
    assert (read.port, read.timeout, read.ca_bundle) == (8000, 5.0, str(tmp_path / "ca.pem"))


@pytest.mark.parametrize("place", ["ehr.example", "[::1", "ehr.example:99999"])
def test_a_password_in_the_address_is_not_repeated(desk: Desk, place: str) -> None:
    result = desk.run("outbox", fhir_url=f"ftp://ana:hunter2@{place}/fhir")
    says_one_sentence(result, 3, "HOREHAB_FHIR_URL", "with a password")
    assert "hunter2" not in result.output


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_secret_file_that_cannot_be_read_is_named(desk: Desk, tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    says_one_sentence(desk.run("outbox", bearer_token_file=str(file)), 3, str(file), "_FILE")


def test_another_servers_database_is_refused_until_it_is_adopted(ward: Desk) -> None:
    assert ward.run("sync").exit_code == 0
    other = "http://127.0.0.1:9/fhir"
    says_one_sentence(ward.run("review", fhir_url=other), 3, "HR-1301", "horehab adopt")
    adopted = ward.run("adopt", "--yes", fhir_url=other)
    assert adopted.exit_code == 0, adopted.output
    assert other in adopted.output
    assert ward.run("outbox", fhir_url=other).exit_code == 0
