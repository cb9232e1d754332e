"""A page as PDF, made here without network: what the page needs is in it; made once for the same page."""

from pathlib import Path

from horehab.errors import ConfigurationError
from horehab.web.kept import Kept

_STYLE = Path(__file__).parent / "static" / "summary.css"
_KEPT = Kept(most=16_000_000)  # some 80 summaries


def as_pdf(page: str) -> bytes:
    """Lay out a page as PDF; ConfigurationError where the machine lacks what WeasyPrint draws text with."""
    return _KEPT.of(page, _laid_out)


def _laid_out(page: str) -> bytes:
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
    made: bytes = weasyprint.HTML(string=page, url_fetcher=inside).write_pdf(stylesheets=[style])
    return made
