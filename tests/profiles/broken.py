"""Resources that each break one rule, made from our examples by one change: what a validator must refuse."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fhir_profiles import examples

Resource = dict[str, Any]

GONE: Any = object()
"""In place of a value: the element is taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One change of one example.

    What stands at `path` ("bodySite.coding[0]") becomes `value`; "note[+]" adds one, "extension[rom-mode]" is the one
    of that address, and "valueQuantity>valueString" puts one in the place of another. `rule` is what our validator
    calls the rule that it breaks, `name` what it is in the words of the ward.
    """

    name: str
    rule: str
    example: str
    path: str
    value: Any

    @property
    def resource(self) -> Resource:
        """The example with that change."""
        tree: Resource = json.loads(json.dumps(_EXAMPLES[self.example]))
        steps = re.findall(r"[^.\[\]]+", self.path)
        holder: Any = tree
        for step in steps[:-1]:
            holder = holder[_key(holder, step)]
        old, _, new = steps[-1].rpartition(">")
        if old:
            del holder[old]
        _change(holder, new, self.value)
        return tree


def _change(holder: Any, step: str, value: Any) -> None:
    if step == "+":
        holder.append(value)
    elif value is GONE:
        del holder[_key(holder, step)]
    else:
        holder[_key(holder, step)] = value


def _key(holder: Any, step: str) -> Any:
    """Give the key of a step: a name in an object, a place in a list, or there the end of an extension's address."""
    if not isinstance(holder, list):
        return step
    return int(step) if step.isdigit() else [each["url"].rpartition("/")[2] for each in holder].index(step)


def _named(tree: Resource) -> Iterator[tuple[str, Resource]]:
    yield tree["id"], tree
    yield tree["resourceType"], tree


def _short(tree: Resource) -> Resource:
    """Cut a Bundle to its first entries, which is enough to break its rules."""
    return tree | {"entry": tree["entry"][:4]} if tree["resourceType"] == "Bundle" else tree


_EXAMPLES = {name: _short(tree) for tree in examples() for name, tree in _named(tree)}
ROM, ANKLE, SET = "example-rom-hip-flexion", "example-rom-ankle", "example-rom-set"
PAIN, SIGN, SESSION, TASK = "example-pain", "example-sign", "example-session", "example-task"
SUSPECTED, REASONS, REMINDER, SOFTWARE = "Condition", "Provenance", "example-reminder", "example-software"


DEGREES = {"system": "http://unitsofmeasure.org", "unit": "deg", "code": "deg", "value": 85.0}
EXAM = "http://terminology.hl7.org/CodeSystem/observation-category"
BASE = "https://horehab.org/fhir"
"""Codes of public systems below stand there because they are wrong."""
