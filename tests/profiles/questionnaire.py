"""The Questionnaire of a session: what was done, how it was borne, and a row for each motion, left beside right.

By SDC's definition-based extraction (https://hl7.org/fhir/uv/sdc/extraction.html) a filled one becomes the session
and one Observation for each angle: `definition` says where an answer goes, definitionExtract which profile it makes,
definitionExtractValue what stands there besides.
"""

from collections.abc import Iterator
from typing import Any

from fhir_profiles import CANONICAL
from horehab.domain.joints import MOTIONS, Joint, JointSide, Motion, Side
from horehab.domain.range_of_motion import Mode
from horehab.domain.session import SessionKind, SessionStatus
from horehab.fhir.basis.places import written_place
from horehab.fhir.basis.terminology import (
    JOINT_MOTION,
    LOINC,
    RANGE_OF_MOTION,
    SESSION_TYPE,
    UCUM,
    coded,
    joint_motion,
)
from tests.profiles.examples import SITE

NAME = "horehab-rom-session"
Tree = dict[str, Any]

_SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
_CORE = "http://hl7.org/fhir/StructureDefinition/questionnaire-"
_SESSION, _ROM, _PAIN = (f"{CANONICAL}/StructureDefinition/horehab-{name}" for name in ("session", "rom", "pain"))
_STRUCTURE = f"{CANONICAL}/StructureDefinition/"
_EVENT_STATUS = "http://hl7.org/fhir/event-status"
_EXAM = "http://terminology.hl7.org/CodeSystem/observation-category"
MODES = (Mode.PASSIVE, Mode.ACTIVE)


def questionnaire() -> Tree:
    """Give the Questionnaire; always the same."""
    title = "Mobilization session with range of motion"
    return {
        "resourceType": "Questionnaire",
        "id": NAME,
        "extension": [_ext(f"{_SDC}extractAllocateId", "valueString", "session"), _extracts(_SESSION, "%session")],
        "url": f"{CANONICAL}/Questionnaire/{NAME}",
        "name": "HorehabRomSession",
        "title": title,
        "status": "active",
        "experimental": False,
        "subjectType": ["Patient"],
        "description": "What was done in one session, how it was borne, and the degrees of each motion, both sides "
        "in a row. What was not measured is left empty. Extension deficits are negative.",
        "copyright": "Contains LOINC codes (http://loinc.org), copyright Regenstrief Institute, Inc., and SNOMED CT "
        "codes, used by permission of SNOMED International.",
        "item": [*_about_the_session(), *_by_mode(), _pain()],
    }


def _ext(url: str, form: str, value: object) -> Tree:
    return {"url": url, form: value}


def _extracts(profile: str, full_url: str = "") -> Tree:
    parts = [_ext("definition", "valueCanonical", profile)]
    if full_url:
        parts.append(_ext("fullUrl", "valueString", full_url))
    return {"url": f"{_SDC}definitionExtract", "extension": parts}


def _beside(definition: str, **value: object) -> Tree:
    """Say what else stands in what is extracted: fixed (valueCode=...) or computed (expression=...)."""
    parts = [_ext("definition", "valueUri", definition)]
    for form, content in value.items():
        if form == "expression":
            computed = {"language": "text/fhirpath", "expression": content}
            parts.append(_ext("expression", "valueExpression", computed))
        else:
            parts.append(_ext("fixed-value", form, content))
    return {"url": f"{_SDC}definitionExtractValue", "extension": parts}


def _choice(link: str, text: str, definition: str, options: list[Tree]) -> Tree:
    return {
        "linkId": link,
        "definition": definition,
        "text": text,
        "type": "choice",
        "required": True,
        "answerOption": [{"valueCoding": option} for option in options],
    }


def _about_the_session() -> list[Tree]:
    kinds = [_coding((SESSION_TYPE, kind.value), kind.value) for kind in SessionKind]
    states = [_coding((_EVENT_STATUS, status.value), status.value) for status in SessionStatus]
    kind = _choice("kind", "Mainly", f"{_SESSION}#Procedure.category", kinds)
    chosen = "%resource.item.where(linkId = 'kind').answer.value"
    kind["extension"] = [
        _beside(f"{_SESSION}#Procedure.subject.reference", expression="%resource.subject.reference"),
        _beside(f"{_SESSION}#Procedure.performer.actor", expression="%resource.author"),
        _beside(f"{_SESSION}#Procedure.code.coding", expression=chosen),
        _beside(f"{_SESSION}#Procedure.code.text", expression=f"{chosen}.display"),
    ]
    fields = (
        ("when", "When", "dateTime", "Procedure.performedDateTime", ""),
        ("minutes", "Minutes", "decimal", "", "session-minutes"),
        ("repetitions", "Repetitions", "integer", "", "session-repetitions"),
        ("intensity", "Intensity", "string", "", "session-intensity"),
        ("mobility-level", "ICU Mobility Scale, highest level (0-10)", "integer", "", "session-mobility-level"),
        ("exertion", "Perceived exertion (0-10)", "decimal", "", "session-exertion"),
        ("sedation", "Sedation", "string", "", "session-sedation"),
        ("reason-not-done", "Why it was not done", "string", "Procedure.statusReason.text", ""),
        ("adverse-event", "What went wrong", "string", "Procedure.complication.text", ""),
        ("note", "Note", "text", "Procedure.note.text", ""),
    )
    items = [kind, _choice("status", "Was it held?", f"{_SESSION}#Procedure.status", states)]
    for link, text, form, path, extension in fields:
        place = f"{_SESSION}#{path}" if path else f"{_STRUCTURE}{extension}#Extension.value[x]"
        items.append({"linkId": link, "definition": place, "text": text, "type": form})
    next(item for item in items if item["linkId"] == "when")["required"] = True
    return items


def _coding(pair: tuple[str, str], words: str) -> Tree:
    return {"system": pair[0], "code": pair[1], "display": words.replace("-", " ").capitalize()}


def _by_mode() -> Iterator[Tree]:
    for mode in MODES:
        yield {
            "linkId": mode.value,
            "text": f"{mode.value.capitalize()} range of motion, degrees",
            "type": "group",
            "item": [_of_joint(mode, joint) for joint in MOTIONS],
        }


def _of_joint(mode: Mode, joint: Joint) -> Tree:
    link = f"{mode.value}.{joint.value}"
    # R5's code for rows beneath each other; R4's code system has none, so that it is said in words.
    table = {"text": "grid"}
    return {
        "extension": [_ext(f"{_CORE}itemControl", "valueCodeableConcept", table)],
        "linkId": link,
        "text": joint.value.capitalize(),
        "type": "group",
        "item": [_row(f"{link}.{motion.value.replace(' ', '-')}", mode, joint, motion) for motion in MOTIONS[joint]],
    }


def _row(link: str, mode: Mode, joint: Joint, motion: Motion) -> Tree:
    own = _coding(joint_motion(joint, motion), f"{joint.value} {motion.value}")
    return {
        "linkId": link,
        "code": [own],
        "text": motion.value.capitalize(),
        "type": "group",
        "item": [_angle(link, own, mode, JointSide(joint=joint, side=side)) for side in Side],
    }


def _angle(link: str, own: Tree, mode: Mode, place: JointSide) -> Tree:
    range_of_motion = {"system": RANGE_OF_MOTION[0], "code": RANGE_OF_MOTION[1]}
    concept = {
        "coding": [range_of_motion, {"system": JOINT_MOTION, "code": own["code"]}],
        "text": f"{mode.value} {own['display'].lower()}",
    }
    return {
        "extension": [
            _ext(f"{_CORE}unitOption", "valueCoding", {"system": UCUM, "code": "deg", "display": "deg"}),
            _extracts(_ROM),
            _beside(f"{_ROM}#Observation.code", valueCodeableConcept=concept),
            _beside(f"{_ROM}#Observation.bodySite", valueCodeableConcept=written_place(place, SITE)),
            _beside(f"{_STRUCTURE}rom-mode#Extension.value[x]", valueCode=mode.value),
            *_circumstances(_ROM),
        ],
        "linkId": f"{link}.{place.side.value}",
        "definition": f"{_ROM}#Observation.valueQuantity",
        "code": [own, _side(place.side)],
        "text": place.side.value.capitalize(),
        "type": "quantity",
    }


def _circumstances(profile: str) -> list[Tree]:
    status = _beside(f"{profile}#Observation.status", valueCode="final")
    exam = _beside(
        f"{profile}#Observation.category", valueCodeableConcept={"coding": [{"system": _EXAM, "code": "exam"}]}
    )
    computed = (
        ("subject.reference", "%resource.subject.reference"),
        ("partOf.reference", "%session"),
        ("effectiveDateTime", "%resource.item.where(linkId = 'when').answer.value"),
        ("performer", "%resource.author"),
    )
    return [status, exam, *(_beside(f"{profile}#Observation.{path}", expression=words) for path, words in computed)]


def _side(side: Side) -> Tree:
    ((system, code), row) = next(
        (coding, row)
        for coding, row in coded("laterality").items()
        if row.display.lower().startswith(f"{side.value} (")
    )
    return {"system": system, "code": code, "display": row.display}


def _pain() -> Tree:
    occasions = ("rest", "movement", "end-range")
    return {
        "linkId": "pain",
        "text": "Pain, 0 to 10",
        "type": "group",
        "item": [_pain_at(occasion) for occasion in occasions],
    }


def _pain_at(occasion: str) -> Tree:
    row = next(row for row in coded("pain 0-10").values() if row.system == LOINC)
    concept = {"coding": [{"system": row.system, "code": row.code}], "text": f"Pain, {occasion.replace('-', ' ')}"}
    return {
        "extension": [
            _ext(f"{_CORE}unitOption", "valueCoding", {"system": UCUM, "code": "{score}", "display": "{score}"}),
            _extracts(_PAIN),
            _beside(f"{_PAIN}#Observation.code", valueCodeableConcept=concept),
            _beside(f"{_STRUCTURE}pain-occasion#Extension.value[x]", valueCode=occasion),
            *_circumstances(_PAIN),
        ],
        "linkId": f"pain.{occasion}",
        "definition": f"{_PAIN}#Observation.valueQuantity",
        "code": [{"system": row.system, "code": row.code, "display": row.display}],
        "text": occasion.replace("-", " ").capitalize(),
        "type": "quantity",
    }
