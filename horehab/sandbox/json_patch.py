"""JSON Patch (RFC 6902): change a resource in place without touching the rest of it."""

from typing import Any

import jsonpatch
from jsonpointer import JsonPointerException

from horehab.sandbox.refusals import Refusal


def patched(resource: dict[str, Any], operations: object) -> dict[str, Any]:
    """Give the resource as the operations make it; Refusal 400 for a bad patch or one that does not fit."""
    if not isinstance(operations, list):
        raise Refusal(400, "A JSON Patch is a list of operations.")
    try:
        changed = jsonpatch.apply_patch(resource, operations, in_place=False)
    except (jsonpatch.JsonPatchException, JsonPointerException, TypeError) as error:
        raise Refusal(400, f"The JSON Patch cannot be applied: {error}.") from error
    if not isinstance(changed, dict):
        raise Refusal(400, "The JSON Patch leaves no resource.")
    return changed
