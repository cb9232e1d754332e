"""`horehab profiles`: files for an EHR's team; and each artefact put onto a server, with a report on each."""

import io
import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from fhir_profiles import artefacts, load
from horehab import __version__
from tests.cli.conftest import Desk
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox

COUNT = len(list(artefacts()))
ROM = "StructureDefinition/horehab-rom"


def test_the_profiles_are_written_as_a_package_and_as_a_bundle(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "profiles"
    result = desk.run("profiles", "export", str(folder))
    assert result.exit_code == 0, result.output
    package = folder / f"horehab.fhir-{__version__}.tgz"
    assert str(package) in result.stdout
    with tarfile.open(package) as archive:
        names = set(archive.getnames())
        manifest = json.load(archive.extractfile("package/package.json") or io.BytesIO())
    assert {"package/.index.json", "package/StructureDefinition-horehab-rom.json"} <= names
    assert any(name.startswith("package/example/") for name in names)
    assert (manifest["name"], manifest["version"], manifest["fhirVersions"]) == (
        "horehab.fhir",
        __version__,
        ["4.0.1"],
    )
    bundle = json.loads((folder / "horehab-profiles.json").read_text(encoding="utf-8"))
    assert bundle["type"] == "transaction"
    assert len({entry["request"]["url"] for entry in bundle["entry"]}) == COUNT


def test_the_same_profiles_make_the_same_package(desk: Desk, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert desk.run("profiles", "export", str(tmp_path / name)).exit_code == 0
    (first,), (second,) = (list((tmp_path / name).glob("*.tgz")) for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = desk.run("profiles", "export", str(tmp_path / "file" / "below"))
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
    assert "Traceback" not in result.output


class _Shelf:
    """A server of definitions, as far as this command asks it: found by address, put by id or created."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.version = "4.0.1"
        self.takes_our_ids = True
        self.takes_snapshots = True
        self.refused = ""
        self.away_after = 10_000

    def __call__(self, seen: Seen, _forward: Forward, _proxy: FaultyProxy) -> Reply:
        if seen.path.endswith("/metadata"):
            return _json(200, {"resourceType": "CapabilityStatement", "fhirVersion": self.version})
        if len(self.kept) >= self.away_after:
            return Reply(status=500)
        if seen.method == "GET":
            address = parse_qs(urlsplit(seen.path).query)["url"][0]
            hits = [{"resource": each} for each in self.kept.values() if each["url"] == address]
            return _json(200, {"resourceType": "Bundle", "type": "searchset", "entry": hits})
        return self._keep(seen)

    def _keep(self, seen: Seen) -> Reply:
        resource = json.loads(seen.body)
        if resource["resourceType"] == self.refused or ("snapshot" in resource and not self.takes_snapshots):
            return _json(
                422, {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "invalid"}]}
            )
        if seen.method == "PUT" and not self.takes_our_ids and resource["id"].startswith(("horehab", "rom")):
            return Reply(status=405)
        ident = resource.setdefault("id", f"s{len(self.kept)}")
        place = f"{resource['resourceType']}/{ident}"
        version = int(self.kept[place]["meta"]["versionId"]) + 1 if place in self.kept else 1
        self.kept[place] = resource | {"meta": {"versionId": str(version)}}
        return _json(200 if version > 1 else 201, self.kept[place])


def _json(status: int, tree: dict[str, Any]) -> Reply:
    return Reply(status=status, headers={"Content-Type": "application/fhir+json"}, body=json.dumps(tree).encode())


Here = tuple[Desk, _Shelf, FaultyProxy]


@pytest.fixture
def here(desk: Desk) -> Iterator[Here]:
    """A command line before a server that keeps definitions."""
    with faulty_proxy("http://127.0.0.1:9/fhir") as proxy:
        shelf = _Shelf()
        proxy.set(Fault(strike=shelf))
        yield Desk(desk.settings | {"HOREHAB_FHIR_URL": proxy.url}), shelf, proxy


def _row(said: str, name: str) -> str:
    return next(line for line in said.splitlines() if re.match(rf"{re.escape(name)}\s", line))


def test_each_is_installed_once_and_stands_there_as_it_is_published(here: Here) -> None:
    desk, shelf, _ = here
    first = desk.run("profiles", "install")
    assert first.exit_code == 0, first.output
    assert first.stdout.count("installed") == COUNT == len(shelf.kept)
    assert {k: v for k, v in shelf.kept[ROM].items() if k != "meta"} == load("horehab-rom")
    assert "HOREHAB_HAS_PROFILES=true" in first.stderr
    again = desk.run("profiles", "install")
    assert again.exit_code == 0
    assert again.stdout.count("stands already") == COUNT
    assert {each["meta"]["versionId"] for each in shelf.kept.values()} == {"1"}


def test_an_older_one_is_replaced_and_a_newer_one_is_left(here: Here) -> None:
    desk, shelf, proxy = here
    assert desk.run("profiles", "install").exit_code == 0
    shelf.kept[ROM] |= {"version": "0.0.9"}
    shelf.kept["StructureDefinition/horehab-pain"] |= {"version": "9.0.0"}
    result = desk.run("profiles", "install")
    assert result.exit_code == 0
    assert "updated from 0.0.9" in _row(result.stdout, ROM)
    assert "left as it is: version 9.0.0" in _row(result.stdout, "StructureDefinition/horehab-pain")
    assert shelf.kept[ROM]["version"] == __version__
    assert shelf.kept["StructureDefinition/horehab-pain"]["version"] == "9.0.0"
    puts = [seen for seen in proxy.seen if seen.method == "PUT" and seen.path.endswith(ROM)]
    assert puts[-1].headers["if-match"] == 'W/"1"'


def test_a_kind_that_the_server_refuses_is_reported_and_hinders_no_other(here: Here) -> None:
    desk, shelf, _ = here
    shelf.refused = "Questionnaire"
    result = desk.run("profiles", "install")
    assert result.exit_code == 1
    assert "refused: status 422" in _row(result.stdout, "Questionnaire/horehab-rom-session")
    assert len(shelf.kept) == COUNT - 1
    assert f"1 of {COUNT} artefacts are not on the server" in result.stderr


def test_a_server_that_finds_fault_with_snapshots_makes_them_itself(here: Here) -> None:
    desk, shelf, _ = here
    shelf.takes_snapshots = False
    result = desk.run("profiles", "install")
    assert result.exit_code == 0, result.output
    assert "installed without its snapshot" in _row(result.stdout, ROM)
    assert shelf.kept[ROM]["differential"] == load("horehab-rom")["differential"]
    assert desk.run("profiles", "install").stdout.count("stands already") == COUNT


def test_a_server_that_gives_its_own_ids_gets_them_too_and_not_twice(here: Here) -> None:
    desk, shelf, proxy = here
    shelf.takes_our_ids = False
    result = desk.run("profiles", "install")
    assert result.exit_code == 0, result.output
    assert "installed, as StructureDefinition/s" in _row(result.stdout, ROM)
    posts = [seen for seen in proxy.seen if seen.method == "POST"]
    assert all(seen.headers["if-none-exist"].startswith("url=https://horehab.org/fhir/") for seen in posts)
    assert desk.run("profiles", "install").stdout.count("stands already") == COUNT


def test_a_server_that_goes_away_leaves_a_report_of_all(here: Here) -> None:
    desk, shelf, _ = here
    shelf.away_after = 5
    result = desk.run("profiles", "install")
    assert result.exit_code == 1
    assert result.stdout.count(" installed") == 5
    assert result.stdout.count("answers with status 500") == 1
    assert result.stdout.count("not tried") == COUNT - 6


def test_a_server_of_another_version_of_fhir_gets_nothing(here: Here) -> None:
    desk, shelf, _ = here
    shelf.version = "5.0.0"
    result = desk.run("profiles", "install")
    assert result.exit_code == 3
    assert "speaks FHIR 5.0.0" in result.stderr
    assert shelf.kept == {}


def test_a_server_that_takes_no_definitions_says_so_for_each(desk: Desk, sandbox: RunningSandbox) -> None:
    result = desk.run("profiles", "install", fhir_url=sandbox.url)
    assert result.exit_code == 1
    assert result.stdout.count("not taken: the server cannot be asked for it") == COUNT
    assert "Traceback" not in result.output
