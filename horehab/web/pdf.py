"""A page as PDF that anybody can search and have read aloud (PDF/UA-1), made here without network, once for a page.

Typst lays it out by summary.typ, in a fraction of the time that a page of the web takes. The page is data to it:
nothing that somebody wrote into a chart can be an order.
"""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

import typst

from horehab.web.kept import Kept

_LAYOUT = Path(__file__).parent / "summary.typ"
_KEPT = Kept(most=16_000_000)  # some 100 summaries
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_pdf(page: str) -> bytes:
    """Lay out a page, which is well-formed XML; what no XML may hold, such as NUL, is shown as missing."""
    return _KEPT.of(_NO_XML.sub("\ufffd", page), _laid_out)


def _laid_out(page: str) -> bytes:
    """Lay it out as PDF/UA-1, or as well as can be where no font of this machine has the letters of a name."""
    try:
        return _compiled(page, "ua-1")
    except typst.TypstError:
        return _compiled(page)


def _compiled(page: str, *standards: Literal["ua-1"]) -> bytes:
    inputs = {"page": page}
    return typst.compile(_LAYOUT, font_paths=_fonts(), sys_inputs=inputs, pdf_standards=[*standards], timestamp=0)


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Find the machine's fonts, and the one that Typst carries where there is none."""
    return typst.Fonts()
