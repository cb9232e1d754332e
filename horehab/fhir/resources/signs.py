"""A bedside sign by our code system horehab-sign (or the site's map to it), and whether it was there."""

from typing import Any

from horehab.domain.signs import Sign, SignKind
from horehab.fhir.basis.elements import children, word
from horehab.fhir.basis.places import coded, place_of, written_place
from horehab.fhir.basis.quarantine import CannotRead
from horehab.fhir.basis.site import Site
from horehab.fhir.basis.terminology import SIGN, codings
from horehab.fhir.basis.terminology import coded as coded_as
from horehab.fhir.resources.occasion import Occasion, Part
from horehab.fhir.resources.words import answer_in

_KINDS = {(SIGN, kind.value): kind for kind in SignKind}


def is_sign(part: Part) -> bool:
    """Say whether a part is about a bedside sign."""
    return any(coding in _KINDS for coding in part.codings)


def read_sign(part: Part, occasion: Occasion, site: Site) -> tuple[Sign, ...]:
    """Read a sign; nothing when the chart says that it was not looked for; CannotRead without a yes or no."""
    if part.node.get("dataAbsentReason"):
        return ()
    is_present = _answer(part, site)
    place = place_of(part.says)
    kinds = dict.fromkeys(_KINDS[coding] for coding in part.codings if coding in _KINDS)
    return tuple(
        Sign(
            source=part.of(occasion),
            kind=kind,
            is_present=is_present,
            place=place,
            when=occasion.when,
            known_on=occasion.known_on,
            session=occasion.session,
            assumptions=part.assumptions,
        )
        for kind in kinds
    )


def sign_content(sign: Sign, site: Site) -> dict[str, Any]:
    """Write what is particular to a sign; the rest of the Observation is the same for all measurements."""
    words = sign.kind.value.replace("-", " ").capitalize()
    content = {"code": {"coding": [coded((SIGN, sign.kind.value))], "text": words}, "valueBoolean": sign.is_present}
    return content | ({"bodySite": written_place(sign.place, site)} if sign.place else {})


def _answer(part: Part, site: Site) -> bool:
    answer = part.node.get("valueBoolean")
    if isinstance(answer, bool):
        return answer
    said = codings(children(part.node, "valueCodeableConcept"), site)
    answers = {True for coding in said if coding in coded_as("sign present")}
    answers |= {False for coding in said if coding in coded_as("sign absent")}
    if not answers:
        answers = {answer for text in _texts(part) if (answer := answer_in(text)) is not None}
    if len(answers) != 1:
        raise CannotRead("sign-value", part.at("value[x]"))
    return answers.pop()


def _texts(part: Part) -> list[str]:
    """List what was answered in words: one word of a fixed list is an answer, any other text is none."""
    concepts = children(part.node, "valueCodeableConcept")
    texts = [word(part.node, "valueString"), *(word(concept, "text") for concept in concepts)]
    return [text for text in texts if text]
