"""A chart's specification drawn as SVG here on the server, without network; drawn once for the same content.

Letters are those that vl-convert carries (Liberation Sans), so that a chart is the same on every machine. A font of
the machine would also be opened anew for every single letter that is measured, which took half of a chart's time.
"""

import json
import os
from pathlib import Path
from typing import Any

import vl_convert

from horehab.web.kept import Kept

_KEPT = Kept(most=24_000_000)  # some 250 charts
_NO_LETTERS = Path(__file__).parent / "letters.conf"
_LETTER = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>a</text></svg>'
_OF_THE_MACHINE = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


def draw(spec: dict[str, Any]) -> str:
    """Draw a Vega-Lite specification as SVG."""
    return _KEPT.of(json.dumps(spec, sort_keys=True), _drawn).decode()


def _drawn(content: str) -> bytes:
    svg: str = vl_convert.vegalite_to_svg(json.loads(content), allowed_base_urls=[])
    return svg.encode()


def on_paper(svg: str) -> str:
    """Name in a drawn chart the letters that it was measured with: what lays out a PDF has no others by itself."""
    return svg.replace('font-family="sans-serif"', 'font-family="Liberation Sans"')


def compiled(spec: dict[str, Any]) -> dict[str, Any]:
    """Turn a Vega-Lite specification into the marks and scales of Vega, as the picture is drawn of them."""
    made: dict[str, Any] = vl_convert.vegalite_to_vega(spec)
    return {name: value for name, value in made.items() if name != "$schema"}  # the script in the browser has its own


def _carried_letters_first() -> None:
    """Let vl-convert, which looks for fonts once in a process, find its own first and the machine's after them.

    The others are for whoever else draws with it in this process.
    """
    told = os.environ.get("FONTCONFIG_FILE")
    os.environ["FONTCONFIG_FILE"] = str(_NO_LETTERS)
    try:
        vl_convert.svg_to_pdf(_LETTER)
    finally:
        os.environ.pop("FONTCONFIG_FILE")
        os.environ.update({"FONTCONFIG_FILE": told} if told is not None else {})
    for folder in filter(Path.is_dir, _OF_THE_MACHINE):
        vl_convert.register_font_directory(str(folder))


_carried_letters_first()  # here, before requests come on many threads
