"""Chromium, and the ward served to it on a free port of this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.e2e.browsing import CHROMIUM, OPTIONS
from tests.servers.loopback import app_answering
from tests.web.conftest import Ward, make_ward
from tests.web.ward import STORE, close, filled_store, open_ward

expect.set_options(timeout=20_000)  # milliseconds: on a machine that does other things, too


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill one store for all tests; each test works on its own copy."""
    return filled_store(tmp_path_factory.mktemp("filled"))


@pytest.fixture
def served(filled: Path, tmp_path: Path) -> Iterator[tuple[Ward, str]]:
    """Serve the ward on a free port of this machine."""
    copy(filled, tmp_path / STORE)
    ports = open_ward(tmp_path)
    ward = make_ward(ports)
    with served_at(ward) as base:
        yield ward, base
    close(ports)


@contextmanager
def served_at(ward: Ward) -> Iterator[str]:
    """Serve the pages of a ward, and say where they are."""
    with app_answering(ward.app) as base:
        yield f"{base}/horehab"
