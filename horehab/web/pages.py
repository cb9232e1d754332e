"""All pages as one Flask blueprint, made by a function that is given the ports; nothing of the host is touched."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, g, request, send_from_directory, url_for

from horehab.errors import UnknownPatient
from horehab.usecases.ports import Ports
from horehab.web import (
    audit,
    before,
    calendar,
    calling,
    caseload,
    chart_live,
    codes,
    conflicts,
    correct_session,
    drafts,
    form_token,
    health,
    hooks,
    joint,
    log_session,
    look,
    message_hooks,
    metrics,
    one_reminder,
    patient,
    quality,
    reminders,
    summary,
    suspicion,
    well_known,
)
from horehab.web.access import TEAM, allow, allow_everyone, guard, token, token_field
from horehab.web.code_words import code_word, meaning_word, why_word
from horehab.web.language import (
    LANGUAGES,
    born,
    day,
    degrees,
    gettext,
    instant,
    language,
    may_choose,
    multiple,
    ngettext,
    number,
)
from horehab.web.options import Role, WebOptions
from horehab.web.problems import handle_problems
from horehab.web.recorded import as_told, error_words, recorded
from horehab.web.room import NAME, Room, enter, room, slug
from horehab.web.words import (
    capital,
    decision_word,
    differential_word,
    entry_word,
    option_word,
    reason_word,
    rule_word,
    sign_word,
    source_word,
    state_word,
    strength_word,
    typeset,
    way_word,
    word,
)

_WORDS = (
    capital, code_word, decision_word, differential_word, entry_word, meaning_word, option_word, reason_word,
    rule_word, sign_word, source_word, state_word, strength_word, typeset, why_word, way_word, word,
)  # fmt: skip
_GROUPS = (
    caseload, patient, joint, log_session, suspicion, reminders, conflicts, quality, codes, health, metrics,
    hooks, message_hooks, calendar, well_known, look, correct_session, drafts, before, summary, chart_live, audit,
    one_reminder, calling, form_token,
)  # fmt: skip
_STATIC = Path(__file__).parent / "static"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

_DRAWN = "; style-src-attr 'unsafe-inline'"
"""What Vega needs on the page of a joint: it places marks by their style attributes; no style sheet, no script."""


def make_blueprint(ports: Callable[[], Ports], options: WebOptions) -> Blueprint:
    """Make the pages of one installation; `ports` is asked at the first page that needs them."""
    pages = Blueprint(NAME, __name__, template_folder="templates", url_prefix=options.url_prefix or None)
    enter(pages, Room(ports=ports, options=options))
    pages.before_request(guard)
    pages.after_request(seal)
    pages.context_processor(_at_hand)
    handle_problems(pages)
    pages.add_url_rule("/static/<path:filename>", "static", _static)
    for group in _GROUPS:
        group.add_to(pages)
    if options.url_prefix or options.sign_in_endpoint:
        pages.add_url_rule("/<path:anything>", "absent", _absent)
    return pages


def seal(response: Response) -> Response:
    """Put the security headers on an answer of ours: no foreign script, no frame, no copy left in a cache."""
    if room().options.base_template == WebOptions.__dataclass_fields__["base_template"].default:
        drawn = _DRAWN if request.endpoint == f"{NAME}.joint" else ""
        response.headers.setdefault("Content-Security-Policy", _POLICY + drawn)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint not in (f"{NAME}.static", well_known.ENDPOINT, chart_live.ENDPOINT):
        response.headers["Cache-Control"] = "no-store"
    return response


@allow(*TEAM)
def _absent(anything: str) -> Response:
    """Answer an address of ours that is none as one that is not open to the viewer: neither tells which it is."""
    raise UnknownPatient(anything)


@allow_everyone
def _static(filename: str) -> Response:
    return send_from_directory(_STATIC, filename, max_age=31_536_000 if request.args.get("v") else None)


def _asset(filename: str) -> str:
    mark = sha256((_STATIC / filename).read_bytes()).hexdigest()[:10]
    return url_for(f"{NAME}.static", filename=filename, v=mark)


def _at_hand() -> dict[str, object]:
    """Give every template of ours the same few words; the host's templates do not see them."""
    return {
        "_": gettext,
        "ngettext": ngettext,
        "day": day,
        "born": born,
        "recorded": recorded,
        "as_told": as_told,
        "error_words": error_words,
        "instant": lambda value: instant(value, room().zone()),
        "number": number,
        "multiple": multiple,
        "degrees": degrees,
        "language": language,
        "languages": LANGUAGES if may_choose() else {},
        "theme": look.theme,
        "themes": look.themes,
        "here": look.here,
        "slug": slug,
        "asset": _asset,
        "chart_script_address": chart_live.chart_script_address,
        "navigation": navigation,
        "evidence_address": evidence_address,
        "csrf_value": token,
        "csrf_name": token_field,
        "options": room().options,
        "frame": room().options.base_template,
        "viewer": g.get("horehab_viewer"),
        **{speak.__name__: speak for speak in _WORDS},
    }


def navigation() -> list[tuple[str, str]]:
    """List the pages of the head of each page; the audit trail for those who may open it."""
    pages = [
        (f"{NAME}.caseload", gettext("Caseload")),
        (f"{NAME}.reminders", gettext("Reminders")),
        (f"{NAME}.conflicts", gettext("Conflicts")),
        (f"{NAME}.quality", gettext("Data quality")),
    ]
    asked_by = g.get("horehab_viewer")
    return [*pages, (f"{NAME}.audit", gettext("Audit"))] if asked_by and asked_by.role is Role.INTEGRATOR else pages


def evidence_address(reference: str) -> str:
    """Say where a resource stands in the EHR, "" for what is not there yet."""
    address = room().options.ehr_address
    kind, _, rest = reference.partition("/")
    return f"{address}/{reference.partition('#')[0]}" if address and kind.isalpha() and rest else ""
