"""Who is in the scope: asked of the server in every pass, and believed only when the answer is whole."""

from collections.abc import Iterator
from typing import Any

import pytest

from horehab.errors import EhrRefused
from horehab.usecases.exchange import Choice
from tests.fhir.in_scope import (
    OLD,
    Pulls,
    edited,
    group,
    items,
    notes,
    of_kinds,
    open_pulls,
    person,
    problems,
    seen_of,
    standing,
)
from tests.fhir.ward import chart_at
from tests.servers.faults import answers, expired_page, html, ignored_parameter, outcome_as_body
from tests.servers.sandbox import RunningSandbox


@pytest.fixture
def pulls(sandbox: RunningSandbox) -> Iterator[Pulls]:
    for name in ("ana", "ben", "cleo"):
        sandbox.store.put(person(name, generalPractitioner=[{"reference": f"Practitioner/{name[0]}"}]), at=OLD)
        sandbox.store.put(seen_of(name, f"{name}-1"), at=OLD)
    with open_pulls(sandbox) as opened:
        yield opened


def stay(name: str, patient: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "id": name,
        "status": "in-progress",
        "class": {"code": "IMP"},
        "subject": {"reference": f"Patient/{patient}"},
        "location": [{"location": {"reference": "Location/icu"}}],
        **more,
    }


def read(pulls: Pulls, scope: str) -> set[str]:
    return {name.removeprefix("Patient/") for name in items(pulls.pull(scope), "Patient")}


def test_a_list_names_its_patients_less_those_that_were_taken_off(pulls: Pulls) -> None:
    entries = [{"item": {"reference": "Patient/ana"}}, {"item": {"reference": "Patient/ben"}, "deleted": True}]
    pulls.proxy.set(standing("List/l1", {"resourceType": "List", "id": "l1", "entry": entries}))
    assert read(pulls, "List/l1") == {"ana"}


def test_a_member_who_is_no_longer_active_is_not_read(pulls: Pulls) -> None:
    members = [{"entity": {"reference": "Patient/ana"}}, {"entity": {"reference": "Patient/ben"}, "inactive": True}]
    pulls.proxy.set(group(member=members))
    assert read(pulls, "Group/7") == {"ana"}


def test_a_group_in_a_group_is_opened_and_a_circle_ends(pulls: Pulls) -> None:
    inner = [{"entity": {"reference": "Patient/ben"}}, {"entity": {"reference": "Group/7"}}]
    outer = [{"entity": {"reference": "Group/8"}}, {"entity": {"reference": f"{pulls.proxy.url}/Patient/ana"}}]
    pulls.proxy.set(
        group(member=[*outer, {"entity": {"reference": "Practitioner/a"}}]),
        standing("Group/8", {"resourceType": "Group", "id": "8", "member": inner}),
    )
    pages = pulls.pull("Group/7")
    assert items(pages, "Patient") == {"Patient/ana", "Patient/ben"}
    assert problems(pages) == notes(pages) == []


def test_members_who_cannot_be_followed_are_counted_and_shown(pulls: Pulls) -> None:
    nameless = [{"entity": {"display": "Ana"}}, {"entity": {"reference": "https://other.example/fhir/Patient/1"}}]
    pulls.proxy.set(group(member=[*nameless, {"entity": {"reference": "Patient/ana"}}]))
    pages = pulls.pull("Group/7")
    assert items(pages, "Patient") == {"Patient/ana"}
    assert notes(pages) == ["HOREHAB_SCOPE: 2 in Group/7 are named in a way that cannot be followed"]
    assert problems(pages) == []


def test_a_search_for_patients_says_who_is_read(pulls: Pulls) -> None:
    assert read(pulls, "Patient?general-practitioner=Practitioner/b") == {"ben"}


def test_a_place_says_who_is_read_by_encounters_that_happened(pulls: Pulls) -> None:
    pulls.put(stay("e1", "ana", status="finished"), stay("e2", "ben", status="cancelled"), stay("e3", "cleo"))
    assert read(pulls, "Location/icu") == {"ana", "cleo"}
    assert read(pulls, "Encounter?location=Location/icu&status=in-progress") == {"cleo"}


def test_several_scopes_add_up(pulls: Pulls) -> None:
    pulls.proxy.set(group("ana"))
    assert read(pulls, "Group/7 Patient/cleo") == {"ana", "cleo"}


def test_a_search_of_many_pages_is_read_to_its_end(pulls: Pulls) -> None:
    for number in range(25):
        pulls.put(person(f"p{number}", active=True))
    assert len(read(pulls, "Patient?active=true")) == 25


def test_a_server_that_ignores_the_search_for_patients_opens_nobodys_record(pulls: Pulls) -> None:
    pulls.proxy.set(ignored_parameter("general-practitioner"))
    pages = pulls.pull("Patient?general-practitioner=Practitioner/b")
    assert items(pages, "Patient") == items(pages) == set()
    assert "does not say that it obeyed" in problems(pages)[0]
    assert pulls.asked("Observation") == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (answers(404).only("GET", path="/Group/7"), "status 404"),
        (html().only("GET", path="/Group/7"), "a web page"),
        (outcome_as_body().only("GET", path="/Group/7"), "something else"),
        (
            standing("Group/7", {"resourceType": "Group", "id": "7", "characteristic": [{"exclude": False}]}),
            "describes",
        ),
    ],
    ids=["gone", "web page", "outcome", "description"],
)
def test_a_group_that_cannot_be_read_drops_nobody(pulls: Pulls, fault: Any, words: str) -> None:
    pulls.proxy.set(group("ana"))
    pulls.pull("Group/7")
    pulls.put(seen_of("ana", "ana-2"))
    pulls.proxy.set(fault)
    pages = pulls.pull("Group/7")
    assert words in problems(pages)[0]
    assert problems(pages)[0].startswith("HOREHAB_SCOPE: Group/7")
    assert "Observation/ana-2" in items(pages), "who was followed goes on being followed"
    assert pulls.marks["followed Patient/ana"] == "yes"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (answers(400).only("GET", path="/Patient?active"), "status 400"),
        (expired_page(), "forgot its own pages"),
        (edited("/Patient?active", lambda bundle: bundle.update(total=99)), "came of 99"),
        (edited("/Patient?active", lambda bundle: bundle.update(entry=7)), "no list"),
    ],
    ids=["refused", "expired", "total", "no list"],
)
def test_a_search_that_is_not_whole_drops_nobody(pulls: Pulls, fault: Any, words: str) -> None:
    for number in range(15):
        pulls.put(person(f"p{number:02}", active=True))
    pulls.pull("Patient?active=true")
    pulls.proxy.set(fault)
    pages = pulls.pull("Patient?active=true", page_size=10 if words.startswith("forgot") else 50)
    assert any(words in problem for problem in problems(pages))
    assert {mark for name, mark in pulls.marks.items() if name.startswith("followed")} == {"yes"}


def test_a_server_that_refuses_us_stops_the_pull(pulls: Pulls) -> None:
    pulls.proxy.set(answers(401).only("GET", path="/Group/7"))
    with pytest.raises(EhrRefused):
        pulls.pull("Group/7")


def test_what_a_search_asks_for_is_told_to_nobody(pulls: Pulls) -> None:
    pulls.proxy.set(answers(400).only("GET", path="/Patient?identifier"))
    assert "canary" not in " ".join(problems(pulls.pull("Patient?identifier=canary")))


def look(pulls: Pulls, scope: str = "everything") -> dict[str, Choice]:
    with chart_at(pulls.proxy.url, scope=scope) as chart:
        return {choice.subject: choice for choice in chart.inspect()}


def test_doctor_says_that_everybody_is_read_and_how_many_they_are(pulls: Pulls) -> None:
    found = look(pulls)["scope"]
    assert found.is_well
    assert found.finding == "every patient that the server lets us see; it counts 3"


def test_doctor_says_who_is_read_and_how_many_they_are(pulls: Pulls) -> None:
    pulls.proxy.set(group("ana", "ben"))
    assert look(pulls, "Group/7")["scope"] == Choice(
        subject="scope", is_well=True, finding="Group/7: 2 patients just now"
    )


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (group(), "0 patients"),
        (answers(404).only("GET", path="/Group/7"), "status 404"),
        (answers(403).only("GET", path="/Group/7"), "403"),
    ],
    ids=["empty", "gone", "closed"],
)
def test_doctor_says_what_is_wrong_with_a_scope(pulls: Pulls, fault: Any, words: str) -> None:
    pulls.proxy.set(fault)
    found = look(pulls, "Group/7")["scope"]
    assert not found.is_well
    assert words in found.finding
    assert found.remedy


def test_doctor_says_which_kinds_a_scope_leaves_out(pulls: Pulls) -> None:
    def edit(kind: dict[str, Any]) -> None:
        kind["searchParam"] = [{"name": "_id", "type": "token"}]

    pulls.proxy.set(of_kinds(edit, "Task"))
    found = look(pulls, "Patient/ana")["scope of kinds"]
    assert found.is_well
    assert "Task" in found.finding
    pulls.proxy.set(of_kinds(edit, "Observation"))
    found = look(pulls, "Patient/ana")["scope of kinds"]
    assert not found.is_well
    assert "everything" in found.remedy


def test_doctor_goes_on_when_patients_cannot_be_counted(pulls: Pulls) -> None:
    pulls.proxy.set(answers(400).only("GET", path="_summary"))
    assert look(pulls)["scope"].finding == "every patient that the server lets us see"
    pulls.proxy.set(answers(500).only("GET", path="_summary"))
    assert look(pulls)["scope"].is_well
