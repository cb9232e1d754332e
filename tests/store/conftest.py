"""A logbook in a fresh SQLite file; what holds for every database stands in tests/contracts."""

from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from horehab.store import SqlLogbook, open_logbook


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of a fresh SQLite file."""
    return f"sqlite:///{tmp_path / 'horehab.sqlite3'}"


@pytest.fixture
def logbook(url: str) -> Iterator[SqlLogbook]:
    """A fresh logbook."""
    opened = open_logbook(url, zone=ZoneInfo("Europe/Madrid"))
    yield opened
    opened.close()
