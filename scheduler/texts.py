"""What a message may say: an allow-list of texts in three languages, with fields from an allow-list."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any

from horehab.domain.recipient import Medium
from horehab.domain.reminder import ReminderRule
from horehab.errors import ConfigurationError

FIELDS = frozenset({"date", "time", "clinic", "phone", "count"})
LANGUAGES = ("en", "es", "fr")
LONGEST = 160
"""Characters of one SMS in the alphabet of GSM 03.38 (3GPP TS 23.038, 6.2.1); longer ones are sent in parts."""

LONGEST_NAME, LONGEST_NUMBER = 24, 16
"""Characters of the clinic's name and number for which every text still fits one SMS."""

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("\f^{}\\[~]|€")
_ANY = "any"
_AUDIENCES = ("staff", "patient")
_PARTS = frozenset({"subject", "text", "mail"})
_CODE = "HR-1450"
_TABLES = "Write [audience.kind], and under it each language with its subject and text."


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text: its subject, for letters that have one, and its sentence with fields in braces.

    `mail` is what is said instead by any way but SMS, where nobody would hear a STOP; "" for the same.
    """

    subject: str
    text: str
    mail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """What may be filled in, and nothing else: the day and time of a reminder, our name and number, a count."""

    day: date
    at: time
    clinic: str
    phone: str
    count: int = 0

    def fields(self, language: str) -> Mapping[str, str]:
        """Write each field as the language does: 2026-03-30 in English, 30/03/2026 in Spanish and French."""
        written = self.day.isoformat() if language == "en" else f"{self.day:%d/%m/%Y}"
        return {
            "date": written,
            "time": f"{self.at:%H:%M}",
            "clinic": self.clinic,
            "phone": self.phone,
            "count": str(self.count),
        }


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts by audience, rule and language."""

    by_audience: Mapping[str, Mapping[str, Mapping[str, Text]]]

    def find(self, rule: ReminderRule, *, is_patient: bool, language: str, medium: Medium = Medium.SMS) -> Text:
        """Find the text for a rule in a language, as it is said by a way; what has none says that something waits."""
        rules = self.by_audience["patient" if is_patient else "staff"]
        found = rules.get(rule.value, rules[_ANY])[spoken(language)]
        return found if medium is Medium.SMS or not found.mail else replace(found, text=found.mail)

    def filled(self, text: Text, filling: Filling, language: str) -> tuple[str, str]:
        """Fill a text in: subject and sentence."""
        fields = filling.fields(spoken(language))
        return text.subject, text.text.format_map(fields)


def spoken(language: str) -> str:
    """Choose the language of a text for a language tag: "es-MX" is Spanish; English where there is none."""
    first = language.replace("_", "-").partition("-")[0].lower()
    return first if first in LANGUAGES else LANGUAGES[0]


def read_texts(path: str = "") -> Texts:
    """Read the texts of the package, and over them a site's own file; ConfigurationError names what is wrong."""
    own = files(__package__).joinpath("texts.toml").read_text(encoding="utf-8")
    found = _checked(tomllib.loads(own), "texts.toml")
    if not path:
        return Texts(found)
    try:
        theirs = _checked(tomllib.loads(Path(path).read_text(encoding="utf-8")), path)
    except (OSError, ValueError) as error:
        remedy = "Point HOREHAB_TEXTS_FILE at a readable TOML file."
        raise ConfigurationError(
            f"The texts {path!r} cannot be read ({error}).", remedy=remedy, code=_CODE
        ) from error
    merged = {
        audience: {
            rule: {**found[audience].get(rule, found[audience][_ANY]), **theirs.get(audience, {}).get(rule, {})}
            for rule in {**found[audience], **theirs.get(audience, {})}
        }
        for audience in found
    }
    return Texts(merged)


def length_in_gsm(text: str) -> int | None:
    """Count the characters of a text in GSM 03.38, those of its extension twice; None where it lacks one."""
    if any(sign not in _GSM and sign not in _GSM_DOUBLE for sign in text):
        return None
    return sum(2 if sign in _GSM_DOUBLE else 1 for sign in text)


def fields_of(text: str) -> frozenset[str]:
    """Name the fields of a text; ValueError for braces that do not match."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def _plain_fields_of(text: str) -> frozenset[str]:
    """Name the fields of a text; ValueError for one that is written in another way than its name in braces."""
    for _, name, spec, conversion in Formatter().parse(text):
        if name is not None and (spec or conversion):
            raise ValueError(name)
    return fields_of(text)


def _must_fit(text: Text, language: str, source: str, place: str) -> None:
    """Refuse a text that would leave as two messages; ConfigurationError names its length."""
    filling = Filling(
        day=date(2026, 12, 30),
        at=time(23, 59),
        clinic="N" * LONGEST_NAME,
        phone="9" * LONGEST_NUMBER,
        count=99_999,
    )
    words = text.text.format_map(filling.fields(language))
    lacking = "".join(sorted({sign for sign in words if length_in_gsm(sign) is None}))
    _must(not lacking, source, place, f"An SMS has no {lacking!r} (GSM 03.38): write it without.")
    length = length_in_gsm(words)
    said = f"It has {length} characters with the longest fillings, an SMS has {LONGEST}: shorten it."
    _must(length is not None and length <= LONGEST, source, place, said)


def _checked(tree: Mapping[str, Any], source: str) -> dict[str, dict[str, dict[str, Text]]]:
    known = {_ANY, *(rule.value for rule in ReminderRule)}
    found: dict[str, dict[str, dict[str, Text]]] = {}
    for audience, rules in tree.items():
        _must(audience in _AUDIENCES, source, audience, f"Write one of {', '.join(_AUDIENCES)}.")
        _must(isinstance(rules, dict), source, audience, _TABLES)
        for rule, languages in rules.items():
            place = f"{audience}.{rule}"
            _must(isinstance(languages, dict), source, place, _TABLES)
            _must(rule in known, source, place, f"Write one of {', '.join(sorted(known))}.")
            texts = {language: _text(words, source, f"{place}.{language}") for language, words in languages.items()}
            found.setdefault(audience, {})[rule] = texts
    return found


def _text(words: Mapping[str, Any], source: str, place: str) -> Text:
    remedy = "Write the language's two letters, then subject, text and, where another is said by mail, mail."
    _must(place.rpartition(".")[2] in LANGUAGES, source, place, f"Write one of {', '.join(LANGUAGES)}.")
    _must(isinstance(words, dict) and {"subject", "text"} <= set(words) <= _PARTS, source, place, remedy)
    for name, text in words.items():
        _must(isinstance(text, str) and "\n" not in text, source, f"{place}.{name}", "Write one line of text.")
        try:
            unknown = _plain_fields_of(text) - (frozenset() if name == "subject" else FIELDS)
        except ValueError:
            unknown = frozenset({text})
        named = ", ".join(sorted(unknown))
        remedy = f"There are only these fields, and none in a subject: {', '.join(sorted(FIELDS))}."
        _must(not unknown, source, f"{place}.{name}", f"It has the unknown field {named!r}. {remedy}")
    made = Text(**words)
    if place.startswith("patient."):
        _must_fit(made, place.rpartition(".")[2], source, f"{place}.text")
    return made


def _must(is_right: bool, source: str, place: str, remedy: str) -> None:
    if not is_right:
        raise ConfigurationError(f"The texts in {source} have a mistake at {place!r}.", remedy=remedy, code=_CODE)
