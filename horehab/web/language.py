"""The words of the pages in the reader's language: the host's Babel where there is one, else our own."""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from functools import lru_cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal
from flask import Flask, current_app, request
from flask_babel import Babel, Domain, get_locale

LANGUAGES = {"en": "English", "fr": "Français", "es": "Español"}
"""The languages of the pages, each by its own name."""

COOKIE = "horehab-language"
"""Where the reader's choice is kept: in the browser, for it says nothing about anybody."""

RECORDED = "recorded"
"""Under which context the catalogues keep the sentences of the record, which the core says in English."""

RECORDED_IN = "en"
"""The language of the record."""

TRANSLATIONS = Path(__file__).parent / "translations"
_NONE = "\N{EN DASH}"
_OURS = "horehab-babel"

_DOMAIN = Domain(translation_directories=[str(TRANSLATIONS)], domain="horehab")


def speak(app: Flask) -> None:
    """See to it that the app has a Babel; one that the host brought stays as it is."""
    if "babel" not in app.extensions:
        Babel(app, configure_jinja=False, locale_selector=_preferred)
        app.extensions[_OURS] = True


def may_choose() -> bool:
    """Say whether the reader chooses the language here: not where the host's own Babel does."""
    return _OURS in current_app.extensions


def gettext(text: str, **values: object) -> str:
    """Say a sentence in the reader's language, with its values filled in."""
    said: str = _DOMAIN.gettext(text, **values)
    return said


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Say a sentence about a number of things in the reader's language."""
    said: str = _DOMAIN.ngettext(one, many, num, **values)
    return said


def of_record(template: str) -> str:
    """Give the words of a template of the record in the reader's language, its figures still in braces."""
    said: str = _DOMAIN.get_translations().pgettext(RECORDED, template)
    return said


def templates_of_record() -> Iterable[str]:
    """List the templates of the record that the reader's catalogue knows; none in English."""
    catalogue = getattr(_DOMAIN.get_translations(), "_catalog", {})
    context = f"{RECORDED}\x04"
    return [key.removeprefix(context) for key in catalogue if isinstance(key, str) and key.startswith(context)]


def day(value: date | datetime | None) -> str:
    """Write a day as the reader does; a dash where there is none."""
    return _NONE if value is None else _written(value, _locale())


@lru_cache(maxsize=4096)
def _written(value: date | datetime, spoken: Locale) -> str:
    """Write a day once: a page of many patients names the same few days in every row."""
    return format_date(value, format="d MMM y", locale=spoken)


def born(text: str | None) -> str:
    """Write a birth date, which the EHR may give as a year or month alone; a dash where there is none."""
    try:
        return day(date.fromisoformat(text or ""))
    except ValueError:
        return text or _NONE


def instant(value: datetime | None, zone: tzinfo) -> str:
    """Write an instant as day and time of the ward, as the reader does; "never" where there is none."""
    if value is None:
        return gettext("never")
    return format_datetime(value.astimezone(zone), format="d MMM y, HH:mm", locale=_locale())


def language() -> str:
    """Name the reader's language, as HTML does."""
    return str(_locale()).replace("_", "-")


def number(value: float | None, digits: int = 0) -> str:
    """Write a number as the reader does, with at most so many decimals; a dash where there is none.

    Counts of whole things have their thousands apart; what is measured has not: 1.890 is 1.89 to another reader.
    """
    if value is None:
        return _NONE
    pattern = "0." + "#" * digits if digits else "#,##0"
    return format_decimal(value, format=pattern, locale=_locale())


def multiple(value: float | None) -> str:
    """Write a multiple of an upper limit with two decimals (1.00); a dash where it must not be interpreted."""
    return _NONE if value is None else format_decimal(value, format="#,##0.00", locale=_locale())


def days_by_name() -> dict[str, object]:
    """Name days and months for a chart, in the shape of d3-time-format."""
    spoken = _locale()
    months, days = spoken.months["format"], spoken.days["format"]
    return {
        "dateTime": "%x, %X",
        "date": "%-d %b %Y",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": [days["wide"][(number - 1) % 7] for number in range(7)],
        "shortDays": [days["abbreviated"][(number - 1) % 7] for number in range(7)],
        "months": [months["wide"][number] for number in range(1, 13)],
        "shortMonths": [months["abbreviated"][number] for number in range(1, 13)],
    }


def weekday(number: int) -> str:
    """Name a day of the week in short; Monday is 0."""
    name: str = _locale().days["format"]["abbreviated"][number]
    return name


def figures_by_locale() -> dict[str, object]:
    """Say how a chart writes its figures, in the shape of d3-format."""
    symbols = _locale().number_symbols["latn"]
    return {"decimal": symbols["decimal"], "thousands": symbols["group"], "grouping": [3], "currency": ["", ""]}


def degrees(value: float | None) -> str:
    """Write an angle, always with its sign; a true minus for a deficit."""
    if value is None:
        return _NONE
    return number(value).replace("-", "\N{MINUS SIGN}") + "°"


def _preferred() -> str | None:
    chosen = request.cookies.get(COOKIE)
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES)


def _locale() -> Locale:
    return get_locale() or Locale("en")
