"""Writes the FSH that follows from data: codes from the tables of fhir_profiles, motions and reasons from horehab.

`make profiles` calls it before it compiles; a test fails when a file is not what the data give.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

from fhir_profiles import CANONICAL, Code, codes
from horehab.domain.joints import MOTIONS, Joint, Motion
from horehab.fhir.basis.quarantine import CODES
from horehab.fhir.basis.terminology import JOINT_MOTION, LOINC, SNOMED, joint_motion, loinc_to_write, meanings

FSH = Path(__file__).parents[2] / "fhir_profiles/input/fsh"
_SNOMED_MOTIONS = "movement direction"
_SOURCE = "// Written by tests/profiles/vocabulary.py (make profiles).\n"


def files() -> dict[str, str]:
    """Give each file that follows from data: its path under input/fsh, and what stands in it."""
    return {f"{name}.fsh": _SOURCE + text for name, text in (_systems() | _sets() | _maps()).items()}


def write() -> None:
    """Write them all."""
    for name, text in files().items():
        (FSH / name).write_text(text, encoding="utf-8")


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _system(ident: str, name: str, words: tuple[str, str], concepts: Iterable[tuple[str, ...]]) -> dict[str, str]:
    lines = [
        f"CodeSystem: {name}",
        f"Id: {ident}",
        f"Title: {_quoted(words[0])}",
        f"Description: {_quoted(words[1])}",
        "* insert OwnCodes",
        *(f"* #{code} " + " ".join(map(_quoted, said)) for code, *said in concepts),
    ]
    return {f"codesystems/{ident}": "\n".join(lines) + "\n"}


def _motions() -> list[tuple[Joint, Motion, str]]:
    return [(joint, motion, joint_motion(joint, motion)[1]) for joint, ways in MOTIONS.items() for motion in ways]


def _systems() -> dict[str, str]:
    motions = [
        (code, f"{joint.value.capitalize()} {motion.value}", f"Degrees of {motion.value} of one {joint.value}.")
        for joint, motion, code in _motions()
    ]
    reasons = [(code, code.replace("-", " ").capitalize(), sentence) for code, sentence in CODES.items()]
    return _system(
        "horehab-joint-motion",
        "HorehabJointMotions",
        ("Motions of joints", "Every motion of every joint; in each, larger is better and a deficit is negative."),
        motions,
    ) | _system(
        "horehab-quarantine-reason",
        "HorehabQuarantineReasons",
        ("Why something was not read", "A code never changes its meaning."),
        reasons,
    )


def _set(ident: str, name: str, words: tuple[str, str], rows: Iterable[Code]) -> dict[str, str]:
    found = list(rows)
    licence = "Loinc" if found[0].system == LOINC else "Snomed"
    alias = {LOINC: "$LOINC", SNOMED: "$SCT"}
    lines = [
        f"ValueSet: {name}",
        f"Id: {ident}",
        f"Title: {_quoted(words[0])}",
        f"Description: {_quoted(words[1])}",
        "* ^experimental = false",
        f"* insert {licence}",
        *(f"* {alias[row.system]}#{row.code} {_quoted(row.display)}" for row in found),
    ]
    return {f"valuesets/{ident}": "\n".join(lines) + "\n"}


def _of(*concepts: str) -> list[Code]:
    return [row for row in codes() if row.concept in concepts and row.system == SNOMED]


def _sets() -> dict[str, str]:
    kinds = _of("passive exercise", "exercise therapy", "physical therapy assessment")
    sets = (
        ("horehab-rom-loinc", "HorehabRomLoinc", "LOINC's ranges of motion", loinc_to_write().values(),
         "The LOINC codes of range of motion that are sure enough to be written; more are read (concept map)."),
        ("horehab-body-site", "HorehabBodySite", "Joints", _of("body site with side", "body site"),
         "Joints with their side in the code, and joints beside which the side must stand. A site may set its own."),
        ("horehab-side", "HorehabSide", "Sides", _of("laterality"), "Left, right, both."),
        ("horehab-session-snomed", "HorehabSessionSnomed", "Kinds of session in SNOMED CT", kinds,
         "The kinds of session of which a SNOMED CT code is sure."),
        ("horehab-ventilation", "HorehabVentilationCodes", "Mechanical ventilation",
         _of("invasive mechanical ventilation", "artificial ventilation"), "Mechanical ventilation."),
        ("horehab-prone", "HorehabProneCodes", "Ventilation in prone position", _of("ventilation in prone position"),
         "Ventilation lying face down."),
        ("horehab-ecmo", "HorehabEcmoCodes", "ECMO", _of("ECMO", "ECMO veno-venous", "ECMO veno-arterial"),
         "Extracorporeal membrane oxygenation."),
        ("horehab-ossification", "HorehabOssification", "Heterotopic ossification", _of("heterotopic ossification"),
         "Which code a suspicion bears is the site's choice; no code for it is sure. This one is the default."),
    )  # fmt: skip
    found: dict[str, str] = {}
    for ident, name, title, rows, text in sets:
        found |= _set(ident, name, (title, text), rows)
    return found


def _loinc_rows() -> list[tuple[str, Code, str]]:
    """List for each LOINC code of one motion: our code, the row, and what else it says in words."""
    rows = []
    for row in codes():
        says = meanings().get((row.system, row.code))
        if row.system != LOINC or says is None or not (says.motions and says.joints):
            continue
        motion = joint_motion(next(iter(says.joints)), next(iter(says.motions)))[1]
        words = [*(mode.value for mode in says.modes), *(side.value for side in says.sides)] or ["no mode, no side"]
        rows.append((motion, row, f"{', '.join(words)}; confidence: {row.confidence}"))
    return sorted(rows, key=lambda each: (each[0], each[1].code))


def _snomed_rows() -> list[tuple[str, Code, str]]:
    by_word = {row.display.lower(): row for row in codes() if row.concept == _SNOMED_MOTIONS}
    return [
        (code, row, f"The direction alone, without the joint; confidence: {row.confidence}")
        for _, motion, code in _motions()
        if (row := by_word.get(motion.value))
    ]


_Element = tuple[str, str, str, str]
"""Source code, target code, target display, comment."""


def _map(ident: str, words: tuple[str, str], ends: Mapping[str, str], rows: list[_Element]) -> dict[str, str]:
    name = "".join(part.capitalize() for part in ident.split("-"))
    lines = [
        f"Instance: {ident}",
        "InstanceOf: ConceptMap",
        f"Title: {_quoted(words[0])}",
        f"Description: {_quoted(words[1])}",
        "Usage: #definition",
        f'* url = "{CANONICAL}/ConceptMap/{ident}"',
        f'* name = "{name}"',
        f"* title = {_quoted(words[0])}",
        f"* description = {_quoted(words[1])}",
        "* status = #active",
        "* experimental = false",
        f"* insert {ends['licence']}",
        f'* group[0].source = "{ends["source"]}"',
        f'* group[0].target = "{ends["target"]}"',
    ]
    for place, (source, group) in enumerate(groupby(rows, key=lambda row: row[0])):
        lines.append(f"* group[0].element[{place}].code = #{source}")
        for number, (_, target, display, comment) in enumerate(group):
            at = f"* group[0].element[{place}].target[{number}]"
            lines += [
                f"{at}.code = #{target}",
                f"{at}.display = {_quoted(display)}",
                f"{at}.equivalence = #{ends['equivalence']}",
                f"{at}.comment = {_quoted(comment)}",
            ]
    return {f"conceptmaps/{ident}": "\n".join(lines) + "\n"}


def _maps() -> dict[str, str]:
    loinc, snomed = _loinc_rows(), _snomed_rows()
    shown = {code: f"{joint.value.capitalize()} {motion.value}" for joint, motion, code in _motions()}
    return (
        _map(
            "horehab-motion-to-loinc",
            ("Our motions in LOINC", "Every LOINC code of each motion, with its mode and side and how sure it is."),
            {"source": JOINT_MOTION, "target": LOINC, "equivalence": "narrower", "licence": "LoincMap"},
            [(motion, row.code, row.display, words) for motion, row, words in loinc],
        )
        | _map(
            "horehab-loinc-to-motion",
            ("LOINC's ranges of motion in our motions", "What each LOINC code is read as, and how sure that is."),
            {"source": LOINC, "target": JOINT_MOTION, "equivalence": "wider", "licence": "LoincMap"},
            sorted((row.code, motion, shown[motion], words) for motion, row, words in loinc),
        )
        | _map(
            "horehab-motion-to-snomed",
            ("Our motions in SNOMED CT", "SNOMED CT's direction of each motion, as far as a code is sure."),
            {"source": JOINT_MOTION, "target": SNOMED, "equivalence": "wider", "licence": "SnomedMap"},
            [(motion, row.code, row.display, words) for motion, row, words in snomed],
        )
        | _map(
            "horehab-snomed-to-motion",
            ("SNOMED CT's directions in our motions", "Which motions a direction can be; the body site says which."),
            {"source": SNOMED, "target": JOINT_MOTION, "equivalence": "narrower", "licence": "SnomedMap"},
            sorted((row.code, motion, shown[motion], words) for motion, row, words in snomed),
        )
    )  # fmt: skip
