"""The caseload: who needs somebody next, and why; search, filters, counts, one tap to log."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from horehab.domain.joints import WATCHED_JOINTS
from horehab.domain.need import blind_spots
from horehab.domain.suspicion import Reason, Tier, Verdict
from horehab.usecases.exchange import CaseloadPage, CaseloadQuery, CaseloadRow
from horehab.web.access import TEAM, allow
from horehab.web.language import gettext as _
from horehab.web.language import ngettext
from horehab.web.options import Viewer, everyone
from horehab.web.room import room, viewer
from horehab.web.sealed import sealed, unsealed
from horehab.web.words import TIER_MARKS, TIER_ORDER, place_word, reason_word

_LONGEST_SEARCH = 100
_MOST_LOOKS = 20  # pages of the store read for one page shown: 1,000 patients
_LONGEST_KEY = 300
_LONG_AGO = 7  # days without a measurement before the row says so as a gap (weekly in rehabilitation, clinical.md 6)


def add_to(pages: Blueprint) -> None:
    """Add the caseload to our pages."""
    pages.add_url_rule("/", "caseload", caseload)
    pages.add_url_rule("/find", "find", find, methods=["POST"])


@allow(*TEAM)
def caseload() -> str:
    """Show one page of the patients whom this viewer may see."""
    asked_by, ports, options = viewer(), room().ports(), room().options
    query, today = _query(request.args), ports.clock.today()
    found = visible_page(asked_by, query)
    ports.logbook.audit(who=asked_by.name, what="read caseload", patient=None, now=ports.clock.now())
    return render_template(
        "horehab/caseload.html",
        query=query,
        page=found,
        is_counted=options.may_see is everyone,
        wards=choices(found, "ward", query.ward),
        therapists=therapists(asked_by, found, query.therapist),
        narrowed=narrowed,
        tiers=TIER_ORDER,
        marks=TIER_MARKS,
        joints=WATCHED_JOINTS,
        shown=shown_places,
        why=lambda row: why(row, today),
        gaps=lambda row: gaps(row, today),
        unmeasured_days=lambda row: unmeasured_days(row, today),
    )


@allow(*TEAM)
def find() -> Response:
    """Look for patients by name or record number: what was typed stands sealed in the address that follows."""
    return redirect(narrowed(_query(request.form)), 303)


def visible_page(asked_by: Viewer, query: CaseloadQuery) -> CaseloadPage:
    """Fill one page with patients whom this viewer may see, however many others stand between them.

    A page that is not full although more patients come has its `next`: who sees few of very many goes on there.
    """
    options, logbook = room().options, room().ports().logbook
    rows: list[CaseloadRow] = []
    found = CaseloadPage(rows=(), counts={}, next=query.after)
    for _look in range(_MOST_LOOKS):
        found = logbook.caseload(replace(query, after=found.next, limit=query.limit - len(rows)))
        rows += [row for row in found.rows if options.may_see(asked_by, row.patient.reference)]
        if found.next is None or len(rows) == query.limit:
            break
    return replace(found, rows=tuple(rows))


def narrowed(query: CaseloadQuery, **otherwise: str | None) -> str:
    """Give the address of the caseload narrowed as now, but for what is said otherwise; of its first page.

    Whom somebody looks for, and after whom a page begins, are names: they stand sealed in it.
    """
    if after := otherwise.get("after"):
        otherwise["after"] = sealed(after)
    kept: dict[str, Any] = {
        "found": sealed(query.text) if query.text else None,
        "tier": query.tier.value if query.tier else None,
        "joint": query.joint,
        "ward": query.ward,
        "therapist": query.therapist,
    }
    return url_for("horehab.caseload", **(kept | otherwise))


def therapists(asked_by: Viewer, page: CaseloadPage, chosen: str | None) -> dict[str, str]:
    """List by whom patients were seen last, whoever asks first and as such."""
    found = choices(page, "therapist", chosen)
    mine = {asked_by.signature: _("you")} if asked_by.signature in found else {}
    return {**mine, **{key: name for key, name in found.items() if key not in mine}}


def choices(page: CaseloadPage, what: str, chosen: str | None) -> dict[str, str]:
    """List the wards or therapists of patients whom this viewer may see, key -> name.

    Where a host says who sees whom, those of the patients on this page: of others nothing is told, not even where
    they lie. What was chosen stays chosen, whether or not anybody is there.
    """
    if room().options.may_see is everyone:
        found = dict(page.wards if what == "ward" else page.therapists)
    else:
        seen = (row.ward if what == "ward" else row.therapist for row in page.rows)
        found = dict(sorted({pair for pair in seen if pair[0]}, key=lambda pair: pair[1].casefold()))
    return found if chosen is None or chosen in found else {**found, chosen: chosen}


def why(row: CaseloadRow, today: date) -> Iterator[tuple[str, bool]]:
    """Say why a patient stands before others of the same tier, the strongest reason first, and whether it presses."""
    need = row.need
    if need.is_flagged:
        yield _("Red flag of the nerve"), True
    if need.waits_for_review:
        yield _("Waits for review"), False
    if need.grade:
        yield _("Grade %(strength)s of 5", strength=need.grade), False
    if need.overdue_since and need.overdue_since < today:
        days = (today - need.overdue_since).days
        yield ngettext("Measurement overdue by %(num)d day", "Measurement overdue by %(num)d days", days), True
    if need.tier is Tier.CANNOT_JUDGE and (spots := len(blind_spots(row.verdicts))):
        yield ngettext("%(num)d blind spot", "%(num)d blind spots", spots), False


def shown_places(row: CaseloadRow) -> list[Verdict]:
    """Pick the joints that a row names: those suspected or watched, the strongest first."""
    named = [v for v in row.verdicts if v.tier in (Tier.SUSPECT, Tier.WATCH)]
    return sorted(named, key=lambda v: (v.tier is not Tier.SUSPECT, -v.strength))


def unmeasured_days(row: CaseloadRow, today: date) -> int | None:
    """Say for how many days no joint was measured, once that is long; None before, and where none ever was."""
    days = (today - row.last_measured).days if row.last_measured else 0
    return days if days > _LONG_AGO else None


def gaps(row: CaseloadRow, today: date) -> list[str]:
    """Name the joints of which less is known than of the rest: never measured, or not for longer."""
    if row.last_measured is None:
        return [_("No joint measured yet")]
    since = (today - row.last_measured).days
    found = ((verdict.place, _gap(verdict, since)) for verdict in row.verdicts)
    return [_("%(place)s: %(gap)s", place=place_word(place), gap=gap) for place, gap in found if gap]


def _gap(verdict: Verdict, since: int) -> str:
    """Say what is not known of a joint beyond what holds for all of them; empty for nothing."""
    if _reason(verdict, "no-passive-reading"):
        return _("never measured passively")
    lately = _reason(verdict, "not-measured-lately")
    days = lately.figure("days") if lately else 0
    if isinstance(days, int | float) and days > since:
        return ngettext("not for %(num)d day", "not for %(num)d days", int(days))
    judged = verdict.tier is not Tier.CANNOT_JUDGE or lately is not None
    return "" if judged or not verdict.missing else reason_word(verdict.missing[0]).lower()


def _reason(verdict: Verdict, code: str) -> Reason | None:
    return next((reason for reason in verdict.missing if reason.code == code), None)


def _query(given: Mapping[str, str]) -> CaseloadQuery:
    """Read the filters from an address or a form; one that is none is left out.

    `text` as it is may be typed into an address too, such as a record number that the EHR links to.
    """
    tiers = {tier.value: tier for tier in Tier}
    joints = {joint.value for joint in WATCHED_JOINTS}
    joint, found, after = given.get("joint", ""), given.get("found"), given.get("after")
    return CaseloadQuery(
        text=(unsealed(found, field="found") if found else given.get("text", "")).strip()[:_LONGEST_SEARCH],
        tier=tiers.get(given.get("tier", "")),
        joint=joint if joint in joints else None,
        ward=given.get("ward", "")[:_LONGEST_KEY] or None,
        therapist=given.get("therapist", "")[:_LONGEST_KEY] or None,
        after=unsealed(after, field="after") if after else None,
    )
