"""What cannot be is said beside its field, in the reader's language; nothing that somebody typed is lost."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.security import generate_password_hash

from horehab.app import create_app
from horehab.clock import SetClock
from horehab.settings import Settings
from horehab.usecases.audit_trail import AuditQuery
from horehab.usecases.exchange import User
from tests.e2e.browsing import open_as, open_page
from tests.servers.loopback import app_answering
from tests.web.conftest import PHYSICIAN, PHYSIO, Ward
from tests.web.test_correct_session import sent
from tests.web.test_standalone import PASSWORD
from tests.web.ward import ANA, ZONE, close, copy_ward

ANGLE = "angle.passive.left-hip.flexion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a page says in one language: beside three fields, and of a session that two people changed."""

    angle: str
    minutes: str
    day: str
    waits: str
    clash: str


SAID = {
    "en": Words(
        angle="300° is beyond", minutes="“forty” is not a number.", day="The session lies in the future.",
        waits="waiting for the EHR", clash="Somebody changed this session meanwhile.",
    ),
    "fr": Words(
        angle="300° dépasse", minutes="pas un nombre.", day="La séance est dans le futur.",
        waits="en attente du dossier", clash="a modifié cette séance entre-temps.",
    ),
    "es": Words(
        angle="300° supera", minutes="«forty» no es un número.", day="La sesión está en el futuro.",
        waits="en espera de la historia clínica", clash="Alguien cambió esta sesión entretanto.",
    ),
}  # fmt: skip


def save(page: Page) -> None:
    page.locator(".hr-save .hr-primary").click()


@pytest.mark.parametrize("language", SAID)
def test_what_cannot_be_is_said_beside_its_field_and_the_second_of_two_people_sees_both_versions(
    browser: Browser, served: tuple[Ward, str], language: str
) -> None:
    """An angle beyond the joint, words for a number, a day to come; the EHR is down; two people, one session."""
    ward, base = served
    words, page = SAID[language], open_as(browser, base, language=language)
    page.goto(f"{base}/patients/{ward.ana}/log")
    wrong = {ANGLE: "300", "minutes": "forty", "day": "2031-01-01", "note": "slept badly"}
    for name, value in wrong.items():
        page.fill(f"[name='{name}']", value)
    save(page)
    for name, said in ((ANGLE, words.angle), ("minutes", words.minutes), ("day", words.day)):
        field = page.locator(f"[name='{name}']")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(page.locator(f"[id='{field.get_attribute('aria-describedby')}']")).to_contain_text(said)
    assert {name: page.input_value(f"[name='{name}']") for name in wrong} == wrong
    for name, value in {ANGLE: "80", "minutes": "40", "day": ward.ports.clock.today().isoformat()}.items():
        page.fill(f"[name='{name}']", value)
    save(page)
    expect(page.get_by_role("status").first).to_be_visible(timeout=20_000)
    expect(page.locator("tr", has_text="slept badly").locator(".hr-mark")).to_have_text(words.waits)
    page.locator("tr", has_text="slept badly").get_by_role("link").click()
    page.fill("#minutes", "45")
    ward.viewer = PHYSICIAN
    assert sent(ward.client, page.url.removeprefix(base.removesuffix("/horehab")), minutes="60").status_code == 303
    ward.viewer = PHYSIO
    save(page)
    clash = page.get_by_role("alert")
    expect(clash).to_contain_text(words.clash)
    assert clash.locator("td").all_inner_texts() == ["60", "45"]
    assert page.input_value("#minutes") == "45"
    page.context.close()


def test_a_sign_in_that_expires_in_mid_form_loses_nothing_that_was_typed(
    browser: Browser, filled: Path, tmp_path: Path
) -> None:
    """Their sign-in ends while they type: they sign in in another tab and send the form again from where it is."""
    settings = Settings(database_url=copy_ward(filled, tmp_path))
    app = create_app(settings, clock=SetClock(zone=ZONE))
    ports = app.extensions["horehab"].ports()
    ports.logbook.add_user(physiotherapist())
    with app_answering(app) as base:
        page = open_as(browser, base, language="fr")
        page.goto(f"{base}/patients/{ports.logbook.key_of(ANA.reference)}/log")
        _sign_in(page)
        page.fill("#note", "slept badly")
        page.fill(f"[name='{ANGLE}']", "81")
        page.context.clear_cookies(name=app.config["SESSION_COOKIE_NAME"])
        save(page)
        expect(page.locator("h1")).to_contain_text("connecté")
        expect(page.locator(".hr-kept")).to_contain_text("slept badly")
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Se connecter").click()
        _sign_in(opened.value)
        page.get_by_role("button", name="Renvoyer").click()
        expect(page.get_by_role("status")).to_contain_text("Enregistré")
        page.context.close()
    (session,) = [one for one in ports.logbook.record(ANA.reference).sessions if one.source.startswith("urn:")]
    assert session.note == "slept badly"
    assert 81 in [reading.degrees for reading in ports.logbook.record(ANA.reference).readings]
    close(ports)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_sign_in_that_was_open_for_too_long_lets_somebody_in_all_the_same(
    browser: Browser, tmp_path: Path, *, scripts: bool
) -> None:
    """What proves where the form came from has run out: it is asked for anew; without scripts the name stays."""
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path}/x.sqlite3"))
    ports = app.extensions["horehab"].ports()
    ports.logbook.add_user(physiotherapist())
    with app_answering(app) as base:
        page = open_page(browser, scripts=scripts)
        page.goto(f"{base}/sign-in")
        page.context.clear_cookies()
        page.fill("#name", "ruiz")
        page.fill("#password", PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        if not scripts:
            expect(page.get_by_role("alert")).to_contain_text("open for too long")
            assert (page.input_value("#name"), page.input_value("#password")) == ("ruiz", "")
            page.fill("#password", PASSWORD)
            page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Caseload")).to_be_visible()
        page.context.close()
    assert [note.what for note in ports.logbook.trail.notes(AuditQuery(who="ruiz"), most=9)][-1] == "signed in"
    close(ports)


def physiotherapist() -> User:
    hashed = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1000")
    return User(name="ruiz", display="Ana Ruiz", role="physiotherapist", password_hash=hashed)


def _sign_in(page: Page) -> None:
    page.fill("#name", "ruiz")
    page.fill("#password", PASSWORD)
    page.locator("form .hr-primary").first.click()
    expect(page.locator("#password")).to_have_count(0)
