"""Codes of the hospital's own on the pages: whom they concern, and what comes of saying what one means."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from horehab.domain.local_code import LocalCode, meaning_of
from horehab.settings import Settings
from horehab.usecases.exchange import ChartPage
from horehab.usecases.map_code import map_codes
from horehab.usecases.ports import Ports
from horehab.web.codes import key_of
from horehab.web.options import Role
from horehab.wiring import opened_ports
from tests.cli.local_ward import WARD, angle
from tests.web.conftest import PHYSICIAN, PHYSIO, Ward, as_role, make_ward

KNEE = LocalCode(system=WARD, code="KFPL")
FORM = f"/quality/codes/{key_of(KNEE)}"
PASSIVE_LEFT_KNEE = {"what": "motion", "joint": "knee", "motion": "flexion", "mode": "passive", "side": "left"}


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Ward]:
    """The pages over a real chart: two patients under a local code, one of them measured otherwise, too."""
    chosen = Settings(fhir_url="http://127.0.0.1:9/fhir", database_url=f"sqlite:///{tmp_path}/x.sqlite3")
    loinc = {"coding": [{"system": "http://loinc.org", "code": "41349-2"}]}
    entries: list[dict[str, Any]] = [
        {"resourceType": "Patient", "id": name, "name": [{"text": name.capitalize()}]} for name in ("ana", "ben")
    ]
    entries += [angle(f"k{n}", "Patient/ana", 100 - n, "KFPL", "Flex <P> G1") for n in range(3)]
    entries += [angle("b", "Patient/ben", 90, "KFPL"), angle("known", "Patient/ben", 80, "", code=loinc)]
    entries += [
        angle("qrs", "Patient/ben", 40, "QRS-A", "QRS axis"),
        angle("w", "Patient/ben", 9, "", code={"text": "G1"}),
    ]
    with opened_ports(chosen) as ports:
        read(ports, *entries)
        ward = make_ward(ports)
        ward.viewer = PHYSICIAN
        yield ward


def read(ports: Ports, *entries: dict[str, Any]) -> None:
    items = [
        ports.chart.read_again(f"{entry['resourceType']}/{entry['id']}", json.dumps(entry).encode())
        for entry in entries
    ]
    ports.logbook.keep(ChartPage(kind="Observation", items=tuple(items)), now=ports.clock.now())


def said(html: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


def test_the_page_on_data_quality_lists_codes_with_patients_and_who_has_no_other_reading(hospital: Ward) -> None:
    page = said(hospital.look("/quality").text)
    assert "KFPL" in page
    assert "Flex <P> G1" in page
    assert "1 with no other reading" in page
    assert "“G1”" in page
    assert FORM in hospital.look("/quality").text


def test_a_code_is_mapped_and_the_page_says_what_came_of_it(hospital: Ward) -> None:
    opened = hospital.look(FORM)
    assert "2 patients, 4 entries" in said(opened.text)
    assert "Ana no other reading" in said(opened.text)
    client = hospital.client
    page = client.get(f"/horehab{FORM}").text
    token = dict(re.findall(r'name="(csrf_token)"[^>]* value="([^"]*)"', page))
    done = client.post(f"/horehab{FORM}/map", data={**token, **PASSIVE_LEFT_KNEE}, follow_redirects=True)
    text = said(done.text)
    assert "KFPL is read as: Left knee flexion, passive. 4 entries of 2 patients became readable." in text
    assert "Codes that somebody explained" in text
    assert "sanz" in text
    assert len(hospital.ports.logbook.record("Patient/ana").readings) == 3
    form = hospital.look(FORM).text
    for chosen in ("knee", "flexion", "passive", "left"):
        assert f'<option value="{chosen}" selected>' in form
    done = client.post(f"/horehab{FORM}/forget", data=token, follow_redirects=True)
    assert "KFPL means nothing any more. 4 entries of 2 patients are no longer read." in said(done.text)
    assert hospital.ports.logbook.record("Patient/ana").readings == ()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (PASSIVE_LEFT_KNEE | {"motion": "internal-rotation"}, "which the knee does not have; it has flexion"),
        ({"what": "motion"}, "Nothing was chosen."),
        ({"what": "motion", "joint": "<script>"}, "'<script>'"),
        ({}, "Nothing was chosen."),
    ],
)
def test_a_meaning_that_is_none_is_refused_with_what_was_chosen_still_there(
    hospital: Ward, typed: dict[str, str], words: str
) -> None:
    answer = hospital.send(f"{FORM}/map", form=FORM, **typed)
    assert answer.status_code == 422
    assert words in said(answer.text)
    assert "<script>" not in answer.text.replace("<script src", "")
    if "mode" in typed:
        assert '<option value="passive" selected>' in answer.text
    assert hospital.ports.logbook.codes.mappings() == ()


@pytest.mark.parametrize(
    ("typed", "meaning"),
    [
        ({"what": "pain", "joint": "knee", "side": "left", "motion": "flexion", "mode": "active"}, "pain-knee-left"),
        ({"what": "firm-end-feel", "joint": "knee", "mode": "active"}, "firm-end-feel-knee"),
        ({"what": "bilirubin", "joint": "knee", "side": "left"}, "bilirubin"),
        ({"what": "nothing", "joint": "knee"}, "nothing"),
        ({"what": "motion", "side": "left"}, "left"),
    ],
)
def test_what_the_chosen_kind_does_not_have_is_left_out(hospital: Ward, typed: dict[str, str], meaning: str) -> None:
    assert hospital.send(f"{FORM}/map", form=FORM, **typed).status_code == 303
    (mapping,) = hospital.ports.logbook.codes.mappings()
    assert str(mapping.meaning) == meaning
    form = hospital.look(FORM)
    assert form.status_code == 200
    assert f'<option value="{typed["what"]}" selected>' in form.text
    assert hospital.look("/quality").status_code == 200


@pytest.mark.parametrize("role", [Role.PHYSIOTHERAPIST, Role.COORDINATOR])
def test_others_see_the_code_and_are_not_asked(hospital: Ward, role: Role) -> None:
    hospital.viewer = PHYSICIAN
    token = re.search(r'name="csrf_token" value="([^"]+)"', hospital.look(FORM).text)
    assert token
    hospital.viewer = as_role(PHYSIO, role)
    opened = hospital.look(FORM)
    assert opened.status_code == 200
    assert "Read it so from now on" not in opened.text
    for verb in ("map", "forget"):
        assert hospital.send(f"{FORM}/{verb}", form="/quality", **PASSIVE_LEFT_KNEE).status_code == 403
    assert hospital.ports.logbook.codes.mappings() == ()


def test_the_integrator_may_say_it_too(hospital: Ward) -> None:
    hospital.viewer = as_role(PHYSIO, Role.INTEGRATOR)
    assert hospital.send(f"{FORM}/map", form=FORM, **PASSIVE_LEFT_KNEE).status_code == 303


def test_a_form_without_its_token_maps_nothing(hospital: Ward) -> None:
    assert hospital.client.post(f"/horehab{FORM}/map", data=PASSIVE_LEFT_KNEE).status_code == 400
    assert hospital.ports.logbook.codes.mappings() == ()


def test_only_patients_whom_the_viewer_may_see_are_counted_and_named(hospital: Ward) -> None:
    hospital.hidden = {"Patient/ben"}
    page, form = said(hospital.look("/quality").text), said(hospital.look(FORM).text)
    assert "QRS-A" not in page
    assert "1 patient" in form
    assert "entries" not in form.partition("What it means")[0]
    assert "Ben" not in form
    hidden = f"/quality/codes/{key_of(LocalCode(system=WARD, code='QRS-A'))}"
    absent = hospital.look("/quality/codes/0123")
    assert (hospital.look(hidden).status_code, hospital.look(hidden).data) == (404, absent.data)


def test_a_code_that_nobody_mapped_cannot_be_forgotten(hospital: Ward) -> None:
    answer = hospital.send(f"{FORM}/forget", form=FORM)
    assert answer.status_code == 422
    assert "Nobody mapped" in said(answer.text)


def test_what_no_entry_bears_any_more_says_so(hospital: Ward) -> None:
    axis = LocalCode(system=WARD, code="QRS-A")
    client = hospital.client
    path = f"/horehab/quality/codes/{key_of(axis)}"
    token = dict(re.findall(r'name="(csrf_token)"[^>]* value="([^"]*)"', client.get(path).text))
    done = client.post(f"{path}/map", data={**token, "what": "nothing"}, follow_redirects=True)
    assert "QRS-A is read as: None of our business. 1 entry is no longer set aside." in said(done.text)
    done = client.post(f"{path}/map", data={**token, "what": "nothing"}, follow_redirects=True)
    assert "No stored entry is read otherwise by that." in said(done.text)


def test_another_meaning_is_told_as_such_and_who_looked_and_said_is_audited(hospital: Ward) -> None:
    client = hospital.client
    token = dict(re.findall(r'name="(csrf_token)"[^>]* value="([^"]*)"', client.get(f"/horehab{FORM}").text))
    map_codes(hospital.ports, [(KNEE, meaning_of("knee-flexion-left"))], who="eva")
    done = client.post(f"/horehab{FORM}/map", data={**token, **PASSIVE_LEFT_KNEE}, follow_redirects=True)
    assert "4 entries of 2 patients are read otherwise now." in said(done.text)
    assert hospital.ports.logbook.broken_audit() is None
