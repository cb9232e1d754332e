"""Charts come onto paper as lines and letters, whole, in the room that was kept for them, the same each time."""

import os
import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pypdf import PdfReader

from horehab.web import pdf
from horehab.web.chart_image import draw, on_paper
from horehab.web.pdf_pictures import Frame, with_pictures
from tests.web.conftest import Ward

SPEC = {"data": {"values": [{"a": "letters"}]}, "mark": "point", "encoding": {"y": {"field": "a", "type": "nominal"}}}
MILLIMETRE = 72 / 25.4  # points
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><rect width="200" height="100"/></svg>'
DRAWN = f"from horehab.web.chart_image import draw; print(draw({SPEC}))"
TOLD = "import os; import horehab.web.chart_image; print(os.environ.get('FONTCONFIG_FILE'))"


def text_of(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(made)).pages)


def orders_of(made: bytes, page: int = 0) -> list[str]:
    """How pictures are scaled and moved on a page."""
    content = PdfReader(BytesIO(made)).pages[page].get_contents()
    assert content is not None
    return re.findall(r"q ([-0-9. ]+) cm /Picture\d+ Do Q", content.get_data().decode("latin-1"))


def said(code: str, **environment: str) -> str:
    """What a process of its own says, with this in its environment."""
    ran = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def _block() -> Glyph:
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    for corner in ((2000, 0), (2000, 1000), (0, 1000)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def wide_letters(folder: Path) -> Path:
    """Make a machine whose Liberation Sans has other letters, each twice as wide as high; give its list of fonts."""
    names = [".notdef", *map(chr, range(ord("a"), ord("z") + 1))]
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(names)
    font.setupCharacterMap({ord(name): name for name in names[1:]})
    font.setupGlyf(dict.fromkeys(names, _block()))
    font.setupHorizontalMetrics(dict.fromkeys(names, (2000, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Liberation Sans", "styleName": "Regular", "psName": "LiberationSans"})
    font.setupOS2()
    font.setupPost()
    font.save(folder / "wide.ttf")
    listed = folder / "fonts.conf"
    listed.write_text(f"<fontconfig><dir>{folder}</dir></fontconfig>", encoding="utf-8")
    return listed


def test_the_words_of_a_chart_stay_words_on_paper(ward: Ward) -> None:
    words = text_of(ward.look(f"/patients/{ward.ana}/summary.pdf").data)
    assert "Summary for the consultation" in words
    assert "band: measurement error" in words
    assert "worse since" in words


def test_a_page_that_is_laid_out_anew_has_the_same_bytes() -> None:
    page = f'<p>before</p><img src="{pdf.within(draw(SPEC))}"><img src="{pdf.within(SQUARE)}"><p>after</p>'
    assert pdf._laid_out(page) == pdf._laid_out(page)


def test_a_picture_lies_between_the_margins_and_keeps_its_shape() -> None:
    page = f'<article class="hr-summary"><img src="{pdf.within(SQUARE)}"></article>'
    made = pdf.as_pdf(page)
    (order,) = orders_of(made)
    across, _, _, upwards, left, bottom = map(float, order.split())
    (paper,) = (page.mediabox for page in PdfReader(BytesIO(made)).pages)
    assert across == upwards
    assert left + 200 * across + left == pytest.approx(float(paper.width), abs=0.01)
    assert left > 15 * MILLIMETRE
    assert 0 < bottom < bottom + 100 * upwards < float(paper.height) - 15 * MILLIMETRE


def test_each_picture_comes_to_its_own_page() -> None:
    page = "".join(f'<div style="break-after: page"><img src="{pdf.within(SQUARE)}"></div>' for _page in range(3))
    made = pdf.as_pdf(page)
    assert [len(orders_of(made, page)) for page in range(3)] == [1, 1, 1]


def test_two_pictures_on_one_page_do_not_take_each_others_place() -> None:
    blank = pdf.as_pdf("<p>nothing else</p>")
    frames = [Frame(page=0, left=50, top=top, width=100) for top in (100, 300)]
    made = with_pictures(blank, [(frames[0], on_paper(SQUARE)), (frames[1], on_paper(draw(SPEC)))])
    assert len(orders_of(made)) == 2
    assert "letters" in text_of(made)
    assert "nothing else" in text_of(made)


def test_a_chart_is_the_same_whatever_letters_the_machine_has(tmp_path: Path) -> None:
    assert said(DRAWN, FONTCONFIG_FILE=str(wide_letters(tmp_path))) == draw(SPEC)


@pytest.mark.parametrize("told", ["", "/somewhere/fonts.conf"])
def test_what_the_process_was_told_of_its_fonts_stays_as_it_was(told: str) -> None:
    assert said(TOLD, FONTCONFIG_FILE=told) == told
