"""A ward's chart, what a sync remembers of it, and a desk that loads it for the first time in small portions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from horehab.fhir.bulk import reading as bulk_reading
from horehab.sandbox import exporting
from tests.fhir.loading import Desk, fill, held, loading_desk
from tests.servers.sandbox import RunningSandbox, start_sandbox


@pytest.fixture(scope="module", autouse=True)
def _in_small_portions() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporting, "LINES", 40)
        patch.setattr(bulk_reading, "_AT_ONCE_LINES", 17)
        yield


@pytest.fixture(scope="module")
def server() -> Iterator[RunningSandbox]:
    """The ward's chart; each test shares it, so none changes it."""
    with start_sandbox() as running:
        fill(running)
        yield running


@pytest.fixture(scope="module")
def by_sync(server: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a memory holds that was filled page by page."""
    with loading_desk(server, tmp_path_factory.mktemp("sync")) as (desk, _):
        assert desk.sync().problems == ()
        return held(desk.ports)


@pytest.fixture
def at(server: RunningSandbox, tmp_path: Path) -> Iterator[Desk]:
    """A desk with a fresh memory, and the proxy between it and the server."""
    with loading_desk(server, tmp_path) as opened:
        yield opened
