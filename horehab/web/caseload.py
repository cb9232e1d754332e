"""The caseload: who needs somebody next, by need, then by name; search, filters, counts, and one tap to log."""

from datetime import date

from flask import Blueprint, render_template, request

from horehab.domain.joints import WATCHED_JOINTS
from horehab.domain.suspicion import Tier, Verdict
from horehab.usecases.exchange import CaseloadQuery, CaseloadRow
from horehab.web.access import TEAM, allow
from horehab.web.language import gettext as _
from horehab.web.language import ngettext
from horehab.web.room import room, viewer
from horehab.web.words import TIER_MARKS, TIER_ORDER, place_word

_LONGEST_SEARCH = 100
_LONG_AGO = 7  # days without a measurement before the row says so as a gap (weekly in rehabilitation, clinical.md 6)


def add_to(pages: Blueprint) -> None:
    """Add the caseload to our pages."""
    pages.add_url_rule("/", "caseload", caseload)


@allow(*TEAM)
def caseload() -> str:
    """Show one page of the patients whom this viewer may see."""
    asked_by, ports, options = viewer(), room().ports(), room().options
    query = _query()
    found = ports.logbook.caseload(query)
    ports.logbook.audit(who=asked_by.name, what="read caseload", patient=None, now=ports.clock.now())
    return render_template(
        "horehab/caseload.html",
        query=query,
        rows=[row for row in found.rows if options.may_see(asked_by, row.patient.reference)],
        page=found,
        tiers=TIER_ORDER,
        marks=TIER_MARKS,
        joints=WATCHED_JOINTS,
        shown=shown_places,
        gaps=lambda row: gaps(row, ports.clock.today()),
    )


def shown_places(row: CaseloadRow) -> list[Verdict]:
    """Pick the joints that a row names: those suspected or watched, the strongest first."""
    named = [v for v in row.verdicts if v.tier in (Tier.SUSPECT, Tier.WATCH)]
    return sorted(named, key=lambda v: (v.tier is not Tier.SUSPECT, -v.strength))


def gaps(row: CaseloadRow, today: date) -> list[str]:
    """Say what is not known of a patient: joints that cannot be judged, and a last measurement long ago."""
    blind = [v.place for v in row.verdicts if v.tier is Tier.CANNOT_JUDGE]
    said = []
    if row.last_measured is None:
        return [_("No joint measured yet")]
    days = (today - row.last_measured).days
    if days > _LONG_AGO:
        said.append(ngettext("%(num)d day without a measurement", "%(num)d days without a measurement", days))
    if len(blind) > 2:  # noqa: PLR2004  # two fit on the line
        said.append(ngettext("%(num)d joint cannot be judged", "%(num)d joints cannot be judged", len(blind)))
    elif blind:
        said.append(_("Cannot judge: %(places)s", places=", ".join(place_word(place).lower() for place in blind)))
    return said


def _query() -> CaseloadQuery:
    """Read the filters from the address; one that is none is left out."""
    tiers = {tier.value: tier for tier in Tier}
    joints = {joint.value for joint in WATCHED_JOINTS}
    joint = request.args.get("joint", "")
    return CaseloadQuery(
        text=request.args.get("text", "").strip()[:_LONGEST_SEARCH],
        tier=tiers.get(request.args.get("tier", "")),
        joint=joint if joint in joints else None,
        after=request.args.get("after") or None,
    )
