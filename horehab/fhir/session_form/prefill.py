"""A session as a filled form (QuestionnaireResponse): to be looked over, completed or sent on by another system."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from horehab.domain.joints import MOTIONS, JointSide
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.session import Session
from horehab.domain.signs import PainRating, Sign
from horehab.fhir.basis.moments import written
from horehab.fhir.basis.places import coded
from horehab.fhir.basis.references import person
from horehab.fhir.basis.session_links import ANGLES, FORM, PAINS
from horehab.fhir.basis.site import Site
from horehab.fhir.basis.terminology import SESSION_TYPE, UCUM

_EVENT_STATUS = "http://hl7.org/fhir/event-status"
_LINKS = {asked: link for link, asked in ANGLES.items()}
_OCCASIONS = {occasion: link for link, occasion in PAINS.items()}

Item = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefilled:
    """A filled form, and in plain words what of the session the form has no place for."""

    response: dict[str, Any]
    left_out: tuple[str, ...]


def prefilled(
    session: Session, measured: Iterable[Reading | PainRating | Sign], patient: str, site: Site, *, is_done: bool
) -> Prefilled:
    """Fill the form in with a session and what was measured in it; `is_done` unless somebody is to go on with it.

    Of several readings of one motion the last counts. What is read of the result is the session again: pain at the
    one joint that the session was about needs no place.
    """
    facts = tuple(measured)
    about = {*session.places, *(fact.place for fact in facts if isinstance(fact, Reading))}
    cells: dict[str, Item] = {}
    left_out: list[str] = []
    for fact in facts:
        link, quantity = _cell(fact, about)
        if link is None:
            left_out.append(_words(fact))
        else:
            cells[link] = {"linkId": link, "answer": [{"valueQuantity": quantity}]}
    response = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": FORM,
        "status": "completed" if is_done else "in-progress",
        "subject": {"reference": patient},
        "authored": written(session.when, site) if session.when.earliest == session.when.latest else None,
        "author": person(session.performer) if session.performer else None,
        "item": [*_about(session, site), *_angles(cells), *_pains(cells)],
    }
    return Prefilled(
        response={name: value for name, value in response.items() if value is not None}, left_out=tuple(left_out)
    )


def _about(session: Session, site: Site) -> list[Item]:
    given: Mapping[str, tuple[str, object]] = {
        "kind": ("valueCoding", coded((SESSION_TYPE, session.kind.value))),
        "status": ("valueCoding", coded((_EVENT_STATUS, session.status.value))),
        "when": ("valueDateTime", written(session.when, site)),
        "minutes": ("valueDecimal", session.minutes),
        "repetitions": ("valueInteger", session.repetitions),
        "intensity": ("valueString", session.intensity),
        "mobility-level": ("valueInteger", session.mobility_level),
        "exertion": ("valueDecimal", session.exertion),
        "sedation": ("valueString", session.sedation),
        "reason-not-done": ("valueString", session.reason_not_done),
        "adverse-event": ("valueString", session.adverse_event),
        "note": ("valueString", session.note),
    }
    return [{"linkId": link, "answer": [{form: value}]} for link, (form, value) in given.items() if value is not None]


def _cell(fact: Reading | PainRating | Sign, about: set[JointSide]) -> tuple[str | None, dict[str, Any]]:
    """Find the item for a measurement, and its value there; None where the form has no item for it."""
    if isinstance(fact, Reading):
        quantity = {"value": fact.degrees, "unit": "deg", "system": UCUM, "code": "deg"}
        if fact.bound:
            quantity["comparator"] = fact.bound.value
        return _LINKS.get((fact.mode, fact.place, fact.motion)), quantity
    if isinstance(fact, PainRating) and (fact.place is None or about == {fact.place}):
        quantity = {"value": fact.score, "unit": "{score}", "system": UCUM, "code": "{score}"}
        return _OCCASIONS.get(fact.occasion), quantity
    return None, {}


def _words(fact: Reading | PainRating | Sign) -> str:
    if isinstance(fact, Reading):
        return f"{fact.mode.value} {fact.motion.value} of the {fact.place}"
    place = f" of the {fact.place}" if fact.place else ""
    return f"pain, {fact.occasion.value}{place}" if isinstance(fact, PainRating) else f"{fact.kind.value}{place}"


def _angles(cells: Mapping[str, Item]) -> Iterator[Item]:
    """Nest the angles as the form does: mode, joint, motion, left beside right."""
    for mode in (Mode.PASSIVE, Mode.ACTIVE):
        joints = []
        for joint, motions in MOTIONS.items():
            rows = []
            for motion in motions:
                row = f"{mode.value}.{joint.value}.{motion.value.replace(' ', '-')}"
                sides = [cells[f"{row}.{side}"] for side in ("left", "right") if f"{row}.{side}" in cells]
                rows += [{"linkId": row, "item": sides}] if sides else []
            joints += [{"linkId": f"{mode.value}.{joint.value}", "item": rows}] if rows else []
        if joints:
            yield {"linkId": mode.value, "item": joints}


def _pains(cells: Mapping[str, Item]) -> Iterator[Item]:
    found = [cells[link] for link in PAINS if link in cells]
    if found:
        yield {"linkId": "pain", "item": found}
