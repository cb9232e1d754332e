"""How often an element may be there, each named part of a list too, and in which order the parts stand."""

from collections.abc import Iterator, Sequence

from horehab.fhir.validation.issues import Issue, Severity
from horehab.fhir.validation.schema import Element


def count_issues(number: int, element: Element, path: str, name: str) -> Iterator[Issue]:
    """Check how often an element is there."""
    if number < element.least:
        words = "it is required" if element.least == 1 else f"there must be at least {element.least}"
        yield _issue(path, "min", words, f"Add {name}.")
    elif number > element.most:
        words = f"there may be at most {element.most}" if element.most else "it must not be here"
        yield _issue(path, "max", words, "Remove the others." if element.most else f"Remove {name}.")


def part_issues(parts: Sequence[Element], whole: Element, path: str) -> Iterator[Issue]:
    """Check how often each named part of a list is there, and whether others may be, and where.

    `parts` says for each value which part it is, the list itself (`whole`) for one that is none.
    """
    assert whole.slicing is not None
    place = f"{path}.{whole.name}"
    for part in whole.slices:
        number = sum(each is part for each in parts)
        yield from count_issues(number, part, f"{place}:{part.slice_name}", part.slice_name)
    is_other = [each is whole for each in parts]
    if whole.slicing.rules == "closed" and any(is_other):
        where = f"{place}[{is_other.index(True)}]"
        yield _issue(where, "slice", "it is none of the parts of this closed list", "Remove it.")
    if whole.slicing.rules == "openAtEnd" and is_other != sorted(is_other):
        yield _issue(place, "order", "others may only stand at the end", "Put them last.")
    order = [whole.slices.index(each) for each in parts if each is not whole]
    if whole.slicing.is_ordered and order != sorted(order):
        names = ", ".join(part.slice_name for part in whole.slices)
        yield _issue(place, "order", "the parts are not in their order", f"Order them: {names}.")


def _issue(path: str, rule: str, words: str, remedy: str) -> Issue:
    return Issue(severity=Severity.ERROR, path=path, rule=rule, words=words, remedy=remedy)
