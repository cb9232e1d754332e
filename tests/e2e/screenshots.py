"""Takes the pictures of docs/screenshots anew: plays the demo, opens each page, wide, narrow and in the dark.

Run by `make screenshots`, or `python -m tests.e2e.screenshots [FOLDER]`.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from horehab.app import create_app
from horehab.clock import SetClock
from horehab.demo.run import run_demo
from horehab.sandbox import SandboxStore, create_sandbox, serve
from horehab.settings import Settings
from horehab.wiring import close_ports, opened_ports
from tests.servers.loopback import app_answering

DOCS = Path(__file__).parents[2] / "docs" / "screenshots"
PATIENT = "Patient/published-2"
JOINT = "left-hip"
MOST_BYTES = 200_000
COLOURS = 96
TALLEST = 1900
PAGES = {
    "caseload": "/",
    "patient": "/patients/{key}",
    "joint": "/patients/{key}/joints/{place}",
    "suspicion": "/patients/{key}/suspicions/{place}",
    "log-session": "/patients/{key}/log",
    "reminders": "/reminders",
    "data-quality": "/quality",
    "conflicts": "/conflicts",
    "audit": "/audit",
}
LOOKS = (("1280", 1280, "light"), ("820", 820, "light"), ("1280-dark", 1280, "dark"), ("820-dark", 820, "dark"))
ROLES = {"audit": "Integrator"}
"""Whose page it is, where it is not the physician's."""
LANGUAGES = {"fr-FR": "Médecin", "es-ES": "Médico"}
ABROAD = ("suspicion", "log-session")
"""The pages that are shown in other languages too, by whom in the words of that language."""


@contextmanager
def played() -> Iterator[Flask]:
    """Play the demo into a folder that is thrown away, and give the app that shows it."""
    with TemporaryDirectory() as folder:
        clock = SetClock(zone=ZoneInfo("Europe/Madrid"))
        store = SandboxStore(clock=clock)
        with serve(create_sandbox(store, clock=clock)) as server:
            settings = Settings(
                fhir_url=server.url,
                database_url=f"sqlite:///{folder}/horehab.sqlite3",
                time_zone="Europe/Madrid",
                secret_key="only for pictures",
                demo=True,
            )
            with opened_ports(settings, clock=clock) as ports:
                run_demo(ports, store.put)
            app = create_app(settings, clock=clock)
            yield app
            close_ports(app.extensions["horehab"].ports())
        store.close()


def take(app: Flask, folder: Path, *, patient: str = PATIENT, place: str = JOINT) -> None:
    """Open every page in every look and keep its picture."""
    folder.mkdir(parents=True, exist_ok=True)
    key = app.extensions["horehab"].ports().logbook.key_of(patient)
    with app_answering(app) as base, sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        addresses = {title: base + path.format(key=key, place=place) for title, path in PAGES.items()}
        for name, width, scheme in LOOKS:
            page = _door(browser, base, width, scheme=scheme)
            _keep(page, folder / f"sign-in-{name}.png")
            page.context.close()
            for role in ("Physician", *dict.fromkeys(ROLES.values())):
                mine = [title for title in PAGES if ROLES.get(title, "Physician") == role]
                page = _door(browser, base, width, scheme=scheme)
                _come_in(page, role)
                _take(page, {title: addresses[title] for title in mine}, folder, name)
        for locale, role in LANGUAGES.items():
            page = _door(browser, base, LOOKS[0][1], locale=locale)
            _come_in(page, role)
            _take(page, {title: addresses[title] for title in ABROAD}, folder, f"1280-{locale[:2]}")
        browser.close()


def _take(page: Page, addresses: dict[str, str], folder: Path, name: str) -> None:
    """Keep a picture of each page; what sticks to the window's edge lies where it belongs on a whole page."""
    for title, address in addresses.items():
        page.goto(address)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.querySelector('.hr-save')?.style.setProperty('position', 'static')")
        _keep(page, folder / f"{title}-{name}.png")
    page.context.close()


def _door(browser: Browser, base: str, width: int, *, scheme: str = "light", locale: str = "en-GB") -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 1000},
        color_scheme="dark" if scheme == "dark" else "light",
        locale=locale,
    )
    page = context.new_page()
    page.goto(f"{base}/sign-in")
    return page


def _come_in(page: Page, role: str) -> None:
    """Come in by the demo's door, and wait until it has let us in."""
    page.get_by_role("button", name=role).click()
    page.wait_for_url(lambda address: not address.endswith("/sign-in"))


def _keep(page: Page, file: Path) -> None:
    """Keep a picture of the whole page in few colours, so that it stays small."""
    file.parent.mkdir(parents=True, exist_ok=True)
    picture = Image.open(BytesIO(page.screenshot(full_page=True))).convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(picture.height, TALLEST)))
    picture.quantize(COLOURS).save(file, optimize=True)
    size = file.stat().st_size
    assert size < MOST_BYTES, f"{file.name} has {size} bytes"


if __name__ == "__main__":
    with played() as shown:
        take(shown, Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
