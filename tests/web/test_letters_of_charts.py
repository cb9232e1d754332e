"""A chart is drawn with letters that come with horehab, so that it is the same on every machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._g_l_y_f import Glyph

from horehab.web.chart_image import draw

SPEC = {"data": {"values": [{"a": "letters"}]}, "mark": "point", "encoding": {"y": {"field": "a", "type": "nominal"}}}
DRAWN = f"from horehab.web.chart_image import draw; print(draw({SPEC}))"
TOLD = "import os; import horehab.web.chart_image; print(os.environ.get('FONTCONFIG_FILE'))"


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


def test_a_chart_is_the_same_whatever_letters_the_machine_has(tmp_path: Path) -> None:
    assert said(DRAWN, FONTCONFIG_FILE=str(wide_letters(tmp_path))) == draw(SPEC)


@pytest.mark.parametrize("told", ["", "/somewhere/fonts.conf"])
def test_what_the_process_was_told_of_its_fonts_stays_as_it_was(told: str) -> None:
    assert said(TOLD, FONTCONFIG_FILE=told) == told
