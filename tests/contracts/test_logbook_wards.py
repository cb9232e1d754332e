"""A therapist narrows the caseload to a ward, or to whom they saw last, and finds those in the same order."""

from dataclasses import replace
from datetime import time, timedelta

from horehab.domain.moment import local_moment
from horehab.domain.suspicion import Tier
from horehab.domain.ward_stay import WardStay
from horehab.store import SqlLogbook
from horehab.usecases.exchange import CaseloadQuery, Review, User
from tests.contracts.conftest import MADRID
from tests.contracts.test_logbook_passes import close, shown
from tests.store.making import DAY, NOW, page, person, review, verdict

RUIZ, SANZ = "Practitioner/ruiz", "Practitioner/sanz"


def lying(ward: str, name: str | None = None) -> WardStay:
    since = local_moment(DAY, time(8), MADRID)
    return WardStay(source=f"Encounter/{ward}#ward[0]", ward=ward, name=name, when=since, known_on=DAY)


def reviewed(name: str, tier: Tier, ward: WardStay | None, therapist: str | None) -> Review:
    found = review(f"Patient/{name}", verdicts=(verdict(tier, strength=2),))
    return replace(found, ward=ward, therapist=therapist)


def fill(logbook: SqlLogbook) -> None:
    """Four patients: two on one ward, one on another, one at home."""
    reviews = (
        reviewed("ana", Tier.WATCH, lying("Location/3b", "Ward 3B"), RUIZ),
        reviewed("ben", Tier.SUSPECT, lying("Location/3b", "Ward 3B"), SANZ),
        reviewed("cai", Tier.QUIET, lying("Location/9"), RUIZ),
        reviewed("dai", Tier.QUIET, None, None),
    )
    logbook.keep(page(*(person(each.patient, name=each.patient[8:]) for each in reviews)), now=NOW)
    close(logbook, *reviews)


def test_a_ward_and_a_therapist_have_their_own_list_in_the_order_of_need(logbook: SqlLogbook) -> None:
    fill(logbook)
    assert shown(logbook) == ["ben", "ana", "cai", "dai"]
    assert shown(logbook, ward="Location/3b") == ["ben", "ana"]
    assert shown(logbook, therapist=RUIZ) == ["ana", "cai"]
    assert shown(logbook, ward="Location/3b", therapist=RUIZ) == ["ana"]
    assert shown(logbook, ward="Location/3b", tier=Tier.WATCH) == ["ana"]
    assert shown(logbook, ward="Location/3b", text="be") == ["ben"]
    assert shown(logbook, ward="Location/3b", joint="hip") == ["ben", "ana"]
    assert shown(logbook, ward="Location/none") == []
    assert shown(logbook, ward="'; DROP TABLE horehab_patient; --") == []


def test_a_ward_and_a_therapist_have_their_own_counts(logbook: SqlLogbook) -> None:
    fill(logbook)
    assert logbook.caseload(CaseloadQuery()).counts == {"cannot judge": 0, "quiet": 2, "watch": 1, "suspect": 1}
    mine = logbook.caseload(CaseloadQuery(therapist=RUIZ)).counts
    assert mine == {"cannot judge": 0, "quiet": 1, "watch": 1, "suspect": 0}


def test_wards_and_therapists_are_named_as_people_know_them_and_only_while_somebody_is_there(
    logbook: SqlLogbook,
) -> None:
    logbook.add_user(User(name="ruiz", display="Ana Ruiz", role="physician", password_hash="x", practitioner=RUIZ))
    fill(logbook)
    found = logbook.caseload(CaseloadQuery())
    assert list(found.wards.items()) == [("Location/9", "Location/9"), ("Location/3b", "Ward 3B")]
    assert list(found.therapists.items()) == [(RUIZ, "Ana Ruiz"), (SANZ, SANZ)]
    ben, _ana, _cai, dai = found.rows
    assert (ben.ward, ben.therapist) == (("Location/3b", "Ward 3B"), (SANZ, SANZ))
    assert (dai.ward, dai.therapist) == (("", ""), ("", ""))
    close(logbook, reviewed("cai", Tier.QUIET, None, None))
    assert list(logbook.caseload(CaseloadQuery()).wards) == ["Location/3b"]


def test_who_was_merged_away_leaves_no_ward_behind(logbook: SqlLogbook) -> None:
    fill(logbook)
    logbook.keep(page(person("Patient/cai", version=2, replaced_by="Patient/dai")), now=NOW + timedelta(days=1))
    found = logbook.caseload(CaseloadQuery())
    assert list(found.wards) == ["Location/3b"]
    assert shown(logbook, therapist=RUIZ) == ["ana"]
