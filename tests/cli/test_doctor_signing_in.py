"""`horehab doctor` before a server that wants tokens of a real authorization server."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from horehab.clock import SystemClock
from horehab.demo.story import Story
from horehab.fhir.basis.kinds import KINDS, PLACES, WRITTEN
from horehab.fhir.wire.client_keys import make_keys, public_set, read_keys, retire_key, rotate_keys
from tests.cli.conftest import Desk
from tests.servers.guarded import GuardedServer, start_guarded
from tests.servers.oidc import AuthorizationServer

NOW = SystemClock(zone=ZoneInfo("UTC")).now()  # as the real authorization server reads it
ALL = " ".join(f"system/{kind}.{'crus' if kind in WRITTEN else 'rs'}" for kind in (*KINDS, *PLACES))


@dataclass(kw_only=True)
class Clinic:
    """A command line that is registered at an authorization server, and the FHIR server that wants its tokens."""

    desk: Desk
    server: GuardedServer
    keys: Path

    def doctor(self, **settings: str) -> tuple[int, dict[str, str]]:
        """Run doctor and give its exit code and its lines by subject."""
        result = self.desk.run("doctor", **settings)
        assert "Traceback" not in result.output
        private = [key["d"] for key in json.loads(self.keys.read_text())["keys"]]
        assert not any(secret in result.output for secret in [*private, *filter(None, self.server.tokens)])
        lines = [line.strip().partition(": ") for line in result.stdout.splitlines() if line[:2] == "  "]
        return result.exit_code, {" ".join(head.split()): words for head, _, words in lines}


@pytest.fixture
def clinic(desk: Desk, oidc: AuthorizationServer, story: Story, tmp_path: Path) -> Iterator[Clinic]:
    keys = tmp_path / "keys.json"
    make_keys(keys, "ES384", NOW)
    with start_guarded(oidc) as server:
        for resource in story.chart_on(story.last_day):
            server.store.put(resource)
        who = {
            "HOREHAB_FHIR_URL": server.url,
            "HOREHAB_CLIENT_KEYS": str(keys),
            "HOREHAB_CLIENT_ID": oidc.register(scope=ALL, jwks=public_set(read_keys(keys))),
        }
        yield Clinic(desk=Desk(desk.settings | who), server=server, keys=keys)


def test_who_is_let_in_is_told_how(clinic: Clinic) -> None:
    code, said = clinic.doctor()
    assert code == 0, said
    kid = read_keys(clinic.keys)[0].kid
    assert said["ok token"] == f"From 127.0.0.1 for 300 s, signed ES384 with the key {kid}."
    assert said["ok scopes"] == "All that we need is granted."
    assert said["ok signing in"] == "SMART Backend Services; patients may be read."
    report = json.loads(clinic.desk.run("doctor", "--json").stdout)
    details = {found["subject"]: found["details"] for found in report["findings"]}
    assert details["scopes"] == {"granted": ALL, "asked": ALL, "missing": ""}
    assert details["token"] == {"endpoint": clinic.server.giver.token_endpoint, "key": kid}


def test_the_whole_way_goes_with_a_token(clinic: Clinic) -> None:
    assert clinic.desk.run("sync").exit_code == 0
    reviewed = clinic.desk.run("review")
    assert reviewed.exit_code == 0, reviewed.output
    assert len(set(clinic.server.tokens)) == 2


def test_rights_that_were_not_granted_are_named(clinic: Clinic) -> None:
    code, said = clinic.doctor(scopes="system/Patient.rs system/Observation.crus")
    assert code == 3
    assert "system/Condition.crus" in said["! scopes"]
    assert "system/Observation" not in said["! scopes"]
    assert "HOREHAB_SCOPES" in said["! scopes"]


def test_rights_that_we_can_do_without_are_worth_knowing(clinic: Clinic) -> None:
    fewer = ALL.replace("system/Appointment.rs ", "")
    code, said = clinic.doctor(scopes=fewer)
    assert code == 0
    assert "without system/Appointment.rs" in said["i scopes"]


def test_a_client_that_is_not_known_there_is_told_what_to_give(clinic: Clinic) -> None:
    code, said = clinic.doctor(client_id="nobody")
    assert code == 3
    assert "invalid_client" in said["! signing in"]
    assert "horehab keys public" in said["! signing in"]
    assert "Not tried" in said["! search"]


def test_a_newest_key_that_is_not_known_there_is_told_and_nothing_stands_still(clinic: Clinic) -> None:
    new = rotate_keys(clinic.keys, None, NOW + timedelta(seconds=1))
    code, said = clinic.doctor()
    assert code == 0
    assert f"does not know our newest key {new.kid} yet" in said["i keys"]
    assert "Retire no key yet" in said["i keys"]
    retire_key(clinic.keys, read_keys(clinic.keys)[1].kid)
    assert clinic.doctor()[0] == 3


def test_old_keys_that_may_go_are_named(clinic: Clinic) -> None:
    old = read_keys(clinic.keys)[0]
    rotate_keys(clinic.keys, None, NOW + timedelta(seconds=1))
    known = clinic.server.giver.register(scope=ALL, jwks=public_set(read_keys(clinic.keys)))
    code, said = clinic.doctor(client_id=known)
    assert code == 0
    assert f"horehab keys retire {old.kid}" in said["i keys"]


def test_a_key_file_that_others_may_read_is_not_well(clinic: Clinic) -> None:
    clinic.keys.chmod(0o644)
    code, said = clinic.doctor()
    assert code == 3
    assert "chmod 600" in said["! key file"]


def test_a_token_endpoint_elsewhere_must_be_named_by_a_person(clinic: Clinic) -> None:
    clinic.server.smart["token_endpoint"] = "https://login.example/token"
    code, said = clinic.doctor()
    assert code == 3
    assert "set HOREHAB_TOKEN_URL to that address" in said["! signing in"]
    assert clinic.doctor(token_url=clinic.server.giver.token_endpoint)[0] == 0
