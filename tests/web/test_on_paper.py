"""The summary on paper says all that the page says, whatever somebody wrote, on pages that cannot be mistaken."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import escape
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from horehab.web import pdf
from horehab.web.chart_image import draw, on_paper
from horehab.web.specimen import specimen
from tests.web.conftest import Ward

SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect width="200" height="100"/></svg>'
WORDS = '#read("/etc/hostname") *bold* <b>&amp; $x$ // \'quoted\' "twice" -- @ref [1] \\ ~'


def page_of(article: str, footer: str = "Ana") -> str:
    return (
        f'<html lang="en"><head><title>Of a test</title></head>'
        f"<body><article>{article}</article><footer>{footer}</footer></body></html>"
    )


def texts_of(made: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(made)).pages]


def pdf_of(ward: Ward, key: str) -> bytes:
    return bytes(ward.look(f"/patients/{key}/summary.pdf").data)


def charts_in(made: bytes) -> int:
    return sum(tag.get("/S") == "/Figure" for tag in marks(PdfReader(BytesIO(made)).root_object["/StructTreeRoot"]))


def marks(node: Any) -> Iterator[DictionaryObject]:
    """Everything in a PDF that says what a part of it is, for whoever has it read aloud."""
    found = node.get_object()
    if isinstance(found, DictionaryObject):
        yield found
        yield from marks(found.get("/K", []))
    elif isinstance(found, list):
        for each in found:
            yield from marks(each)


def test_the_words_of_page_and_charts_are_words_on_paper(ward: Ward) -> None:
    words = " ".join(" ".join(texts_of(pdf_of(ward, ward.ana))).split())
    assert "Summary for the consultation" in words
    assert "HO suspected in left hip" in words
    assert "Last four weeks: 4 done" in words
    assert "band: measurement error" in words
    assert "worse since" in words


def test_a_pdf_carries_the_charts_of_its_patient(ward: Ward) -> None:
    assert [charts_in(pdf_of(ward, key)) for key in (ward.ana, ward.ben)] == [1, 0]


def test_every_page_says_whose_it_is_and_which(ward: Ward) -> None:
    texts = texts_of(pdf_of(ward, ward.ana))
    assert len(texts) > 1
    for number, text in enumerate(texts, start=1):
        assert "Ana Prueba, Record number HC-1001" in text
        assert f"{number} / {len(texts)}" in text


@pytest.mark.parametrize(("language", "title"), [("en", "Summary"), ("fr", "Résumé"), ("es", "Resumen")])
def test_a_pdf_can_be_read_aloud_with_its_charts_in_words(ward: Ward, language: str, title: str) -> None:
    path = f"/horehab/patients/{ward.ana}/summary.pdf"
    reader = PdfReader(BytesIO(ward.client.get(path, headers={"Accept-Language": language}).data))
    root = reader.root_object
    assert root.get("/Lang") == language
    assert reader.xmp_metadata is not None
    assert b"<pdfuaid:part>1<" in reader.xmp_metadata.stream.get_data()
    assert reader.metadata is not None
    assert (reader.metadata.title or "").startswith(title)
    tags = list(marks(root["/StructTreeRoot"]))
    assert {"/H1", "/H2", "/P", "/L", "/Table", "/TH", "/Figure"} <= {tag.get("/S") for tag in tags}
    assert all(tag.get("/Alt") for tag in tags if tag.get("/S") == "/Figure")


def test_a_page_that_is_laid_out_anew_has_the_same_bytes() -> None:
    page = page_of(f'<p>before</p><figure><img src="{escape(on_paper(draw(specimen())))}" alt="chart"/></figure>')
    assert pdf._laid_out(page) == pdf._laid_out(page)


def test_a_picture_is_torn_by_no_page() -> None:
    figure = f'<figure><img src="{escape(SQUARE)}" alt="a square"/></figure>'
    assert len(texts_of(pdf.as_pdf(page_of(4 * figure)))) == 2


def test_what_somebody_wrote_is_shown_and_not_obeyed() -> None:
    (text,) = texts_of(pdf.as_pdf(page_of(f"<p>{escape(WORDS)}</p><ul><li>{escape(WORDS)}</li></ul>")))
    assert text.count(WORDS) == 2


def test_a_line_ends_at_no_space_that_must_not_break() -> None:
    words = 60 * "1\N{NO-BREAK SPACE}234,\n  "
    (text,) = texts_of(pdf.as_pdf(page_of(f"<p>{words}</p>", "1,")))
    lines = text.strip().splitlines()
    assert len(lines) > 3
    assert all(line.startswith("1") and line.rstrip().endswith(",") for line in lines[:-1])


def test_letters_that_no_font_has_cost_no_more_than_themselves() -> None:
    (text,) = texts_of(pdf.as_pdf(page_of("<p>before \N{DESERET CAPITAL LETTER LONG I} after</p>")))
    assert "before" in text
    assert "after" in text


@settings(deadline=None)
@given(words=st.text(min_size=1))
def test_any_words_at_all_come_onto_paper(words: str) -> None:
    assert pdf.as_pdf(page_of(f"<p>{escape(words)}</p>", str(escape(words)))).startswith(b"%PDF-")
