"""A suspicion: its sentence, why and why not, what is missing, what else it could be, and a person's decision."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from horehab.detection.further import most_telling
from horehab.domain.entries import Decision
from horehab.domain.imaging import ImagingKind
from horehab.domain.input_quality import input_quality
from horehab.domain.joints import JointSide
from horehab.domain.record import ChartedOssification, PatientRecord
from horehab.domain.suspicion import Reason, Tier, Verdict
from horehab.errors import FormRefused, InputError
from horehab.usecases.decide_suspicion import DecisionForm, decide_suspicion
from horehab.usecases.exchange import OutboxRow
from horehab.usecases.rest_suspicion import REST_DAYS, RestForm, rest_suspicion
from horehab.web.access import CARE, TEAM, allow
from horehab.web.evidence import Entry, cited_facts, evidence_entries
from horehab.web.findings import finding_at, findings
from horehab.web.imaging_form import imaging_in, imaging_words, kind_word, reports_of, unconfirmed
from horehab.web.language import gettext as _
from horehab.web.options import Role
from horehab.web.room import OpenPatient, open_patient, place_of, room, slug, viewer
from horehab.web.session_page import Refusal, refusal
from horehab.web.speech import told_in_lines
from horehab.web.words import TIER_MARKS

_ONLY_PHYSICIAN = (Decision.CONFIRM, Decision.REFUTE)
_LONGEST_TEXT = 2000


def add_to(pages: Blueprint) -> None:
    """Add the suspicion's page and its decisions to our pages."""
    pages.add_url_rule("/patients/<key>/suspicions/<place>", "suspicion", suspicion)
    pages.add_url_rule("/patients/<key>/suspicions/<place>/decide", "decide", decide, methods=["POST"])
    pages.add_url_rule("/patients/<key>/suspicions/<place>/rest", "rest", rest, methods=["POST"])


@allow(*TEAM)
def suspicion(key: str, place: str) -> str:
    """Show what is suspected in one joint and on what evidence."""
    where = place_of(place, key)
    return _page(open_patient(key, what=f"read suspicion {slug(where)}"), where, {})


@allow(*CARE)
def decide(key: str, place: str) -> Response | tuple[str, int]:
    """Take a person's decision about a suspicion."""
    where = place_of(place, key)
    opened = open_patient(key, what=f"decided suspicion {slug(where)}")
    typed = dict(request.form)
    refusals, is_new = _decided(opened, where, typed)
    if refusals:
        return _page(opened, where, typed, refusals), 422
    words = _("Decided. The decision goes to the EHR and overwrites nobody's.")
    flash(words if is_new else _("This decision was saved already."), "horehab")
    return redirect(url_for("horehab.suspicion", key=key, place=slug(where)), code=303)


@allow(*CARE)
def rest(key: str, place: str) -> Response | tuple[str, int]:
    """Let a suspicion rest for some days; kept here only."""
    where = place_of(place, key)
    opened = open_patient(key, what=f"put suspicion off {slug(where)}")
    typed = dict(request.form)
    form = RestForm(
        token=typed.get("token", ""),
        patient=opened.reference,
        place=where,
        days=typed.get("days", ""),
        reason=typed.get("rest_reason", ""),
        who=viewer().name,
    )
    try:
        rest_suspicion(room().ports(), form)
    except InputError as error:
        return _page(opened, where, typed, (refusal(error),)), 422
    flash(_("Put off. It stays suspected, and new evidence is judged as ever."), "horehab")
    return redirect(url_for("horehab.suspicion", key=key, place=slug(where)), code=303)


def _decided(opened: OpenPatient, where: JointSide, typed: dict[str, str]) -> tuple[tuple[Refusal, ...], bool]:
    """Commit a decision, unless something in it is wrong or surprising; says what is, and whether it is new."""
    try:
        form = _form(opened, where, typed)
        asked = unconfirmed(form.imaging, typed, opened.record) if form.imaging else ()
        for question in asked:
            typed[question.field] = str(question.value)  # the day of the report, where none was typed
        if asked:
            return tuple(replace(refusal(question), is_question=True) for question in asked), False
        return (), decide_suspicion(room().ports(), form)
    except FormRefused as refused:
        return tuple(map(refusal, refused.errors)), False
    except InputError as error:
        return (refusal(error),), False


def _form(opened: OpenPatient, where: JointSide, typed: dict[str, str]) -> DecisionForm:
    asked_by = viewer()
    try:
        decision = Decision(typed.get("decision", ""))
    except ValueError:
        value = typed.get("decision")
        remedy = _("Choose one of the list.")
        raise InputError(_("Nothing was decided."), field="decision", value=value, remedy=remedy) from None
    reason = typed.get("reason", "")
    if len(reason) > _LONGEST_TEXT:
        said = _("This text is longer than %(most)s characters.", most=_LONGEST_TEXT)
        raise InputError(said, field="reason", value=len(reason), remedy=_("Shorten it."))
    may_cite = decision in _ONLY_PHYSICIAN and asked_by.role is Role.PHYSICIAN
    return DecisionForm(
        token=typed.get("token", ""),
        patient=opened.reference,
        place=where,
        decision=decision,
        reason=reason,
        by=asked_by.signature,
        role=asked_by.role.value,
        imaging=imaging_in(typed) if may_cite else None,
    )


def _page(opened: OpenPatient, where: JointSide, typed: dict[str, str], refusals: tuple[Refusal, ...] = ()) -> str:
    ports, record, today = room().ports(), opened.record, room().today()
    finding = finding_at(findings(record, ports.rules, today), where)
    verdict, charted = finding.verdict, _charted(record, where)
    decisions = [d for d in ports.logbook.decisions(opened.reference) if d.place == where]
    return render_template(
        "horehab/suspicion.html",
        key=opened.key,
        patient=record.patient,
        place=where,
        verdict=verdict,
        told=told_in_lines(verdict) if verdict else (),
        of_before=finding.figures_of,
        charted=charted,
        decisions=decisions,
        waiting=_waiting(ports.logbook.outbox(patient=opened.reference), where),
        choices=_choices(),
        is_decidable=_is_decidable(verdict, charted),
        further=most_telling(record, ports.rules, today, where) if verdict else None,
        cited=partial(_cited, record),
        quality=input_quality(
            record, ports.rules, [row.code for row in ports.logbook.set_aside(patient=opened.reference)]
        ),
        rests=[rest for rest in ports.logbook.bedside.snoozes(opened.reference) if rest.place == where],
        rest_days=REST_DAYS,
        today=today,
        changes=what_would_change(verdict) if verdict else (),
        evidence=evidence_entries(record, evidence_of(verdict, charted)),
        marks=TIER_MARKS,
        typed={"token": room().options.new_id(), **typed},
        refusals=refusals,
        refused={refusal.field: refusal for refusal in refusals},
        kinds=ImagingKind,
        kind_word=kind_word,
        reports=reports_of(record),
        imaging_words=imaging_words,
    )


def _cited(record: PatientRecord, reason: Reason) -> list[Entry]:
    return cited_facts(record, reason.references)


def _choices() -> tuple[Decision, ...]:
    """List what this viewer may decide: confirming and refuting is a physician's, citing imaging."""
    is_physician = viewer().role is Role.PHYSICIAN
    return tuple(d for d in Decision if is_physician or d not in _ONLY_PHYSICIAN)


def _is_decidable(verdict: Verdict | None, charted: Iterable[ChartedOssification]) -> bool:
    may = viewer().role in CARE
    is_suspected = verdict is not None and verdict.tier is Tier.SUSPECT
    return may and (is_suspected or any(o.is_ours and o.is_active for o in charted))


def _charted(record: PatientRecord, where: JointSide) -> list[ChartedOssification]:
    return [o for o in record.ossifications if (o.joint, o.side) == (where.joint, where.side)]


def _waiting(rows: Iterable[OutboxRow], where: JointSide) -> list[OutboxRow]:
    """List what waits for the EHR about this joint's suspicion."""
    return [row for row in rows if getattr(row.entry, "place", None) == where]


def evidence_of(verdict: Verdict | None, charted: Iterable[ChartedOssification]) -> tuple[str, ...]:
    """List each resource that the verdict, or the suspicion in the chart, rests on, once."""
    cited = {reference for o in charted if o.is_ours for reference in o.evidence}
    return tuple(sorted(cited | set(verdict.evidence if verdict else ())))


def what_would_change(verdict: Verdict) -> tuple[str, ...]:
    """Say what would change the verdict: what is missing, and what people alone may do."""
    said = []
    if verdict.tier in (Tier.SUSPECT, Tier.WATCH):
        said.append(_("Motion won back beyond measurement error in two visits in a row speaks against it."))
        said.append(_("Only imaging that a physician cites confirms or refutes it."))
    if _has(verdict.missing, "pain-not-rated"):
        said.append(_("A pain rating at this joint could support it."))
    if _has(verdict.missing, "no-passive-reading") or _has(verdict.missing, "no-earlier-reading"):
        said.append(_("A passive measurement of this joint makes a comparison possible."))
    return tuple(said)


def _has(reasons: Iterable[Reason], code: str) -> bool:
    return any(reason.code == code for reason in reasons)
