"""How the pages look to whoever reads them: in which language, and light or dark; kept in their browser alone."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from horehab.web.access import allow_everyone
from horehab.web.language import COOKIE, LANGUAGES
from horehab.web.language import gettext as _
from horehab.web.room import NAME
from horehab.web.way_back import leads_back

THEME = "horehab-theme"
_AS_DEVICE = "device"
_YEAR = 365 * 24 * 3600  # seconds


def add_to(pages: Blueprint) -> None:
    """Add the choice to our pages."""
    pages.add_url_rule("/look", "look", look)


@allow_everyone
def look() -> Response:
    """Keep a choice of language or theme and go back to the page on which it was made."""
    answer = redirect(_back(request.args.get("back", "")), code=303)
    if request.args.get("language") in LANGUAGES:
        _keep(answer, COOKIE, request.args["language"])
    if request.args.get("theme") in themes():
        _keep(answer, THEME, request.args["theme"])
    return answer


def themes() -> dict[str, str]:
    """List the themes by the names that the reader knows."""
    return {_AS_DEVICE: _("As the device"), "light": _("Light"), "dark": _("Dark")}


def theme() -> str:
    """Say which theme was chosen: light, dark, or as the device does."""
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in themes() else _AS_DEVICE


def here() -> str:
    """Give the address to come back to: this page, where it can be opened by its address."""
    rule = request.url_rule
    return request.full_path.rstrip("?") if rule and "GET" in (rule.methods or ()) else start()


def start() -> str:
    """Give the address of the first page."""
    return url_for(f"{NAME}.caseload")


def _back(wanted: str) -> str:
    """Go back to a page of ours, and nowhere else."""
    root = start()
    return wanted if wanted.startswith(root) and leads_back(wanted) else root


def _keep(answer: Response, name: str, value: str) -> None:
    answer.set_cookie(
        name, value, max_age=_YEAR, path=start(), secure=request.is_secure, httponly=True, samesite="Lax"
    )
