"""The words of the pages in the reader's language: the host's Babel where there is one, else our own."""

from datetime import date, datetime, tzinfo
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, request
from flask_babel import Babel, Domain, get_locale

LANGUAGES = ("en",)

_NONE = "\N{EN DASH}"

_DOMAIN = Domain(translation_directories=[str(Path(__file__).parent / "translations")], domain="horehab")


def speak(app: Flask) -> None:
    """See to it that the app has a Babel; one that the host brought stays as it is."""
    if "babel" not in app.extensions:
        Babel(app, configure_jinja=False, locale_selector=_preferred)


def gettext(text: str, **values: object) -> str:
    """Say a sentence in the reader's language, with its values filled in."""
    said: str = _DOMAIN.gettext(text, **values)
    return said


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Say a sentence about a number of things in the reader's language."""
    said: str = _DOMAIN.ngettext(one, many, num, **values)
    return said


def day(value: date | datetime | None) -> str:
    """Write a day as the reader does; a dash where there is none."""
    if value is None:
        return _NONE
    return format_date(value, format="d MMM y", locale=_locale())


def instant(value: datetime | None, zone: tzinfo) -> str:
    """Write an instant as day and time of the ward, as the reader does; "never" where there is none."""
    if value is None:
        return gettext("never")
    return format_datetime(value.astimezone(zone), format="d MMM y, HH:mm", locale=_locale())


def language() -> str:
    """Name the reader's language, as HTML does."""
    return str(_locale()).replace("_", "-")


def number(value: float | None, digits: int = 0) -> str:
    """Write a number as the reader does, with at most so many decimals; a dash where there is none."""
    if value is None:
        return _NONE
    pattern = "#,##0." + "#" * digits if digits else "#,##0"
    return format_decimal(value, format=pattern, locale=_locale())


def multiple(value: float | None) -> str:
    """Write a multiple of an upper limit with two decimals (1.00); a dash where it must not be interpreted."""
    return _NONE if value is None else format_decimal(value, format="#,##0.00", locale=_locale())


def degrees(value: float | None) -> str:
    """Write an angle, always with its sign; a true minus for a deficit."""
    if value is None:
        return _NONE
    return number(value).replace("-", "\N{MINUS SIGN}") + "°"


def _preferred() -> str | None:
    return request.accept_languages.best_match(LANGUAGES)


def _locale() -> Locale:
    return get_locale() or Locale("en")
