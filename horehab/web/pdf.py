"""A page as PDF, made here without network: what the page needs is in it; made once for the same page.

Its charts are laid out as empty room of their size, and set into it by what drew them in the first place: in a
quarter of the time that WeasyPrint takes to draw them, and with the letters that they were measured with.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from horehab.errors import ConfigurationError
from horehab.web.chart_image import on_paper
from horehab.web.kept import Kept
from horehab.web.pdf_pictures import Frame, with_pictures

_STYLE = Path(__file__).parent / "static" / "summary.css"
_KEPT = Kept(most=16_000_000)  # some 100 summaries
_SVG = "data:image/svg+xml;base64,"
_CHART = re.compile(rf'src="{re.escape(_SVG)}([^"]+)"')
_NAME = "chart-"
_POINTS = 0.75  # in a pixel of CSS


def as_pdf(page: str) -> bytes:
    """Lay out a page as PDF; ConfigurationError where the machine lacks what WeasyPrint draws text with."""
    return _KEPT.of(page, _laid_out)


def within(svg: str) -> str:
    """Write a chart as the address of an image, so that a page carries it."""
    return _SVG + b64encode(svg.encode()).decode()


def _laid_out(page: str) -> bytes:
    charts = [b64decode(found).decode() for found in _CHART.findall(page)]
    numbers = count()
    roomy = _CHART.sub(lambda _found: _room_for(charts, next(numbers)), page)
    document = _rendered(roomy)
    made: bytes = document.write_pdf()
    return with_pictures(made, [(frame, on_paper(charts[number])) for number, frame in _frames(document)])


def _room_for(charts: list[str], number: int) -> str:
    """Put in the place of a chart an empty one of its size, by a name under which it is found again."""
    head, _, _ = charts[number].partition(">")
    return f'id="{_NAME}{number}" src="{within(f"{head}></svg>")}"'


def _rendered(page: str) -> Any:  # a document of WeasyPrint, which has no types
    try:
        import weasyprint
    except OSError as error:
        raise ConfigurationError(
            "The PDF cannot be made: this machine lacks Pango, which lays out the text.",
            remedy="Install it (Debian: libpango-1.0-0, libpangoft2-1.0-0), or print from the browser.",
            code="HR-1510",
        ) from error
    inside = weasyprint.urls.URLFetcher(allowed_protocols=("data",))  # what the page carries, nothing else
    style = weasyprint.CSS(string=_STYLE.read_text(encoding="utf-8"), url_fetcher=inside)
    return weasyprint.HTML(string=page, url_fetcher=inside).render(stylesheets=[style])


def _frames(document: Any) -> Iterator[tuple[int, Frame]]:
    """Find where the room for each chart came to lie: as wide as the page between its margins."""
    for page_number, page in enumerate(document.pages):
        for name, (left, top, *_) in page.anchors.items():
            if name.startswith(_NAME):
                width = _POINTS * (page.width - 2 * left)
                frame = Frame(page=page_number, left=_POINTS * left, top=_POINTS * top, width=width)
                yield int(name.removeprefix(_NAME)), frame
