"""The caseload narrowed to a ward, or to whom somebody saw last: kept by every link, and it tells of nobody else."""

import base64
import re
from dataclasses import replace
from html import unescape
from urllib.parse import unquote

import pytest

from horehab.domain.moment import Moment
from horehab.domain.ward_stay import WardStay
from horehab.usecases.exchange import CaseloadQuery, Review, User
from horehab.usecases.review_joints import review_joints
from horehab.web.options import everyone
from tests.web.conftest import PHYSIO, Ward
from tests.web.test_caseload import MANY
from tests.web.ward import ANA, BEN, TODAY, at, fill, items_of

WARD_3B, SANZ = "Location/3b", "Practitioner/sanz"


def lying(ward: str, name: str, since: Moment) -> WardStay:
    return WardStay(source=f"Encounter/{ward[9:]}#ward[0]", ward=ward, name=name, when=since, known_on=TODAY)


@pytest.fixture
def wards(ward: Ward) -> Ward:
    """Ana on ward 3B and seen last by Ruiz; Ben, and 60 more, on the other ward, seen last by Sanz."""
    people = [BEN, *MANY[:60]]
    fill(ward.ports, [item for patient in people for item in items_of(patient, ())])
    there = lying("Location/9", "Ortho <9>", at(TODAY))
    fill(ward.ports, items_of(ANA, [lying(WARD_3B, "Ward 3B", at(TODAY))]))
    reviews = [
        replace(review, ward=there, therapist=SANZ)
        for review in (review_joints(ward.ports, as_of=TODAY, patient=patient.reference)[0] for patient in people)
    ]
    finish(ward, *reviews)
    return ward


def let_everyone_see(ward: Ward) -> None:
    """Take away what the host says of who sees whom."""
    room = ward.app.extensions["horehab-room"]
    ward.app.extensions["horehab-room"] = replace(room, options=replace(room.options, may_see=everyone))


def finish(ward: Ward, *reviews: Review) -> None:
    ward.ports.logbook.finish_pass(marks={}, reviews=reviews, now=ward.ports.clock.now(), problems=())


def shown(ward: Ward, path: str) -> list[str]:
    return re.findall(r"<span>(HC-\d+)</span>", ward.look(path).text)


def offered(page: str, name: str) -> dict[str, str]:
    """Read what a list of the page offers, value -> words."""
    found = re.search(rf'<select id="{name}".*?</select>', page, re.DOTALL)
    return dict(re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)<', found[0])) if found else {}


@pytest.mark.parametrize("path", ["/", "/?text=aina"])
def test_a_ward_and_a_therapist_can_be_chosen_in_words_also_where_none_of_theirs_is_on_the_page(
    wards: Ward, path: str
) -> None:
    let_everyone_see(wards)
    page = wards.look(path).text
    assert offered(page, "ward") == {"": "All wards", "Location/9": "Ortho &lt;9&gt;", WARD_3B: "Ward 3B"}
    assert offered(page, "therapist") == {
        "": "anyone",
        "Practitioner/ruiz": "you",
        SANZ: SANZ,
    }


def test_a_ward_and_a_therapist_have_a_list_of_their_own(wards: Ward) -> None:
    assert shown(wards, f"/?ward={WARD_3B}") == ["HC-1001"]
    assert shown(wards, "/?therapist=Practitioner/ruiz") == ["HC-1001"]
    assert shown(wards, f"/?therapist={SANZ}&text=ben") == ["HC-1002"]
    assert shown(wards, f"/?ward={WARD_3B}&therapist={SANZ}") == []


def test_what_was_chosen_is_kept_by_paging_and_by_the_tiers(wards: Ward) -> None:
    page = wards.look("/?ward=Location/9&text=aina").text
    links = [unescape(link) for link in re.findall(r'href="(/horehab/\?[^"]*)"', page)]
    assert len(links) >= 6
    assert all("ward=Location/9" in link and "found=" in link for link in links)
    assert '<option value="Location/9" selected>' in page
    following = next(link for link in links if "after=" in link)
    later = shown(wards, following.removeprefix("/horehab"))
    assert len(later) == len(set(later) - set(shown(wards, "/?ward=Location/9&text=aina"))) == 10


def test_the_numbers_by_need_are_those_of_the_ward_that_is_shown(wards: Ward) -> None:
    let_everyone_see(wards)
    numbers = re.findall(r"<strong>(\d+)</strong>", wards.look(f"/?ward={WARD_3B}").text)
    assert numbers[0] == "1"
    assert re.findall(r"<strong>(\d+)</strong>", wards.look("/").text)[0] == "62"


def test_a_ward_on_which_nobody_lies_shows_nobody_and_leads_back_to_all(wards: Ward) -> None:
    page = wards.look("/?ward=Location/none").text
    assert "No patient matches" in page
    assert '<option value="Location/none" selected>' in page


def test_whoever_may_see_few_learns_neither_of_other_wards_nor_of_other_therapists(wards: Ward) -> None:
    wards.hidden = {BEN.reference, *(patient.reference for patient in MANY)}
    page = wards.look("/").text
    assert offered(page, "ward") == {"": "All wards", WARD_3B: "Ward 3B"}
    assert "Ortho" not in page
    assert SANZ not in page
    pages = (wards.look(f"/?ward={ward}").text for ward in ("Location/9", "Location/0"))
    hidden, absent = (re.sub(r'(name="csrf_token" value=)"[^"]*"', r"\1", page) for page in pages)
    assert hidden.replace("Location/9", "Location/0") == absent


def test_whoever_has_an_account_is_called_by_their_name(wards: Ward) -> None:
    logbook = wards.ports.logbook
    logbook.add_user(User(name="s", display="Eva Sanz", role="physician", password_hash="x", practitioner=SANZ))
    wards.viewer = replace(PHYSIO, practitioner=None)
    finish(wards, *review_joints(wards.ports, as_of=TODAY, patient=ANA.reference))
    therapists = offered(wards.look("/").text, "therapist")
    assert therapists == {
        "": "anyone",
        SANZ: "Eva Sanz",
        "Practitioner/ruiz": "Practitioner/ruiz",
    }
    assert logbook.caseload(CaseloadQuery()).therapists[SANZ] == "Eva Sanz"


def test_where_the_chart_says_neither_nothing_is_offered(ward: Ward) -> None:
    ward.hidden = {ANA.reference}
    page = ward.look("/").text
    assert 'id="ward"' not in page
    assert 'id="therapist"' not in page


def test_whom_somebody_looks_for_stands_in_no_address(wards: Ward) -> None:
    let_everyone_see(wards)
    found = wards.send("/find", form="/", text="aina", ward="Location/9")
    assert found.status_code == 303
    page = wards.look(found.location.removeprefix("/horehab")).text
    links = [unescape(link) for link in re.findall(r'(?:href|action)="(/horehab/[^"]*)"', page)]
    written = [unquote(link).casefold() for link in (found.location, *links)]
    assert not [link for link in written if "aina" in link]
    sealed = [token for link in links for token in re.findall(r"(?:found|after)=([\w-]+)", link)]
    assert sealed
    assert not [token for token in sealed if b"aina" in base64.urlsafe_b64decode(token + "==").lower()]
    assert 'value="aina"' in page, "it stands in the field, to be changed"
    assert len(shown(wards, found.location.removeprefix("/horehab"))) > 5


@pytest.mark.parametrize("path", ["/?found=nonsense", "/?after=nonsense", "/?found=gAAAAABk&after=x"])
def test_an_address_that_is_not_ours_is_answered_with_a_sentence(wards: Ward, path: str) -> None:
    answer = wards.look(path)
    assert answer.status_code == 400
    assert "Start again at the first page." in answer.text
