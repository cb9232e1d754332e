"""Whoever reads French or Spanish reads the pages in that language; the record itself stays English."""

import re
from html import unescape
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from horehab.domain.entries import SuspicionEntry
from horehab.domain.local_code import meaning_of
from horehab.web.code_words import meaning_word
from horehab.web.language import LANGUAGES, RECORDED, TRANSLATIONS, number
from horehab.web.recorded import as_told
from tests.web.catalogues import (
    DOMAIN,
    collected,
    compiled,
    forms_of,
    is_translated,
    others,
    po_file,
    updated,
    written,
)
from tests.web.conftest import PHYSICIAN, Ward

TEMPLATES = sorted((TRANSLATIONS.parent / "templates").rglob("*.html"))
PAGES = (
    "/", "/?text=nobody", "/reminders", "/reminders?state=sent", "/quality", "/conflicts", "/patients/{key}",
    "/patients/{ben}", "/patients/{key}/joints/left-hip", "/patients/{key}/joints/right-knee",
    "/patients/{key}/joints/left-wrist", "/patients/{key}/suspicions/left-hip",
    "/patients/{key}/suspicions/left-wrist", "/patients/{ben}/suspicions/right-elbow",
    "/patients/{key}/log", "/patients/{key}/before", "/patients/{key}/summary", "/reminders/calls",
    "/reminders/letters", "/calendar", "/patients/nobody",
)  # fmt: skip
_NOT_OURS = ("deep vein thrombosis, left femoral", "fr · english", "cpax")
"""Words of the record and of names in the pages, which are nobody's to translate."""
_OF_THE_RECORD = {"fever", "goniometer", "supine"}
"""Single words that were typed into the record in English."""
_HOLES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
_LEAST = 9
"""Letters of a piece of English that cannot be another language's by chance."""


def catalogue(language: str) -> Catalog:
    with po_file(language).open("rb") as opened:
        return read_po(opened, locale=language, domain=DOMAIN)


def visible(page: str) -> str:
    """What is read or read out: text, and the attributes that have words."""
    page = re.sub(r"<(script|style).*?</\1>|<code>.*?</code>", " ", page, flags=re.DOTALL)
    said = re.findall(r'(?:aria-label|placeholder|title|alt)="([^"]*)"', page)
    return " ".join(unescape(" | ".join([*said, re.sub(r"<[^>]+>", " | ", page)])).split()).casefold()


def english_pieces(language: str) -> dict[str, str]:
    """Each piece of English that the catalogue says otherwise."""
    pieces: dict[str, str] = {}
    for message in catalogue(language):
        told = " ".join(forms_of(message.string)).casefold()
        for piece in (part.strip(" .,:;()") for one in forms_of(message.id) for part in _HOLES.split(one)):
            if len(piece) >= _LEAST and " " in piece and piece.casefold() not in told:
                pieces[piece.casefold()] = str(message.id)
    return pieces


def english_words(language: str) -> set[str]:
    """The single words of the catalogue that are English and nothing else in that language."""
    single, told = set(), set()
    for message in catalogue(language):
        told |= set(re.findall(r"[^\W\d_]+", " ".join(forms_of(message.string)).casefold()))
        single |= {one.casefold() for one in forms_of(message.id) if one.isalpha() and message.context is None}
    return single - told - _OF_THE_RECORD


@pytest.mark.parametrize("language", others())
def test_everything_that_is_said_is_translated(language: str) -> None:
    found = updated(language, collected())
    assert [message.id for message in found if message.id and not is_translated(message)] == []


@pytest.mark.parametrize("language", others())
def test_the_catalogues_are_what_make_translations_writes(language: str) -> None:
    """The compiled catalogues are committed, so that an installation needs no step of its own."""
    found = updated(language, collected())
    assert po_file(language).read_bytes() == written(found)
    assert po_file(language).with_suffix(".mo").read_bytes() == compiled(found)


@pytest.mark.parametrize("language", others())
def test_a_translation_has_the_figures_of_the_english(language: str) -> None:
    for message in catalogue(language):
        figures = set(_HOLES.findall(" ".join(forms_of(message.id))))
        for form in forms_of(message.string) if message.id else ():
            assert set(_HOLES.findall(form)) <= figures, message.id
        assert not message.id or figures <= set(_HOLES.findall(" ".join(forms_of(message.string)))), message.id


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_no_template_says_anything_outside_the_catalogue(file: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"<(code|style|script)\b.*?</\1>", "", text, flags=re.DOTALL)
    words = re.findall(r'(?:aria-label|placeholder|title|alt)="([^"{]*)"', text)
    said = re.findall(r"[^\W\d_]{2,}", " ".join([*words, re.sub(r'<[^>]*>|[\w-]+="[^"]*"', " ", text)]))
    assert set(said) <= {"horehab"}


@pytest.mark.parametrize("language", others())
@pytest.mark.parametrize("path", PAGES)
def test_no_page_says_an_english_sentence_to_who_reads_another_language(ward: Ward, path: str, language: str) -> None:
    ward.viewer = PHYSICIAN
    answer = ward.client.get(
        f"/horehab{path.format(key=ward.ana, ben=ward.ben)}", headers={"Accept-Language": language}
    )
    page = visible(answer.text)
    for words in _NOT_OURS:
        page = page.replace(words, " ")
    assert f'lang="{language}"' in answer.text
    assert {piece: message for piece, message in english_pieces(language).items() if piece in page} == {}
    single = re.findall(r"[^\W\d_]+", re.sub(r"\w+/[\w-]+", " ", page))  # without what names entries of the EHR
    assert english_words(language) & set(single) == set()


def test_the_language_is_the_readers_choice_before_their_browsers(ward: Ward) -> None:
    client = ward.client
    spanish = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}
    assert 'lang="es"' in client.get("/horehab/", headers=spanish).text
    answer = client.get("/horehab/look?language=fr&back=/horehab/reminders?state=sent", headers=spanish)
    assert (answer.status_code, answer.location) == (303, "/horehab/reminders?state=sent")
    page = client.get("/horehab/", headers=spanish).text
    assert 'lang="fr"' in page
    assert "File active" in page
    for name in LANGUAGES.values():
        assert name in page
    assert 'lang="en"' in ward.client.get("/horehab/", headers={"Accept-Language": "de"}).text


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/elsewhere", "/horehab/\\evil", "", "javascript:1"]
)
def test_choosing_a_language_leads_nowhere_else(ward: Ward, back: str) -> None:
    answer = ward.client.get("/horehab/look", query_string={"language": "xx", "theme": "pink", "back": back})
    assert answer.location == "/horehab/"
    assert "Set-Cookie" not in answer.headers


def test_days_numbers_and_plurals_are_written_as_the_reader_does(ward: Ward) -> None:
    page = ward.client.get(f"/horehab/patients/{ward.ana}", headers={"Accept-Language": "fr"}).text
    assert "4 mars 1962" in page
    assert "1,60" in page  # 201 of 126 U/L, as a multiple
    assert "78°" in page
    spanish = ward.client.get(f"/horehab/patients/{ward.ana}", headers={"Accept-Language": "es"}).text
    assert "4 mar 1962" in spanish
    assert "31 días" in spanish


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_measured_value_has_no_sign_that_is_the_decimal_of_another_language(ward: Ward, language: str) -> None:
    with ward.app.test_request_context(headers={"Accept-Language": language}):
        assert number(1890, 1) == "1890"


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Left knee flexion"), ("fr", "Genou gauche flexion"), ("es", "Rodilla izquierda flexión")],
)
def test_the_side_of_a_joint_stands_where_the_reader_puts_it(ward: Ward, language: str, said: str) -> None:
    with ward.app.test_request_context(headers={"Accept-Language": language}):
        assert meaning_word(meaning_of("knee-flexion-left")) == said


@pytest.mark.parametrize("language", others())
def test_what_is_quoted_from_the_record_stays_as_it_was_written(ward: Ward, language: str) -> None:
    with ward.app.test_request_context(headers={"Accept-Language": language}):
        said = as_told("read from text: 'Pain on movement, left hip, 0-10'")
    assert said.endswith("'Pain on movement, left hip, 0-10'")
    assert "read from text" not in said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", "300° dépasse ce que permet flexion (hanche). Écrivez de "),
        ("es", "300° supera lo que permite flexión (cadera). Escriba de "),
    ],
)
def test_a_refusal_beside_a_field_is_in_the_readers_language(ward: Ward, language: str, said: str) -> None:
    client, path = ward.client, f"/horehab/patients/{ward.ana}/log"
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    hidden = dict(re.findall(r'name="(csrf_token|token)"[^>]* value="([^"]*)"', client.get(path).text))
    answer = client.post(path, data={**hidden, "day": "2026-05-20", "angle.passive.left-hip.flexion": "300"})
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert "beyond" not in visible(answer.text)


def test_the_record_stays_english_whoever_reads(ward: Ward) -> None:
    ward.viewer = PHYSICIAN
    page = ward.client.get(f"/horehab/patients/{ward.ana}/suspicions/left-hip", headers={"Accept-Language": "fr"})
    assert "Ossification hétérotopique (OH) suspectée : hanche gauche" in unescape(page.text).replace("\xa0", " ")
    rows = [row.entry for row in ward.ports.logbook.outbox()]
    (standing,) = [entry.sentence for entry in rows if isinstance(entry, SuspicionEntry)]
    assert standing.startswith("HO suspected in left hip: passive flexion 112 -> 78 deg")


def test_the_sentences_of_the_record_are_known_to_the_catalogues() -> None:
    known = [message for message in collected() if message.context == RECORDED]
    assert len(known) > 80
