"""The logbook over each database that it is promised for."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from horehab.store import SqlLogbook, open_logbook

MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh database of each kind."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path / 'horehab.sqlite3'}"


@pytest.fixture
def logbook(database_url: str) -> Iterator[SqlLogbook]:
    """A fresh logbook."""
    opened = open_logbook(database_url, zone=MADRID)
    yield opened
    opened.close()
