"""A second opinion on the bare shape of a resource, by fhir.resources; what it alone finds is said in our words."""

from collections.abc import Iterable, Iterator
from typing import Any

from horehab.fhir.validation.issues import Issue, Severity, shown
from horehab.fhir.validation.library import is_resource


def shape_issues(resource: Any, found: Iterable[Issue]) -> Iterator[Issue]:
    """Give what fhir.resources finds in a resource where we found no error at that place, above it or below it."""
    kind = resource.get("resourceType") if isinstance(resource, dict) else None
    if not isinstance(kind, str) or not is_resource(kind):
        return
    from fhir.resources.R4B import get_fhir_model_class
    from pydantic import ValidationError

    known = [issue.path for issue in found if issue.is_error]
    try:
        model = get_fhir_model_class(kind)
    except (KeyError, ValueError):  # a few resources of R4 that R4B no longer has
        return
    try:
        model.model_validate(resource)
    except ValidationError as error:
        for each in error.errors():
            path = _path(kind, each["loc"])
            if not any(path.startswith(one) or one.startswith(path) for one in known):
                yield Issue(
                    severity=Severity.ERROR,
                    path=path,
                    rule="shape",
                    words=f"fhir.resources says: {each['msg'].rstrip('.')}",
                    remedy="Write it as FHIR's JSON does.",
                    value=shown(each.get("input")),
                )
    except Exception:  # noqa: BLE001  # of a type within that it lacks, the library raises what it stumbles over
        yield Issue(
            severity=Severity.NOT_CHECKED,
            path=kind,
            rule="shape",
            words="the bare shape was checked by us alone, because fhir.resources cannot read what stands within",
            remedy="Mend the other errors first; if none is left, ask another validator.",
        )


def _path(kind: str, place: Iterable[Any]) -> str:
    path = kind
    for step in place:
        path += f"[{step}]" if isinstance(step, int) else f".{step}"
    return path
