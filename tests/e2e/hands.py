"""The three ways in which somebody works our pages: with a mouse, with the keyboard alone, with a finger."""

from dataclasses import dataclass
from typing import Protocol

from playwright.sync_api import Browser, Locator, Page

from tests.e2e.browsing import open_page

_MOST_TABS = 250
_MOST_ARROWS = 12
_IS_FOCUSED = "e => e === document.activeElement"
_IS_IN_ITS_GROUP = "e => document.activeElement?.type === 'radio' && document.activeElement.name === e.name"


class Hand(Protocol):
    """A way to work a page."""

    @property
    def page(self) -> Page:
        """The page that is worked."""

    def press(self, what: Locator) -> None:
        """Press a link, a button or a heading that opens something."""

    def mark(self, what: Locator) -> None:
        """Choose one of several, or tick a box."""

    def write(self, what: Locator, words: str) -> None:
        """Write into a field; a day as 8 digits, as its parts stand in an American browser: 05192026."""

    def rewrite(self, what: Locator, words: str) -> None:
        """Write something else into a field of text that has something in it."""

    def pick(self, what: Locator, words: str) -> None:
        """Pick one of a list by how it begins."""


@dataclass(frozen=True, slots=True)
class Mouse:
    """Somebody who points and clicks, and types into fields."""

    page: Page

    def press(self, what: Locator) -> None:
        """Click it."""
        what.click()

    def mark(self, what: Locator) -> None:
        """Click what belongs to it."""
        what.check()

    def write(self, what: Locator, words: str) -> None:
        """Click into the field, then type."""
        what.click(position={"x": 12, "y": 12})
        self.page.keyboard.type(words)

    def rewrite(self, what: Locator, words: str) -> None:
        """Click it, select what it holds, type over it."""
        what.click()
        what.select_text()
        self.page.keyboard.type(words)

    def pick(self, what: Locator, words: str) -> None:
        """Choose from the list."""
        what.select_option(label=words)


@dataclass(frozen=True, slots=True)
class Finger:
    """Somebody before a tablet, who taps."""

    page: Page

    def press(self, what: Locator) -> None:
        """Tap it."""
        what.tap()

    def mark(self, what: Locator) -> None:
        """Tap it, and it holds."""
        what.tap()
        assert what.is_checked()

    def write(self, what: Locator, words: str) -> None:
        """Tap the field, then type on the keyboard that comes up."""
        what.tap(position={"x": 12, "y": 12})
        self.page.keyboard.type(words)

    def rewrite(self, what: Locator, words: str) -> None:
        """Tap it, select what it holds, type over it."""
        what.tap()
        what.select_text()
        self.page.keyboard.type(words)

    def pick(self, what: Locator, words: str) -> None:
        """Choose from the tablet's own list."""
        what.select_option(label=words)


@dataclass(frozen=True, slots=True)
class Keys:
    """Somebody who has no pointer: Tab and its way back, arrows, Space, Enter and letters."""

    page: Page

    def press(self, what: Locator) -> None:
        """Walk there, then Enter."""
        self._walk(what, _IS_FOCUSED)
        self.page.keyboard.press("Enter")

    def mark(self, what: Locator) -> None:
        """Walk to it or its group, then Space; in a group by arrows."""
        self._walk(what, f"e => ({_IS_FOCUSED})(e) || ({_IS_IN_ITS_GROUP})(e)")
        if not what.is_checked():
            self.page.keyboard.press("Space")
        for _ in range(_MOST_ARROWS):
            if what.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError("it cannot be chosen by the keyboard")

    def write(self, what: Locator, words: str) -> None:
        """Walk there, then type."""
        self._walk(what, _IS_FOCUSED)
        self.page.keyboard.type(words)

    def rewrite(self, what: Locator, words: str) -> None:
        """Walk there, select all, type over it."""
        self._walk(what, _IS_FOCUSED)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)

    def pick(self, what: Locator, words: str) -> None:
        """Walk there, then type its first word: a blank would open the list instead."""
        self._walk(what, _IS_FOCUSED)
        self.page.keyboard.type(words.split(maxsplit=1)[0])

    def _walk(self, what: Locator, is_there: str) -> None:
        """Press Tab until the focus is there: forward to the end of the page, and once more from its top."""
        element = what.element_handle()
        for _ in range(_MOST_TABS):
            if element.evaluate(is_there):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("it cannot be reached by Tab")


AnyHand = type[Mouse | Keys | Finger]
HANDS: tuple[AnyHand, ...] = (Mouse, Keys, Finger)


def open_by(hand: AnyHand, browser: Browser) -> Hand:
    """Open a page of their own for somebody who works in that way: a finger before a tablet 820 pixels wide."""
    return hand(open_page(browser, width=820 if hand is Finger else 1280, touch=hand is Finger))
