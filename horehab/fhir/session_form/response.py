"""A filled form of a session (QuestionnaireResponse) read: the session it tells of, its angles, its ratings of pain.

Each answer is extracted as SDC's definition-based extraction would: into the Procedure and the Observations that we
would write, which the translators of those then read. So an angle in a form is held to all that holds for one in the
chart, and is set aside for the same reasons.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from horehab.domain.range_of_motion import Reading
from horehab.domain.record import Fact, NotCounted, WhyNotCounted
from horehab.domain.session import Session, SessionKind, SessionStatus
from horehab.domain.signs import PainRating
from horehab.fhir.basis import ours
from horehab.fhir.basis.elements import Tree, child, children, own_reference, refuse_modifiers, value_given, word
from horehab.fhir.basis.moments import known_on, moment_at
from horehab.fhir.basis.places import coded, written_place
from horehab.fhir.basis.quarantine import CODES, CannotRead, Found
from horehab.fhir.basis.session_links import ANGLES, FORM, NUMBERS, PAINS, WHEN, WORDS, is_known
from horehab.fhir.basis.site import Site
from horehab.fhir.basis.terminology import RANGE_OF_MOTION, SESSION_TYPE, UCUM, joint_motion
from horehab.fhir.resources.observation import facts_in_observation
from horehab.fhir.resources.pain import NUMERIC
from horehab.fhir.resources.procedure import facts_in_procedure
from horehab.fhir.session_form.answers import Answers, chosen, figure, number_in, said_in
from horehab.usecases.exchange import Unreadable

_READ = frozenset({"completed", "amended"})
_NOT_YET = frozenset({"in-progress", "stopped"})
_STATES = frozenset(each.value for each in SessionStatus)
_KINDS = frozenset(each.value for each in SessionKind)


def is_our_form(resource: Tree) -> bool:
    """Say whether a response is to our form, of whatever version."""
    return (word(resource, "questionnaire") or "").partition("|")[0] == FORM


def facts_in_response(resource: Tree, site: Site) -> Found:
    """Read what a filled form tells; empty for another form and for one that is still being filled in.

    The sources of the facts name the response, and for a measurement the item after #.
    """
    if not is_our_form(resource):
        return ()
    try:
        refuse_modifiers(resource)
        if not _counts(resource):
            return _not_counted(resource, site)
        answers, struck = _answers(resource)
        filled = _Filled(resource=resource, answers=answers, when=_when(resource, answers), site=site)
    except CannotRead as refusal:
        return (refusal.unreadable,)
    measured = (found for link, given in answers.items() for found in filled.measured(link, given))
    return (*filled.session(), *(_refused("modifier", link) for link in struck), *filled.problems(), *measured)


def _counts(resource: Tree) -> bool:
    status = word(resource, "status") or ""
    if status not in _READ | _NOT_YET | {"entered-in-error"}:
        raise CannotRead("status", "status", f"Found {status[:40]!r}.")
    return status in _READ


def _not_counted(resource: Tree, site: Site) -> Found:
    """Note a form that was withdrawn; one that is not finished is nothing yet."""
    when = moment_at(resource, "authored", site)
    if word(resource, "status") in _NOT_YET or when is None:
        return ()
    known = known_on(resource, None, when, site)
    return (NotCounted(source=own_reference(resource), why=WhyNotCounted.WITHDRAWN, when=when, known_on=known),)


def _answers(resource: Tree) -> tuple[Answers, tuple[str, ...]]:
    """Gather the answers by linkId, however the items are nested, and name items with a modifier, which are not read.

    Items without an answer are left out.
    """
    found: dict[str, list[Tree]] = {}
    struck: list[str] = []
    nodes = [resource]
    while nodes:
        node = nodes.pop(0)
        for item in children(node, "item"):
            link, answers = word(item, "linkId") or "", children(item, "answer")
            if any(each.get("modifierExtension") for each in (item, *answers)):
                struck.append(link)
                continue
            given = [each for each in answers if value_given(each)]
            if given:
                found.setdefault(link, []).extend(given)
            nodes += [item, *answers]
    return {link: tuple(given) for link, given in found.items()}, tuple(struck)


def _when(resource: Tree, answers: Answers) -> str:
    """Take the time that was answered, else the one at which the form was filled in; CannotRead without either."""
    forms = ("valueDateTime", "valueDate", "valueString")
    for answer in answers.get(WHEN, ()):
        said = next((found for name in forms if (found := word(answer, name))), None)
        if said is None:
            raise CannotRead("bad-time", f"item({WHEN})")
        return said
    authored = word(resource, "authored")
    if authored is None:
        raise CannotRead("no-time", f"item({WHEN})")
    return authored


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filled:
    """A form that was filled in: its answers by linkId, and when it was."""

    resource: Tree
    answers: Answers
    when: str
    site: Site

    def session(self) -> Found:
        """Read the session, by way of the Procedure that it would be; none where it is not sure that it was held."""
        if self._is_unclear("status", _STATES):
            return ()
        found = facts_in_procedure(self._procedure(), self.site)
        return tuple(_of_form(each, own_reference(self.resource), "") for each in found)

    def problems(self) -> Found:
        """Set aside what cannot be: numbers that are none, choices that there are not, items that nobody asked."""
        unclear = [link for link, known in (("status", _STATES), ("kind", _KINDS)) if self._is_unclear(link, known)]
        strange = [link or "?" for link in self.answers if not is_known(link)]
        found = [*(_refused("form-choice", link) for link in unclear), *(_refused("form-item", s) for s in strange)]
        for link in (each for each in NUMBERS if each in self.answers):
            try:
                figure(link, self.answers[link])
            except CannotRead as refusal:
                found.append(refusal.unreadable)
        return tuple(found)

    def _is_unclear(self, link: str, known: Collection[str]) -> bool:
        return link in self.answers and chosen(self.answers, link, known) is None

    def measured(self, link: str, given: Sequence[Tree]) -> Iterator[Fact | Unreadable]:
        """Read angles or ratings, by way of the Observations that they would be; nothing for any other item."""
        for place, answer in enumerate(given, start=1):
            content = _angle(link, answer, self.site) or _rating(link, answer)
            if content:
                name = link if place == 1 else f"{link}[{place}]"
                for found in facts_in_observation(self._observation(content), self.site):
                    yield _of_form(found, own_reference(self.resource), name)

    def _observation(self, content: dict[str, Any]) -> Tree:
        return {
            "resourceType": "Observation",
            **_about(self.resource),
            "status": "final",
            "effectiveDateTime": self.when,
            **_told("issued", self.resource),
            "performer": [_author(self.resource)],
            **content,
        }

    def _procedure(self) -> Tree:
        answers = self.answers
        said = {link: "; ".join(filter(None, map(said_in, answers[link]))) for link in WORDS if link in answers}
        texts = ((ours.SEDATION, "sedation"), (ours.INTENSITY, "intensity"))
        return {
            "resourceType": "Procedure",
            **_about(self.resource),
            "status": chosen(answers, "status", _STATES) or SessionStatus.COMPLETED.value,
            "category": {
                "coding": [coded((SESSION_TYPE, chosen(answers, "kind", _KINDS) or SessionKind.OTHER.value))]
            },
            "performedDateTime": self.when,
            "performer": [{"actor": _author(self.resource)}],
            "extension": [*self._dose(), *({"url": url, "valueString": said.get(link)} for url, link in texts)],
            "statusReason": {"text": said.get("reason-not-done")},
            "complication": [{"text": said.get("adverse-event")}],
            "note": [{"text": said.get("note")}],
            **_told("recorded", self.resource),
        }

    def _dose(self) -> Iterator[Tree]:
        for link, (url, form) in NUMBERS.items():
            with suppress(CannotRead):  # what is wrong with it is said among the problems
                if link in self.answers:
                    yield {"url": url, form: figure(link, self.answers[link])}


def _angle(link: str, answer: Tree, site: Site) -> dict[str, Any]:
    if link not in ANGLES:
        return {}
    mode, place, motion = ANGLES[link]
    return {
        "code": {"coding": [coded(RANGE_OF_MOTION), coded(joint_motion(place.joint, motion))]},
        "bodySite": written_place(place, site),
        "extension": [{"url": ours.MODE, "valueCode": mode.value}],
        **_quantity(answer, "deg"),
    }


def _rating(link: str, answer: Tree) -> dict[str, Any]:
    if link not in PAINS:
        return {}
    return {
        "code": {"coding": [coded(NUMERIC)]},
        "extension": [{"url": ours.PAIN_OCCASION, "valueCode": PAINS[link].value.replace(" ", "-")}],
        **_quantity(answer, "{score}"),
    }


def _told(name: str, resource: Tree) -> dict[str, Any]:
    """Say from when it was known: from when the form was filled in, as far as it says so."""
    return {name: resource["authored"]} if resource.get("authored") else {}


def _author(resource: Tree) -> Tree:
    return child(resource, "author") or child(resource, "source")


def _about(resource: Tree) -> dict[str, Any]:
    """Take over what tells which resource it is, whose, and since when it is known."""
    return {name: resource[name] for name in ("id", "meta", "subject") if name in resource}


def _quantity(answer: Tree, unit: str) -> dict[str, Any]:
    """Give an answer as a quantity: a bare number is in the unit of the form, one in words is read as written."""
    given = child(answer, "valueQuantity")
    if given:
        has_unit = word(given, "unit") or word(given, "code")
        return {"valueQuantity": given if has_unit else {**given, "unit": unit, "system": UCUM, "code": unit}}
    value = number_in(answer)
    if value is None:
        return {"valueString": said_in(answer)}
    return {"valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit}}


def _refused(code: str, link: str) -> Unreadable:
    return Unreadable(code=code, path=f"item({link})", detail=CODES[code])


def _of_form(found: Fact | Unreadable, reference: str, name: str) -> Fact | Unreadable:
    """Let a fact, or what could not be read, name the form and the item from which it came."""
    if isinstance(found, Unreadable):
        return replace(found, path=f"item({name}).{found.path}" if name else found.path)
    if isinstance(found, Session):
        return replace(found, source=reference)
    if isinstance(found, Reading | PainRating):
        return replace(found, source=f"{reference}#{name}", session=reference)
    return found
