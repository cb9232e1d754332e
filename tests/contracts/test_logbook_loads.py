"""The first load under way is kept on both databases, one row per server, as it was noted."""

from dataclasses import replace

from horehab.store import SqlLogbook
from horehab.usecases.chart_copy import CopyFile, CopyOrder, CopyTicket, FirstLoad, Place, Role
from tests.store.making import NOW

HERE, THERE = "https://ehr.example/fhir", "https://other.example/fhir"
LOAD = FirstLoad(order=CopyOrder(whose="Group/7"), ticket=CopyTicket(address=f"{HERE}/status", ordered=None))


def test_a_load_stands_as_it_was_noted_until_it_is_forgotten(logbook: SqlLogbook) -> None:
    assert logbook.loads.standing(HERE) is None
    logbook.loads.note(HERE, LOAD, now=NOW)
    assert logbook.loads.standing(HERE) == LOAD
    files = (
        CopyFile(address=f"{HERE}/1", kind="Observation", count=3),
        CopyFile(address=f"{HERE}/2", kind="trouble", role=Role.TROUBLE, needs_token=False),
    )
    further = replace(
        LOAD,
        files=files,
        began="2026-01-01T12:00:00.000Z",
        whole=("Observation",),
        marks=(("followed Patient/1", "yes"),),
        file=1,
        place=Place(lines=2, bytes=500, is_plain=True),
        lines=7,
        problems=("file 1 is cut off in line 2: é",),
        restarts=2,
    )
    logbook.loads.note(HERE, further, now=NOW)
    assert logbook.loads.standing(HERE) == further
    assert logbook.loads.standing(THERE) is None
    logbook.loads.forget(THERE)
    assert logbook.loads.standing(HERE) == further
    logbook.loads.forget(HERE)
    assert logbook.loads.standing(HERE) is None


def test_a_load_survives_that_the_projection_is_dropped(logbook: SqlLogbook) -> None:
    logbook.loads.note(HERE, LOAD, now=NOW)
    logbook.rebuild()
    assert logbook.loads.standing(HERE) == LOAD
