"""A task says whose it is: the site's team, else who treated the patient last; what a person made of that stays."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from horehab.domain.acknowledgement import Acknowledgement
from horehab.domain.entries import Outcome
from horehab.errors import ConfigurationError
from horehab.fhir.basis.site import Site, read_team
from horehab.fhir.resources.task import OWNER, reminder_to_task
from tests.fhir.charts import understood
from tests.fhir.team_entries import TASK
from tests.fhir.ward import Desk
from tests.servers.meddler import MeddledServer

THEIRS = replace(TASK, owner="Practitioner/ruiz")
SITE = Site(zone=ZoneInfo("Europe/Madrid"), team="CareTeam/3")


def _owner(server: MeddledServer, desk: Desk) -> Any:
    assert desk.target is not None
    stored = server.store.read(desk.target)
    assert stored is not None
    return stored.get("owner")


def test_who_treated_the_patient_last_is_pointed_to_where_the_server_knows_them(
    server: MeddledServer, desk: Desk
) -> None:
    server.store.put({"resourceType": "Practitioner", "id": "ruiz"})
    assert desk.deliver(THEIRS).outcome is Outcome.DONE
    assert _owner(server, desk) == {"reference": "Practitioner/ruiz"}


@pytest.mark.parametrize("name", ["Practitioner/gone", "Ana Ruiz"])
def test_who_is_not_on_the_server_is_named_and_not_pointed_to(server: MeddledServer, desk: Desk, name: str) -> None:
    assert desk.deliver(replace(TASK, owner=name)).outcome is Outcome.DONE
    assert _owner(server, desk) == {"display": name}


def test_to_whom_a_person_gave_a_task_it_stays_when_its_day_moves(server: MeddledServer, desk: Desk) -> None:
    desk.deliver(THEIRS)
    assert desk.target is not None
    given = server.store.read(desk.target)
    assert given is not None
    server.store.put(given | {"owner": {"display": "Dr Sanz"}})
    later = TASK.due + timedelta(days=1)
    assert desk.deliver(replace(THEIRS, due=later)).outcome is Outcome.DONE
    stored = server.store.read(desk.target)
    assert stored is not None
    assert stored["restriction"]["period"]["end"] == later.isoformat()
    assert stored["owner"] == {"display": "Dr Sanz"}


def test_the_sites_team_comes_before_who_treated_last_and_nobody_known_is_left_out() -> None:
    assert reminder_to_task(THEIRS, SITE, {OWNER: "CareTeam/3"})["owner"] == {"reference": "CareTeam/3"}
    assert reminder_to_task(TASK, replace(SITE, team="Ward 4"), {})["owner"] == {"display": "Ward 4"}
    assert "owner" not in reminder_to_task(TASK, replace(SITE, team=""), {})


def test_a_task_that_is_still_the_teams_was_settled_by_nobody_in_particular() -> None:
    settled = reminder_to_task(TASK, SITE, {OWNER: "CareTeam/3"}) | {"id": "5", "status": "completed"}
    settled["meta"] = {"versionId": "2", "lastUpdated": "2026-01-17T10:00:00Z"}
    (fact,) = understood(settled, SITE).facts
    assert isinstance(fact, Acknowledgement)
    assert fact.by is None


def test_a_team_that_can_own_no_task_is_refused_before_anything_is_written() -> None:
    assert [read_team(text) for text in ("", "CareTeam/3", "Reha / ward 4")] == ["", "CareTeam/3", "Reha / ward 4"]
    with pytest.raises(ConfigurationError, match="HOREHAB_TEAM"):
        read_team("Patient/3")
