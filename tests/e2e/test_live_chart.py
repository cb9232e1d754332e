"""The chart of a joint answers to the pointer once somebody points at it, under the policy of our pages."""

from playwright.sync_api import Browser, expect

from tests.e2e.browsing import open_page
from tests.web.conftest import Ward

PATIENCE = 90_000  # Vega is put together once per process, which takes seconds


def test_pointing_at_a_reading_says_what_it_is(browser: Browser, served: tuple[Ward, str]) -> None:
    ward, base = served
    page = open_page(browser, width=1280)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{base}/patients/{ward.ana}/joints/left-hip")
    picture = page.locator("figure img")
    expect(picture).to_be_visible()
    picture.hover()
    expect(page.locator(".hr-live svg").first).to_be_visible(timeout=PATIENCE)
    expect(picture).not_to_be_visible()
    mark = page.locator(".hr-live [aria-label^='flexion, passive: 78°' i]").first
    mark.hover(force=True)
    expect(page.locator("#vg-tooltip-element")).to_contain_text("78°")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert complaints == []
    page.context.close()
