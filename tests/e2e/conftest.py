"""Chromium, and the ward served to it on a free port of this machine."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copy
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect, sync_playwright
from werkzeug.serving import make_server

from tests.e2e.browsing import CHROMIUM, OPTIONS
from tests.web.conftest import Ward, make_ward
from tests.web.ward import STORE, close, fill, open_ward, ward_items

expect.set_options(timeout=20_000)  # milliseconds: on a machine that does other things, too


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def filled_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fill one store for all tests; each test works on its own copy."""
    folder = tmp_path_factory.mktemp("filled")
    ports = open_ward(folder)
    fill(ports, ward_items())
    close(ports)
    return folder / STORE


@pytest.fixture
def served(filled_store: Path, tmp_path: Path) -> Iterator[tuple[Ward, str]]:
    """Serve the ward on a free port of this machine."""
    copy(filled_store, tmp_path / STORE)
    ports = open_ward(tmp_path)
    ward = make_ward(ports)
    with served_at(ward) as base:
        yield ward, base
    close(ports)


@contextmanager
def served_at(ward: Ward) -> Iterator[str]:
    """Serve the pages of a ward, and say where they are."""
    with served_app(ward.app) as base:
        yield f"{base}/horehab"


@contextmanager
def served_app(app: Flask) -> Iterator[str]:
    """Serve an app on a free port of this machine, and say where."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
