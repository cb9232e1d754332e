"""How a test looks at our pages in Chromium: with or without scripts, light or dark, by keyboard or by touch."""

from playwright.sync_api import Browser, Page, expect

from horehab.web.language import COOKIE
from horehab.web.look import THEME

CHROMIUM = "/usr/bin/chromium"
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


def open_page(
    browser: Browser, *, width: int = 820, scripts: bool = True, scheme: str = "light", touch: bool = False
) -> Page:
    """Open a page of its own, with nothing kept from the one before."""
    context = browser.new_context(
        viewport={"width": width, "height": 1100},
        java_script_enabled=scripts,
        has_touch=touch,
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


def open_as(browser: Browser, base: str, *, language: str = "en", theme: str = "light") -> Page:
    """Open a page as somebody who chose a language and a theme; on a device that is set the other way round."""
    context = browser.new_context(
        viewport={"width": 820, "height": 1100},
        color_scheme="light" if theme == "dark" else "dark",
        reduced_motion="reduce",
    )
    chosen = ((COOKIE, language), (THEME, theme))
    context.add_cookies([{"name": name, "value": value, "url": base} for name, value in chosen])
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


def tab_to(page: Page, name: str, *, most: int = 60) -> None:
    """Press Tab until the field of that name has the focus."""
    for _ in range(most):
        if page.evaluate("document.activeElement?.getAttribute('name')") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{name} cannot be reached by Tab")


def said(page: Page, words: str) -> None:
    """Wait until the page says in its status what was done."""
    expect(page.get_by_role("status").filter(has_text=words).first).to_be_visible(timeout=20_000)
