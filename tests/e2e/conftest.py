"""Chromium, and the ward served to it on a free port of this machine."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import make_server

from tests.e2e.browsing import CHROMIUM, OPTIONS
from tests.web.conftest import Ward, make_ward
from tests.web.ward import close, fill, open_ward, ward_items


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Ward, str]]:
    """Serve the ward on a free port of this machine."""
    ports = open_ward(tmp_path)
    fill(ports, ward_items())
    ward = make_ward(ports)
    with served_at(ward) as base:
        yield ward, base
    close(ports)


@contextmanager
def served_at(ward: Ward) -> Iterator[str]:
    """Serve the pages of a ward, and say where they are."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, ward.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/horehab"
    server.shutdown()
    thread.join()
    server.server_close()
