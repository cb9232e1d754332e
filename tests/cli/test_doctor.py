"""`horehab doctor`: each finding with its remedy, and nothing changed unless somebody accepts."""

import fcntl
import json
import os
import pty
import re
import sqlite3
import struct
import subprocess
import sys
import termios
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from horehab.cli.doctor import scheduler_owners
from horehab.cli.doctor_page import flat, folded
from horehab.fhir.kinds import KINDS
from horehab.settings import read_settings
from horehab.usecases.exchange import Choice
from horehab.wiring import accept_writing, opened_ports
from tests.cli.conftest import Desk, answering
from tests.servers.faults import Fault, Forward, Reply, Seen
from tests.servers.proxying import faulty_proxy


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


def lines_of(text: str) -> dict[str, str]:
    """Find the lines of a page by their subject, the mark before it: {"! server": "Nobody listens ..."}."""
    found = {}
    for line in text.splitlines():
        if line[:2] == "  " and ":" in line:
            head, _, words = line.strip().partition(": ")
            found[" ".join(head.split())] = words
    return found


def test_the_page_of_a_good_server(ward: Desk) -> None:
    text = ward.run("doctor").stdout
    said = lines_of(text)
    headings = [line for line in text.splitlines() if line and line[0] != " "]
    assert headings[1:-1] == ["FHIR server", "Signing in", "Reading", "Writing", "Our memory", "This machine"]
    assert said["ok server"].startswith("Horehab sandbox")
    assert said["ok FHIR version"] == "4.0.1 (R4): read and written."
    assert said["ok signing in"] == "Without signing in; patients may be read."
    assert said["ok search Observation"] == "By _lastUpdated, in order; 100 a page."
    assert "read again before they are believed" in said["ok deletions"]
    assert said["ok suspicions"] == "Written as Conditions, because the server lists create and update for them."
    assert "portal may show" in said["i portals"]
    assert not any(head.startswith("!") for head in said)


def test_a_dead_port_is_one_clear_finding(desk: Desk) -> None:
    result = desk.run("doctor", fhir_url="http://127.0.0.1:9/fhir")
    assert result.exit_code == 3
    said = lines_of(result.stdout)
    ill = [head for head in said if head.startswith("!")]
    assert ill == ["! server"]
    assert "Nobody listens at 127.0.0.1:9." in said["! server"]
    assert "check HOREHAB_FHIR_URL" in said["! server"]
    assert "1 of 7 findings are not well (marked with !)." in result.stdout


def test_a_web_page_is_no_server(desk: Desk) -> None:
    with answering(200, "<html><h1>Sign in</h1></html>", {"Content-Type": "text/html"}) as url:
        result = desk.run("doctor", fhir_url=url)
    assert result.exit_code == 3
    assert "answered a web page" in lines_of(result.stdout)["! server"]
    assert "base of a FHIR R4 server" in lines_of(result.stdout)["! server"]


def test_a_server_that_does_not_know_us_says_what_to_set(ward: Desk) -> None:
    refused = Fault(strike=lambda *_: Reply(status=401))
    with faulty_proxy(ward.settings["HOREHAB_FHIR_URL"]) as proxy:
        proxy.set(*(refused.only(path=f"/{kind}") for kind in KINDS))
        result = ward.run("doctor", fhir_url=proxy.url)
    assert result.exit_code == 3
    said = lines_of(result.stdout)
    assert "Without signing in: The FHIR server does not know us (401)." in said["! signing in"]
    assert "HOREHAB_BEARER_TOKEN" in said["! signing in"]
    assert "Not tried" in said["! search"]
    assert "ok suspicions" in said
    assert {seen.method for seen in proxy.seen} == {"GET"}


def test_a_server_of_r5_is_read_and_never_written(ward: Desk) -> None:
    def newer(seen: Seen, forward: Forward, _: object) -> Reply:
        reply = forward(seen)
        return replace(reply, body=reply.body.replace(b'"4.0.1"', b'"5.0.0"'))

    with faulty_proxy(ward.settings["HOREHAB_FHIR_URL"]) as proxy:
        proxy.set(Fault(strike=newer).only(path="/metadata"))
        result = ward.run("doctor", fhir_url=proxy.url)
        assert result.exit_code == 3
        said = lines_of(result.stdout)
        assert said["ok FHIR version"].startswith("5.0.0 (R5): read; nothing is written there, because")
        assert "speaks FHIR R5 and what we write is R4" in said["! suspicions"]
        assert "HOREHAB_WRITE=off" in said["! suspicions"]
        only_read = ward.run("doctor", fhir_url=proxy.url, write="off")
        assert only_read.exit_code == 0
        assert "speaks FHIR R5" in lines_of(only_read.stdout)["i suspicions"]
        reviewed = ward.run("review", fhir_url=proxy.url)
        assert "refused by the server" in reviewed.stdout
        assert "R5" in ward.run("outbox", fhir_url=proxy.url).stdout
        assert {seen.method for seen in proxy.seen} == {"GET"}


def test_keys_without_an_id_are_worth_knowing(ward: Desk, tmp_path: Path) -> None:
    result = ward.run("doctor", client_keys=f"{tmp_path}/keys.json")
    assert result.exit_code == 0, result.output
    assert "nobody signs in with these keys yet" in lines_of(result.stdout)["i client id"]


FOUND = [
    Choice(subject="database", is_well=True, finding="There is none.", part="memory"),
    Choice(subject="server", is_well=True, finding="some EHR answers at https://ehr.example/fhir", part="server"),
    Choice(
        subject="FHIR version",
        is_well=False,
        finding="3.0.2 " + "of a long time ago " * 6,
        remedy="Ask for another one. " * 5,
        part="server",
    ),
    Choice(subject="portals", is_well=True, finding="they show it", remedy="Ask them.", part="elsewhere"),
]


def test_a_page_for_a_terminal_is_folded_into_columns_of_eighty() -> None:
    lines = list(folded(FOUND, width=80))
    assert max(map(len, lines)) <= 80
    assert lines[:4] == [
        "",
        "FHIR server",
        "  ok  server        Some EHR answers at https://ehr.example/fhir",
        "  !   FHIR version  3.0.2 of a long time ago of a long time ago of a long time",
    ]
    assert lines[4].startswith(" " * 20 + "ago of")
    assert any(line.startswith(" " * 20 + "-> Ask for another one.") for line in lines)
    assert lines[-2:] == ["Our memory", "  ok  database  There is none."]
    assert "  i   portals       They show it." in lines
    assert max(map(len, folded(FOUND, width=20))) <= 60
    assert max(map(len, folded(FOUND, width=500))) <= 100


def test_on_a_terminal_of_eighty_columns_no_line_is_longer(desk: Desk) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    words = [sys.executable, "-m", "horehab", "doctor"]
    done = subprocess.run(
        words, env=environment | desk.settings, stdin=theirs, stdout=theirs, stderr=theirs, timeout=120, check=False
    )
    os.close(theirs)
    said = b""
    with suppress(OSError):  # the end of a terminal
        while piece := os.read(ours, 65_536):
            said += piece
    os.close(ours)
    assert done.returncode == 3
    text = said.decode()
    assert "\x1b[31m\x1b[1m! \x1b[0m  server" in text
    shown = [re.sub(r"\x1b\[\d+m", "", line) for line in text.splitlines()]
    assert "FHIR server" in shown
    assert any(line.startswith("              -> Start the FHIR server") for line in shown)
    assert max(map(len, shown)) <= 80 or str(desk.database) in max(shown, key=len)


def test_a_page_for_a_pipe_has_one_line_for_each_finding() -> None:
    lines = list(flat(FOUND))
    assert "  ok server: Some EHR answers at https://ehr.example/fhir" in lines
    assert "  i  portals: They show it. Ask them." in lines
    assert len(lines) == len(FOUND) + 4


def test_the_page_of_a_real_hapi(desk: Desk, hapi_url: str) -> None:
    result = desk.run("doctor", fhir_url=hapi_url)
    assert result.exit_code == 0, result.output
    said = lines_of(result.stdout)
    assert said["ok server"].startswith("HAPI FHIR Server 8.8.0 answers at http://127.0.0.1:")
    assert "it does not say (updateCreate)" in said["ok ids"]
    assert said["ok suspicions"].startswith("Written as Conditions, because the server lists")
    assert said["ok first load"].startswith("Whole copies are offered ($export)")
    assert said["ok hints"].startswith("Subscriptions are offered")
    assert "https://github.com/hapifhir/hapi-fhir/issues/3141" in said["i known of it"]
