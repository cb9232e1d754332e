"""What an extension must be: known by its address, in a place where it belongs, with a value or with parts."""

from collections.abc import Iterator, Mapping
from typing import Any

from horehab.fhir.validation.issues import Issue, Severity, shown
from horehab.fhir.validation.library import definition, is_published_by_others
from horehab.fhir.validation.schema import Definition

Tree = Mapping[str, Any]


def known(tree: Tree) -> Definition | None:
    """Find the definition of an extension by its address; None for a part of another, and where we have none."""
    url = tree.get("url")
    found = definition(url) if isinstance(url, str) and ":" in url else None
    return found if found is not None and found.type == "Extension" else None


def check_either(tree: Tree, path: str) -> Iterator[Issue]:
    """Check that an extension has a value or parts, and not both (ext-1)."""
    has_value = any(name.removeprefix("_").startswith("value") for name in tree)
    if has_value == bool(tree.get("extension")):
        yield Issue(
            severity=Severity.ERROR,
            path=path,
            rule="ext-1",
            words="it has both a value and parts" if has_value else "it has neither a value nor parts",
            remedy="Keep one of the two." if has_value else "Add the value.",
        )


def say_unknown(tree: Tree, *, is_part: bool, path: str) -> Iterator[Issue]:
    """Say that an extension is not known: an error where its publisher has none of that address."""
    url = tree.get("url")
    if is_part or not isinstance(url, str):
        return
    if ":" not in url:
        return
    if is_published_by_others(url):
        words, remedy = (
            "we do not have this extension, so its content was not checked",
            "Ask a validator that has it.",
        )
        yield _issue(Severity.NOT_CHECKED, path, words, remedy, value=shown(url))
    else:
        yield _issue(Severity.ERROR, path, "there is no such extension", "Correct its address.", value=shown(url))


def check_place(contexts: tuple[str, ...], holder: frozenset[str], resource: str, path: str) -> Iterator[Issue]:
    """Check that an extension stands where its definition lets it stand.

    `holder` are the names of what holds it ("CodeableConcept", "Element"), `resource` is the type of the resource.
    """
    place = ".".join(step.partition("[")[0] for step in path.split(".")[:-1])
    if not contexts or any(_is_place(context, holder, resource, place) for context in contexts):
        return
    yield _issue(Severity.ERROR, path, f"this extension belongs on {', '.join(contexts)}", "Put it there.")


def _is_place(context: str, holder: frozenset[str], resource: str, place: str) -> bool:
    if context in holder:
        return True
    if "/" in context:
        return "Extension" in holder
    kind, _, rest = context.partition(".")
    return kind == resource and bool(rest) and place.endswith(f".{rest.removesuffix('[x]')}")


def _issue(severity: Severity, path: str, words: str, remedy: str, value: str = "") -> Issue:
    return Issue(severity=severity, path=path, rule="extension", words=words, remedy=remedy, value=value)
