"""One answer of a form of a session: a number, a choice or words, in whatever form another system gives it."""

from collections.abc import Collection, Mapping, Sequence
from math import isfinite

from horehab.fhir.basis.elements import Tree, child, value_given, word
from horehab.fhir.basis.quarantine import CannotRead
from horehab.fhir.basis.session_links import NUMBERS

Answers = Mapping[str, tuple[Tree, ...]]
"""linkId -> the answers that stand there."""

_NO_UNIT = frozenset({"", "1", "{score}"})
_UNITS = {"minutes": frozenset({"", "min", "minute", "minutes"})}


def number_in(answer: Tree) -> float | None:
    """Take a number in whatever form another system gives it: 92.5, "92,5", 92.5 degrees."""
    given = child(answer, "valueQuantity").get("value")
    if given is None:
        given = next(
            (answer[name] for name in ("valueDecimal", "valueInteger", "valueString") if name in answer), None
        )
    if isinstance(given, bool) or given is None:
        return None
    try:
        value = float(str(given).strip().replace(",", "."))
    except ValueError:
        return None
    return value if isfinite(value) else None


def figure(link: str, given: Sequence[Tree]) -> float:
    """Read one number of the session; CannotRead for none, one with a comparator or in another unit, and for two."""
    path = f"item({link})"
    values = {number_in(answer) for answer in given}
    if len(values) > 1:
        raise CannotRead("form-choice", path)
    value = values.pop()
    if value is None or (NUMBERS[link][1] == "valueInteger" and not value.is_integer()):
        raise CannotRead("not-a-number", path)
    for quantity in (child(answer, "valueQuantity") for answer in given):
        unit = word(quantity, "code") or word(quantity, "unit") or ""
        if quantity.get("comparator") is not None or unit not in _UNITS.get(link, _NO_UNIT):
            raise CannotRead("form-choice", path, f"Found unit {unit[:40]!r}.")
    return value


def chosen(answers: Answers, link: str, known: Collection[str]) -> str | None:
    """Take what was chosen, by its code or else by its words; None for nothing that the form offers."""
    for answer in answers.get(link, ()):
        coding = child(answer, "valueCoding")
        for said in (word(coding, "code"), word(coding, "display"), word(answer, "valueString")):
            spelled = (said or "").casefold().replace(" ", "-")
            if spelled in known:
                return spelled
    return None


def said_in(answer: Tree) -> str:
    """Take an answer as text; of a coded one its display, else its code."""
    form = value_given(answer)
    value = answer.get(form) if form else None
    if not isinstance(value, dict):
        return str(value).strip()
    return word(value, "display") or "|".join(filter(None, (word(value, "system"), word(value, "code"))))
