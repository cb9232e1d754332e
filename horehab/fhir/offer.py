"""What a hospital can add to its ConceptMap so that something set aside is read: the line, as far as it is known."""

from collections.abc import Iterable

from horehab.domain.joints import Side
from horehab.fhir.site import Coding
from horehab.fhir.terminology import JOINT_MOTION, ROM_MODE, SNOMED, Meaning

_SIDES = {Side.LEFT: "7771000", Side.RIGHT: "24028007"}


def offer(local: Coding | None, says: Meaning, others: tuple[Coding, ...]) -> str:
    """Word the remedy: map the local code, or the text itself, to what it means; `others` to no motion at all.

    What was not understood, or was said in two ways, stands as <joint>, <motion>, <mode> or <side>.
    """
    if local is None:
        return "Correct it in the chart."
    system, code = local
    named = f"{system}|{code}" if system else f"the text {code!r} (as a code without system)"
    targets = [f"{system_}|{code_}" for system_, code_ in others] or list(_of_motion(says))
    if says.sides or not others:
        targets.append(_only((f"{SNOMED}|{_SIDES[each]} ({each.value})" for each in says.sides), "<side>"))
    return (
        f"If it always means one thing here, map {named[:160]} in the site's ConceptMap (HOREHAB_CONCEPT_MAP) "
        f"to {', '.join(targets)}."
    )


def _of_motion(says: Meaning) -> Iterable[str]:
    joint = _only((each.value for each in says.joints), "<joint>")
    motion = _only((each.value.replace(" ", "-") for each in says.motions), "<motion>")
    yield f"{JOINT_MOTION}|{joint}-{motion}"
    yield f"{ROM_MODE}|{_only((each.value for each in says.modes), '<mode>')}"


def _only(names: Iterable[str], otherwise: str) -> str:
    found = tuple(names)
    return found[0] if len(found) == 1 else otherwise
