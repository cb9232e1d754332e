"""Codes of the hospital's own: which are not read and whom that concerns, and a form that says what one means."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from horehab.domain.joints import Joint, Motion, Side
from horehab.domain.laboratory import Analyte
from horehab.domain.local_code import MODES, CodeMeaning, LocalCode, meaning_of, names_of
from horehab.domain.signs import SignKind
from horehab.errors import InputError, UnknownPatient
from horehab.usecases.local_codes import CodeMapping, CodeToMap
from horehab.usecases.map_code import Contradiction, contradictions, forget_code, map_codes
from horehab.web.access import TEAM, allow
from horehab.web.code_words import done_word
from horehab.web.language import gettext as _
from horehab.web.options import Role
from horehab.web.room import room, viewer

MAPPING = (Role.PHYSICIAN, Role.INTEGRATOR)
"""Who may say what a code means: who answers for the reading of it, and who knows the EHR."""
_RANGE = "motion"
_SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeRow:
    """A code on a page: its name in addresses, what is known of it, and what was said of it, if it was."""

    key: str
    local: LocalCode
    unread: CodeToMap | None = None
    mapping: CodeMapping | None = None
    contradiction: Contradiction | None = None
    is_whole: bool = True

    @property
    def offered(self) -> CodeMeaning | None:
        """What the words of the code suggest."""
        return meaning_of(self.unread.offered) if self.unread and self.unread.offered else None


def add_to(pages: Blueprint) -> None:
    """Add the form of a code to our pages."""
    pages.add_url_rule("/quality/codes/<key>", "code", code)
    pages.add_url_rule("/quality/codes/<key>/map", "map_code", map_one, methods=["POST"])
    pages.add_url_rule("/quality/codes/<key>/forget", "forget_code", forget_one, methods=["POST"])


@allow(*TEAM)
def code(key: str) -> str:
    """Show what is known of one code, and ask what it means."""
    ports, row = room().ports(), _row(key)
    ports.logbook.audit(who=viewer().name, what=f"read code {row.local}", patient=None, now=ports.clock.now())
    return _page(row, {}, None)


@allow(*MAPPING)
def map_one(key: str) -> Response | tuple[str, int]:
    """Take what a person says that a code means, and read again what bears it."""
    row, typed = _row(key), dict(request.form)
    try:
        says = _meaning(typed)
        done = map_codes(room().ports(), [(row.local, says)], who=viewer().name)
    except InputError as error:
        return _page(row, typed, error), 422
    flash(done_word(row.local, says, done), "horehab")
    return redirect(url_for("horehab.quality", _anchor="codes"), code=303)


@allow(*MAPPING)
def forget_one(key: str) -> Response | tuple[str, int]:
    """Take back what a person said of a code."""
    row = _row(key)
    try:
        done = forget_code(room().ports(), row.local, who=viewer().name)
    except InputError as error:
        return _page(row, {}, error), 422
    flash(done_word(row.local, None, done), "horehab")
    return redirect(url_for("horehab.quality", _anchor="codes"), code=303)


def unread_rows() -> list[CodeRow]:
    """List the codes that are not read, as far as they concern patients whom the viewer may see."""
    may_see, asked_by, ports = room().options.may_see, viewer(), room().ports()
    said = {each.local: each for each in ports.logbook.codes.mappings()}
    others = {each.local: each for each in contradictions(ports)}
    rows = []
    for each in ports.logbook.codes.to_map():
        seen = tuple(patient for patient in each.patients if may_see(asked_by, patient))
        if not seen:
            continue
        unmeasured = tuple(patient for patient in each.unmeasured if patient in seen)
        narrowed = replace(each, patients=seen, unmeasured=unmeasured)
        rows.append(
            CodeRow(
                key=key_of(each.local), local=each.local, unread=narrowed, mapping=said.get(each.local),
                contradiction=others.get(each.local), is_whole=len(seen) == len(each.patients),
            )
        )  # fmt: skip
    return rows


def mapped_rows() -> list[CodeRow]:
    """List what people said that codes mean."""
    ports = room().ports()
    others = {each.local: each for each in contradictions(ports)}
    return [
        CodeRow(key=key_of(each.local), local=each.local, mapping=each, contradiction=others.get(each.local))
        for each in ports.logbook.codes.mappings()
    ]


def key_of(local: LocalCode) -> str:
    """Name a code in addresses, which must not hold words of the chart."""
    return sha256(f"{local.system}\x1f{local.code}".encode("utf-8", "replace")).hexdigest()[:24]


def _row(key: str) -> CodeRow:
    found = next((row for row in (*unread_rows(), *mapped_rows()) if row.key == key), None)
    if found is None:
        raise UnknownPatient(key)  # a code that is not there answers as one that concerns nobody whom they may see
    return found


def _meaning(typed: Mapping[str, str]) -> CodeMeaning:
    """Put the choices together; what the chosen kind does not have is left out, as the form hides it."""
    what = typed.get("what", "")
    names = {_RANGE: ("joint", "motion", "mode", "side"), "nothing": ()}
    blood = names_of(Analyte)
    parts = () if what in blood else names.get(what, ("joint", "side"))
    chosen = [typed.get(name, "") for name in parts if typed.get(name)]
    words = "-".join(([] if what == _RANGE else [what]) + chosen)
    if not words:
        raise InputError(
            _("Nothing was chosen."), field="joint", remedy=_("Choose a joint, a motion, a side or a mode.")
        )
    return meaning_of(words, field=_("The meaning"))


def _page(row: CodeRow, typed: Mapping[str, str], error: InputError | None) -> str:
    return render_template(
        "horehab/code.html",
        row=row,
        patients=_patients(row),
        may_map=viewer().role in MAPPING,
        typed=typed or _prefilled(row),
        error=error,
        joints=tuple(Joint),
        motions=tuple(Motion),
        modes=MODES,
        sides=tuple(Side),
        signs=tuple(SignKind),
        bloods=tuple(Analyte),
        name_of=lambda value: names_of([value])[0],
    )


def _prefilled(row: CodeRow) -> dict[str, str]:
    """Begin with what was said before, else with what the words of the code suggest."""
    says = row.mapping.meaning if row.mapping else row.offered
    if says is None:
        return {"what": _RANGE}
    subject = says.sign or says.analyte
    what = "nothing" if says.is_nothing else "pain" if says.is_pain else names_of([subject])[0] if subject else _RANGE
    parts = {"joint": says.joint, "motion": says.motion, "mode": says.mode, "side": says.side}
    return {"what": what, **{name: names_of([part])[0] for name, part in parts.items() if part}}


def _patients(row: CodeRow) -> list[tuple[str, str | None, bool]]:
    """Give key and name of the patients concerned, and whether no other reading is known of them: those first."""
    if row.unread is None:
        return []
    logbook = room().ports().logbook
    first = (*row.unread.unmeasured, *(each for each in row.unread.patients if each not in row.unread.unmeasured))
    return [
        (logbook.key_of(each), logbook.record(each).patient.name, each in row.unread.unmeasured)
        for each in first[:_SHOWN]
    ]
