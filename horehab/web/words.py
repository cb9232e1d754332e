"""The ward's words for what the domain calls by name, in the reader's language."""

import re
from collections import defaultdict
from datetime import date
from enum import Enum

from horehab.domain.amendment import AmendmentEntry
from horehab.domain.entries import (
    ChartEntry,
    Decision,
    DecisionEntry,
    MeasurementEntry,
    ReasonsEntry,
    SessionEntry,
    SuspicionEntry,
    TaskEntry,
)
from horehab.domain.joints import JointSide
from horehab.domain.message import MessageEntry, MessageRequestEntry
from horehab.domain.reminder import ReminderRule
from horehab.domain.signs import SignKind
from horehab.domain.suspicion import Figure, Reason, Tier
from horehab.domain.wording import DIFFERENTIALS, OPTIONS, STRENGTHS, TEMPLATES
from horehab.web.language import day, number
from horehab.web.language import gettext as _

TIER_MARKS = {Tier.SUSPECT: "▲", Tier.WATCH: "◆", Tier.CANNOT_JUDGE: "○", Tier.QUIET: "●"}
"""A shape beside each colour, so that colour never stands alone."""

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
TIER_ORDER = (Tier.SUSPECT, Tier.WATCH, Tier.CANNOT_JUDGE, Tier.QUIET)


def word(value: object) -> str:
    """Say an enumerated value, a place or a plain text as the ward does."""
    if isinstance(value, Tier):
        return tier_word(value)
    if isinstance(value, Enum):
        return figure_word(str(value.value))
    if isinstance(value, JointSide):
        return place_word(value)
    return str(value)


_SPOKEN = {
    "passive-mobilization": "passive mobilization",
    "active-exercise": "active exercise",
    "sitting-standing": "sitting and standing",
    "not-done": "not done",
    "icu stay": "ICU stay",
    "ecmo": "ECMO",
    "covid-19": "COVID-19",
    "entered-in-error": "entered in error",
    "movement": "on movement",
    "rest": "at rest",
    "end range": "at end range",
    "unspecified": "occasion not said",
}
"""Names that read otherwise than the domain writes them."""


def tier_word(tier: Tier) -> str:
    """Name a tier; never as normal, and never as the absence of ossification."""
    match tier:
        case Tier.SUSPECT:
            return _("Suspected")
        case Tier.WATCH:
            return _("Watch")
        case Tier.QUIET:
            return _("No loss seen")
        case Tier.CANNOT_JUDGE:
            return _("Cannot judge")


def strength_word(strength: int) -> str:
    """Say a strength of 0 to 5 in words: a grade, never a likelihood."""
    return _(STRENGTHS[strength])


def place_word(place: JointSide) -> str:
    """Name a joint of one side: "Left hip"."""
    return _(str(place)).capitalize()


def sign_word(kind: SignKind) -> str:
    """Name a bedside sign as it is said at the bedside."""
    return {
        SignKind.STRAIGHT_LEG_RAISE: _("Lasègue positive"),
        SignKind.LEG_WEAKNESS: _("New weakness"),
        SignKind.SENSORY_LOSS: _("Sensory loss"),
        SignKind.FIRM_END_FEEL: _("Firm end-feel"),
        SignKind.SWELLING: _("Swelling"),
        SignKind.WARMTH: _("Warmth"),
        SignKind.FEVER: _("Fever"),
    }[kind]


def rule_word(rule: ReminderRule) -> str:
    """Say what a reminder asks for."""
    return {
        ReminderRule.MEASURE_ROM: _("Measure range of motion"),
        ReminderRule.LOG_SESSION: _("Log a session"),
        ReminderRule.FOLLOW_UP_VISIT: _("Follow-up visit"),
        ReminderRule.REPEAT_IMAGING: _("Consider repeating imaging"),
        ReminderRule.REVIEW_SUSPICION: _("Review a suspicion"),
        ReminderRule.APPOINTMENT: _("Appointment"),
        ReminderRule.NON_ATTENDANCE: _("Missed appointment"),
        ReminderRule.DIGEST: _("Daily summary of what waits"),
    }[rule]


def way_word(name: str) -> str:
    """Say to whom, or by which way, a reminder goes; who is called by name keeps it."""
    return {
        "team": _("the team"),
        "lead": _("the lead"),
        "patient": _("the patient"),
        "task": _("task in the EHR"),
        "email": _("e-mail"),
        "sms": _("text message"),
        "message": _("message"),
        "call": _("telephone"),
        "ehr": _("task in the EHR"),
        "letter": _("letter"),
        "webhook": _("webhook"),
    }.get(name, name)


def entry_word(entry: ChartEntry) -> str:
    """Say what an entry on its way to the EHR is."""
    match entry:
        case SuspicionEntry():
            words = _("Suspicion withdrawn") if entry.is_withdrawn else _("Suspicion")
            return _pair(words, place_word(entry.place))
        case DecisionEntry():
            return _pair(_("Decision"), f"{place_word(entry.place)}, {decision_word(entry.decision)}")
        case SessionEntry():
            return _pair(_("Session"), f"{word(entry.session.kind)}, {day(entry.session.when.day)}")
        case ReasonsEntry() | MeasurementEntry() | AmendmentEntry():
            return {
                ReasonsEntry: _("Reasons of a suspicion"),
                MeasurementEntry: _("Measurement"),
                AmendmentEntry: _("Who changed a session, and why"),
            }[type(entry)]
        case TaskEntry():
            return _pair(_("Task"), rule_word(entry.rule))
        case MessageEntry() | MessageRequestEntry():
            return _("Message to the patient")


def _pair(what: str, which: str) -> str:
    """Put two words together as the reader's language puts a colon."""
    return _("%(place)s: %(gap)s", place=what, gap=which)


def decision_word(decision: Decision) -> str:
    """Say what a person decided."""
    return {
        Decision.ACCEPT: _("accepted as suspected"),
        Decision.DISMISS: _("dismissed"),
        Decision.CONFIRM: _("confirmed by imaging"),
        Decision.REFUTE: _("refuted by imaging"),
    }[decision]


def state_word(state: str) -> str:
    """Say how an entry on its way to the EHR stands."""
    return {
        "waiting": _("waiting"),
        "conflict": _("a person must look: the EHR holds something else"),
        "refused": _("refused by the EHR"),
        "done": _("in the EHR"),
        "kept": _("not written: a person left the EHR as it is"),
        "replaced": _("replaced by a later one"),
    }.get(state, state)


def reason_word(reason: Reason) -> str:
    """Say a reason of a verdict in the reader's language, with its figures, as a line of its own."""
    return capital(reason_said(reason))


def reason_said(reason: Reason) -> str:
    """Say a reason of a verdict in the reader's language, with its figures, as a part of a sentence."""
    template = _(TEMPLATES[reason.code]) if reason.code in TEMPLATES else reason.code
    figures = defaultdict(lambda: "?", {name: _figure(name, value) for name, value in reason.figures})
    return typeset(template.format_map(figures))


def typeset(text: str) -> str:
    """Write arrows, degrees and multiples with their signs."""
    for plain, sign in (
        (" deg", "°"),
        (" -> ", " → "),
        ("x its limit", "\N{MULTIPLICATION SIGN} its limit"),
        ("icu stay", "ICU stay"),
    ):
        text = text.replace(plain, sign)
    return text


def _figure(name: str, value: Figure) -> str:
    """Write a figure as the reader does: days and numbers by locale, tiers, motions and modes by their names."""
    if name.endswith("_tier"):
        return tier_word(Tier(value)).lower()
    if name == "motions":
        return ", ".join(map(figure_word, str(value).split(", ")))
    if isinstance(value, str) and _DAY.fullmatch(value):
        return day(date.fromisoformat(value))
    return figure_word(value)


def figure_word(value: Figure) -> str:
    """Write a number by locale, with a true minus, or say a word of the record."""
    if isinstance(value, str):
        return _(_SPOKEN.get(value, value)) if value else ""
    return number(value, 2).replace("-", "\N{MINUS SIGN}")


_SOURCES = {
    "analogy": "analogy",
    "memory": "not verified",
    "fadavis": "F. A. Davis",
    "heelrise": "heel-rise study",
    "aclstudy": "ACL study",
    "wrist": "wrist study",
    "dewinter": "de Winter",
}


def source_word(source: str) -> str:
    """Say where a number was published: authors by their names, an analogy as such."""
    keys = [key.strip() for key in source.split(";") if key.strip()]
    return ", ".join(_(_SOURCES.get(key, key.capitalize())) for key in keys)


def option_word(code: str) -> str:
    """Say a next step to consider."""
    return capital(_(OPTIONS.get(code, code)))


def differential_word(code: str) -> str:
    """Say what else it could be."""
    return capital(_(DIFFERENTIALS.get(code, code)))


def capital(text: str) -> str:
    """Begin a line with a capital, leaving the rest as it is."""
    return text[:1].upper() + text[1:]
