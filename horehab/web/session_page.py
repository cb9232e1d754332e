"""The page of a session: the form with last values beside each field, what is refused in it, and what was typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import render_template, request

from horehab.domain.joints import MOTIONS, Joint, JointSide, Side
from horehab.domain.record import PatientRecord
from horehab.domain.session import SessionKind, SessionStatus
from horehab.domain.signs import SignKind
from horehab.errors import InputError
from horehab.usecases.bedside import Draft
from horehab.usecases.logged_sessions import LoggedSession
from horehab.web.access import token_field
from horehab.web.language import gettext as _
from horehab.web.last_values import last_angles, last_doses, last_pains, without
from horehab.web.recorded import error_words
from horehab.web.room import OpenPatient
from horehab.web.session_fields import (
    MEASURED_MODES,
    OCCASIONS,
    Typed,
    angle_field,
    pain_field,
    sign_field,
    signs_of,
)

MOBILITY_LEVELS = (
    "nothing", "exercises in bed", "passively moved to chair", "sitting over edge of bed", "standing",
    "transferring bed to chair", "marching on the spot", "walking with 2 or more people", "walking with 1 person",
    "walking with an aid", "walking without aid",
)  # fmt: skip
"""The levels of the ICU Mobility Scale, 0 to 10 (clinical.md section 6)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What is wrong with a field, or asked about it, and where on the page it is said."""

    field: str
    words: str
    is_question: bool = False

    @property
    def anchor(self) -> str:
        """The id of the field on the page."""
        return self.field


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A value of a session that somebody saved meanwhile, beside what was typed here."""

    what: str
    theirs: str
    mine: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OldForm:
    """A form that was saved already and says something else now: how its session stands, and the way on.

    `change` and `another` number what may become of it, so that each is done once; `is_gone` when the session was
    deleted or moved since.
    """

    session_id: str
    state: str
    is_gone: bool
    change: str
    another: str
    values: tuple[Difference, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page of a session is about besides the form: the session that is corrected, a draft, a clash.

    `meanwhile` are the values that were saved since the form was opened, by somebody else, or, when `is_spent`, by
    this very form before it was changed again. `old` is there when a new session's form was saved already.
    """

    logged: LoggedSession | None = None
    draft: Draft | None = None
    meanwhile: tuple[Difference, ...] = ()
    is_spent: bool = False
    old: OldForm | None = None


NOTHING = Asked()


def session_page(
    opened: OpenPatient, typed: Mapping[str, str], refusals: tuple[Refusal, ...] = (), asked: Asked = NOTHING
) -> str:
    """Show the form of a session, filled with what was typed."""
    record = opened.record
    others = without(record, asked.logged.session.source) if asked.logged and asked.logged.session else record
    return render_template(
        "horehab/log_session.html",
        key=opened.key,
        patient=record.patient,
        asked=asked,
        typed=typed,
        refusals=refusals,
        refused={refusal.field: refusal for refusal in refusals},
        angles=last_angles(others),
        pains=last_pains(others),
        doses=last_doses(others),
        kinds=SessionKind,
        statuses=SessionStatus,
        levels=MOBILITY_LEVELS,
        panels=_panels(record, typed),
        motions=MOTIONS,
        sides=tuple(Side),
        modes=MEASURED_MODES,
        occasions=OCCASIONS,
        fever=SignKind.FEVER,
        place=lambda joint, side: JointSide(joint=joint, side=side),
        signs_of=signs_of,
        angle_field=angle_field,
        pain_field=pain_field,
        sign_field=sign_field,
    )


def typed_in() -> dict[str, str]:
    """Give what was typed into the form that was sent, without its seal."""
    return {name: value for name, value in request.form.items() if name != token_field()}


def wrong_fields(typed: Typed, errors: Iterable[InputError]) -> tuple[Refusal, ...]:
    """Say what cannot be taken: a form without its number, what cannot be read, and what cannot be."""
    return tuple(map(refusal, (*_token_errors(typed.fields.get("token", "")), *typed.errors, *errors)))


def unconfirmed(typed: Typed, questions: Iterable[InputError]) -> tuple[Refusal, ...]:
    """Ask about each surprising angle that was not confirmed as it is typed now."""
    return tuple(
        Refusal(field=question.field, words=error_words(question), is_question=True)
        for question in questions
        if typed.fields.get(f"again.{question.field}", "") != typed.fields.get(question.field)
    )


def refusal(error: InputError) -> Refusal:
    """Say beside its field why it cannot be taken, in the reader's language."""
    return Refusal(field=error.field, words=error_words(error))


def is_number(token: str) -> bool:
    """Say whether this can be the number of a form."""
    try:
        UUID(token)
    except ValueError:
        return False
    return True


def _token_errors(token: str) -> list[InputError]:
    if is_number(token):
        return []
    remedy = _("Open it again from the patient's page.")
    return [InputError(_("This form has lost its number."), field="token", value=token, remedy=remedy)]


def _panels(record: PatientRecord, typed: Mapping[str, str]) -> list[tuple[Joint, bool]]:
    """List the joints, and whether each is open: those measured before, and those with something typed."""
    measured = {reading.joint for reading in record.readings}
    filled = {joint for joint in Joint for name, value in typed.items() if value and f"-{joint.value}." in f"{name}."}
    return [(joint, joint in measured | filled) for joint in Joint]
