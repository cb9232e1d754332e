"""Checks codes against the lists that elements are bound to, and against the code systems that they name."""

from collections.abc import Iterator
from typing import Any

from horehab.fhir.validation.codes import content_of, is_code_of, word_for
from horehab.fhir.validation.contents import Content, Membership, holds
from horehab.fhir.validation.issues import Issue, Severity, shown

Pair = tuple[str | None, str | None]

_ASK = "Have it looked up by a terminology server; here it counts as neither right nor wrong."


def check_binding(value: Any, kind: str, binding: tuple[str, str], path: str) -> Iterator[Issue]:
    """Check a value against the list that its element is bound to, required or extensible."""
    strength, address = binding
    pairs = _pairs(value, kind)
    if not pairs:
        if strength == "required" and kind == "CodeableConcept":
            yield _outside(path, address, Severity.ERROR, "there is no code, and one of the list is required", "")
        return
    content = content_of(address)
    found = {Membership.UNKNOWN} if content is None else {holds(content, *pair) for pair in pairs}
    if Membership.IN in found:
        return
    named = ", ".join(f"{system or 'no system'}|{code}" for system, code in pairs)
    if Membership.UNKNOWN in found:
        words = f"{named} was not looked up in {_name(address)}, because we do not have its codes"
        yield Issue(severity=Severity.NOT_CHECKED, path=path, rule="binding", words=words, remedy=_ASK)
    elif strength == "required":
        yield _outside(path, address, Severity.ERROR, f"{named} is not in {_name(address)}", _choices(content))
    else:
        words = f"{named} is not in {_name(address)}, which is to be used where it fits"
        yield _outside(path, address, Severity.WARNING, words, _choices(content))


def check_coding(coding: dict[str, Any], path: str) -> Iterator[Issue]:
    """Check that a code system which we have whole has the code, and ours the word beside it."""
    system, code, display = (coding.get(name) for name in ("system", "code", "display"))
    if not isinstance(system, str) or not isinstance(code, str):
        return
    known = is_code_of(system, code)
    if known is Membership.UNKNOWN:
        words = f"{system}|{code} was not looked up, because we do not have the codes of that system"
        yield Issue(severity=Severity.NOT_CHECKED, path=path, rule="code", words=words, remedy=_ASK)
    if known is Membership.OUT:
        yield Issue(
            severity=Severity.ERROR,
            path=f"{path}.code",
            rule="code",
            words=f"the code system {system} has no code {code!r}",
            remedy="Take one of its codes, or name another system.",
        )
    word = word_for(system, code)
    if word and isinstance(display, str) and display.strip().casefold() != word.casefold():
        yield Issue(
            severity=Severity.WARNING,
            path=f"{path}.display",
            rule="code",
            words=f"the word for {code!r} in {system} is {word!r}",
            remedy="Write that word, or none.",
            value=shown(display),
        )


def _pairs(value: Any, kind: str) -> list[Pair]:
    """List the codes that a value holds, each with its system; a bare code has none."""
    if isinstance(value, str):
        return [(None, value)]
    if not isinstance(value, dict):
        return []
    if kind == "CodeableConcept":
        codings = value.get("coding")
        found = [each for each in codings if isinstance(each, dict)] if isinstance(codings, list) else []
        return [_pair(each) for each in found if _pair(each) != (None, None)]
    return [_pair(value)] if _pair(value) != (None, None) else []


def _pair(coding: dict[str, Any]) -> Pair:
    system, code = coding.get("system"), coding.get("code")
    return system if isinstance(system, str) else "", code if isinstance(code, str) else None


def _choices(content: Content | None) -> str:
    codes = sorted(code for codes in (content or {}).values() for code in codes or ())
    most = 12
    if not codes or len(codes) > most:
        return ""
    return f"Use one of {', '.join(codes)}."


def _name(address: str) -> str:
    return f"the value set {address.rpartition('/')[2]}"


def _outside(path: str, address: str, severity: Severity, words: str, remedy: str) -> Issue:
    return Issue(
        severity=severity, path=path, rule="binding", words=words, remedy=remedy or f"Use a code of {address}."
    )
