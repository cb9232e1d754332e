"""What a hospital can say so that something set aside is read: the command, as far as its meaning is known."""

import shlex
from collections.abc import Iterable
from enum import Enum

from horehab.domain.local_code import MODES, names_of
from horehab.fhir.basis.site import Coding
from horehab.fhir.basis.terminology import Meaning
from horehab.fhir.resources.local_codes import meaning_in

_LONGEST = 160


def offer(local: Coding | None, says: Meaning, others: tuple[Coding, ...]) -> str:
    """Word the remedy: say what the local code, or the text itself, means; `others` stand for no motion at all.

    What was not understood, or was said in two ways, stands as <joint>, <motion>, <mode> or <side>.
    """
    if local is None:
        return "Correct it in the chart."
    system, code = (shlex.quote(word[:_LONGEST]) for word in local)
    command = f"horehab map {code} --system {system} --as {'-'.join(_parts(says, others))}"
    return f"If it always means one thing here, say so ({command})."


def _parts(says: Meaning, others: tuple[Coding, ...]) -> Iterable[str]:
    if others:
        yield str(meaning_in(others) or "<meaning>")
        yield from names_of(each for group in (says.joints, says.sides) if len(group) == 1 for each in group)
        return
    yield _only(says.joints, "<joint>")
    yield _only(says.motions, "<motion>")
    yield _only((mode for mode in says.modes if mode in MODES), "<mode>")
    yield _only(says.sides, "<side>")


def _only(found: Iterable[Enum], otherwise: str) -> str:
    names = names_of(found)
    return names[0] if len(names) == 1 else otherwise
