"""What a process held that died is given back at once; whether one of another container died, we cannot know."""

from pathlib import Path

import pytest

from horehab.settings import Settings
from horehab.wiring import opened_ports

NOBODY = str(2**22 + 1)
"""No process has this number: proc(5) allows 2**22 at most."""


@pytest.mark.parametrize(
    ("place", "is_given_back"), [("same", True), ("another container", False), ("another machine", False)]
)
def test_what_the_dead_held_is_given_back_where_their_number_means_the_same(
    tmp_path: Path, place: str, is_given_back: bool
) -> None:
    settings = Settings(fhir_url="http://127.0.0.1:9/fhir", database_url=f"sqlite:///{tmp_path}/horehab.sqlite3")
    with opened_ports(settings) as ports:
        host, namespace, _process, started, name = ports.owner.split(":")
        host = "elsewhere" if place == "another machine" else host
        namespace = "1" if place == "another container" else namespace
        holder = f"{host}:{namespace}:{NOBODY}:{started}:{name}"
        assert ports.logbook.hold("sync", owner=holder, now=ports.clock.now(), seconds=300)
    with opened_ports(settings) as ports:
        assert ports.logbook.hold("sync", owner=ports.owner, now=ports.clock.now(), seconds=300) is is_given_back


def test_what_the_living_hold_stays_theirs(tmp_path: Path) -> None:
    settings = Settings(fhir_url="http://127.0.0.1:9/fhir", database_url=f"sqlite:///{tmp_path}/horehab.sqlite3")
    with opened_ports(settings) as mine:
        assert mine.logbook.hold("sync", owner=mine.owner, now=mine.clock.now(), seconds=300)
        with opened_ports(settings) as other:
            assert not other.logbook.hold("sync", owner=other.owner, now=other.clock.now(), seconds=300)
