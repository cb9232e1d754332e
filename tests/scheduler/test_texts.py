"""The texts: three languages, one SMS each, fields from an allow-list, and nothing that tells what a patient has."""

import re
from datetime import date, time
from pathlib import Path

import pytest

from horehab.domain.reminder import ReminderRule
from horehab.errors import ConfigurationError
from scheduler.texts import (
    FIELDS,
    LANGUAGES,
    LONGEST,
    LONGEST_NAME,
    LONGEST_NUMBER,
    Filling,
    fields_of,
    length_in_gsm,
    read_texts,
    spoken,
)

TEXTS = read_texts()
LONG = Filling(
    day=date(2026, 9, 30), at=time(23, 59), clinic="Ñ" * LONGEST_NAME, phone="+" + "9" * (LONGEST_NUMBER - 1),
    count=99_999,
)  # fmt: skip
EACH = [
    (audience, rule, language)
    for audience, rules in TEXTS.by_audience.items()
    for rule, languages in rules.items()
    for language in languages
]
TELLING = (
    r"\b(hip|knee|shoulder|elbow|left|right|ossification|degrees|spasticity|injury|intensive|cadera|rodilla|hombro|codo"
    r"|osificaci\w*|grados|uci|hanche|genou|épaule|coude|degrés|réanimation|name|nombre|nom)\b"
)


@pytest.mark.parametrize(("audience", "rule", "language"), EACH)
def test_a_text_fits_one_sms_with_the_longest_fillings(audience: str, rule: str, language: str) -> None:
    text = TEXTS.by_audience[audience][rule][language]
    subject, words = TEXTS.filled(text, LONG, language)
    length = length_in_gsm(words)
    assert length is not None, "a letter that GSM 03.38 lacks makes two messages of one"
    assert length <= LONGEST
    assert not re.search(TELLING, f"{subject} {words}", re.IGNORECASE)
    assert fields_of(text.text) <= FIELDS


@pytest.mark.parametrize("rule", ReminderRule)
@pytest.mark.parametrize("is_patient", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_words_for_everybody(rule: ReminderRule, is_patient: bool, language: str) -> None:
    text = TEXTS.find(rule, is_patient=is_patient, language=language)
    assert text.subject
    assert all(TEXTS.by_audience[audience]["any"][language] for audience in ("staff", "patient"))


def test_each_text_to_a_patient_says_how_to_end_the_messages() -> None:
    stops = {"en": "STOP", "es": "BAJA", "fr": "ARRET"}
    for languages in TEXTS.by_audience["patient"].values():
        assert {language: stops[language] in text.text for language, text in languages.items()} == dict.fromkeys(
            stops, True
        )
        for language, text in languages.items():
            assert text.mail, "a mail has an end of its own: nobody hears a reply to it"
            assert stops[language] not in text.mail
            assert "{phone}" in text.mail
            assert not re.search(TELLING, text.mail, re.IGNORECASE)


@pytest.mark.parametrize(
    ("tag", "language"), [("es-MX", "es"), ("FR", "fr"), ("fr_CA", "fr"), ("de", "en"), ("", "en"), ("en-GB", "en")]
)
def test_a_language_without_texts_is_spoken_to_in_english(tag: str, language: str) -> None:
    assert spoken(tag) == language


def test_a_day_is_written_as_the_language_does() -> None:
    assert LONG.fields("es")["date"] == "30/09/2026"
    assert LONG.fields("en")["date"] == "2026-09-30"


@pytest.mark.parametrize(
    ("text", "length"), [("abc", 3), ("año", 3), ("[a]", 5), ("día", None), ("", 0), ("\u20ac", 2)]
)
def test_the_length_of_an_sms_is_counted_as_telephones_do(text: str, length: int | None) -> None:
    assert length_in_gsm(text) == length


def _file(tmp_path: Path, words: str) -> str:
    path = tmp_path / "texts.toml"
    path.write_text(words, encoding="utf-8")
    return str(path)


def test_a_site_may_say_it_in_its_own_words_and_the_rest_stays(tmp_path: Path) -> None:
    path = _file(tmp_path, '[patient.appointment]\nes = { subject = "Cita", text = "Venga el {date}." }\n')
    texts = read_texts(path)
    spanish = texts.find(ReminderRule.APPOINTMENT, is_patient=True, language="es")
    assert texts.filled(spanish, LONG, "es") == ("Cita", "Venga el 30/09/2026.")
    english = texts.find(ReminderRule.APPOINTMENT, is_patient=True, language="en")
    assert english == TEXTS.find(ReminderRule.APPOINTMENT, is_patient=True, language="en")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ('[patient.appointment]\nes = { subject = "x", text = "Hola {name}" }', "'name'"),
        ('[patient.appointment]\nes = { subject = "{date}", text = "x" }', "'date'"),
        ('[patient.appointment]\nes = { subject = "x", text = "{date" }', "'{date'"),
        ('[patient.appointment]\nde = { subject = "x", text = "x" }', "patient.appointment.de"),
        ('[patient.appointment]\nes = { text = "x" }', "patient.appointment.es"),
        ('[patient.appointment]\nes = "x"', "patient.appointment.es"),
        ('[patient.appointment]\nes = { subject = "x", text = "a\\nb" }', "patient.appointment.es.text"),
        ('[patient.appointment]\nes = { subject = "x", text = "{date:>900}" }', "patient.appointment.es.text"),
        ('[patient.appointment]\nes = { subject = "x", text = "{clinic!r}" }', "patient.appointment.es.text"),
        ('[patient.birthday]\nes = { subject = "x", text = "x" }', "patient.birthday"),
        ('[relatives.any]\nes = { subject = "x", text = "x" }', "relatives"),
        ('patient = "x"', "'patient'"),
        ('[patient]\nappointment = "x"', "'patient.appointment'"),
        ("no toml", "cannot be read"),
    ],
)
def test_a_mistake_in_a_sites_texts_is_named(tmp_path: Path, words: str, named: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(named)) as caught:
        read_texts(_file(tmp_path, words))
    assert caught.value.remedy
    assert caught.value.code == "HR-1450"


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("x" * 161, "It has 161 characters"),
        ("x" * 137 + "{clinic}", "It has 161 characters"),
        ("[" * 81, "It has 162 characters"),
        ("Su cita es mañana por la mañanita, día {date}", "no 'í'"),
    ],
)
def test_a_sites_text_to_a_patient_that_fits_no_sms_is_named_with_its_length(
    tmp_path: Path, words: str, remedy: str
) -> None:
    own = f'[patient.appointment]\nes.subject = "Cita"\nes.text = "{words}"\n'
    with pytest.raises(ConfigurationError, match=re.escape("patient.appointment.es.text")) as caught:
        read_texts(_file(tmp_path, own))
    assert remedy in caught.value.remedy
    assert read_texts(_file(tmp_path, own.replace(words, "x" * 136 + "{clinic}").replace("í", "i")))


def test_a_file_of_texts_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigurationError, match="HOREHAB_TEXTS_FILE"):
        read_texts("/nowhere/texts.toml")
