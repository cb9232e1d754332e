"""A check of what we write against the definitions of R4, before it leaves the house."""

from typing import Any

from horehab.errors import InputError


def check(resource: dict[str, Any]) -> None:
    """Check a resource of ours against R4 by fhir.resources; InputError names path, value and fault."""
    from fhir.resources.R4B import get_fhir_model_class
    from pydantic import ValidationError

    kind = str(resource.get("resourceType"))
    try:
        get_fhir_model_class(kind).model_validate(resource)
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(part) for part in (kind, *first["loc"]))
        raise InputError(
            f"What was to be written is no valid {kind}: {path}: {first['msg']}.",
            field=path,
            value=first.get("input"),
            remedy="Please report this; nothing was written and the entry is kept.",
        ) from error
    except ValueError as error:
        raise InputError(
            f"There is no kind of resource called {kind!r}.", field="resourceType", value=kind, remedy="Report this."
        ) from error
