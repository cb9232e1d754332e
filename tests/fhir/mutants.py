"""Spoils resources: parts dropped, doubled, retyped, nested, made huge; odd letters, impossible dates, cut texts."""

import json
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

Tree = Any
Place = tuple[Any, Any]

_ODD_TYPES: tuple[Tree, ...] = (
    None, True, False, 0, -1, 7.5, 1e308, -0.0, 10**30, "", " ", "x", "deg", [], {}, [None], [[]], {"": ""}, [{}],
    {"coding": "x"}, {"coding": [None]}, {"reference": 7}, {"value": {"value": 1}}, "urn:uuid:1", "Patient/2",
)  # fmt: skip
_ODD_DATES = (
    "0000-00-00",
    "2026-02-30",
    "2026-13-01",
    "9999-12-31T23:59:60Z",
    "9999-12-31T23:59:59-14:00",
    "0001-01-01",
    "2026",
    "2026-3-2",
    "2026-03-02T25:61:00Z",
    "2026-03-02T10:00",
    "2026-03-02 10:00:00",
    "20260302",
    "yesterday",
    "NaN",
    "2026-03-29T02:30:00+01:00",
    "2026-03-02T10:00:00.123456789123Z",
    "-2026-01-01",
    "\uff12\uff10\uff12\uff16-\uff10\uff13-\uff10\uff12",
    "99999-01-01",
)
_ODD_LETTERS = (
    "\x00",
    "\u202e",
    "\ufeff",
    "\ud800",
    "e\u0301",
    "\U0001d7de\U0001d7d8",
    "ß",
    "İ",
    "\u2028",
    "٣٤",
    "½",
    "'; DROP TABLE x;--",
    "<script>",
    "../../etc/passwd",
    "%00",
    "{{7*7}}",
    "\\u0000",
    "|",
    "$",
    ",",
)
_DEEP, _LONG, _MANY = 90, 5_000, 30


def _place(dice: Random, tree: Tree) -> Place | None:
    """Walk down from the top and stop somewhere: what lies deep is met as often as what lies high."""
    found: Place | None = None
    while isinstance(tree, dict | list) and tree:
        key = dice.choice(list(tree)) if isinstance(tree, dict) else dice.randrange(len(tree))
        found, tree = (tree, key), tree[key]
        if dice.random() < 0.3:
            break
    return found


def _drop(dice: Random, holder: Any, key: Any) -> None:
    del dice, holder[key]


def _double(dice: Random, holder: Any, key: Any) -> None:
    if isinstance(holder, list):
        holder.insert(dice.randint(0, len(holder)), deepcopy(holder[key]))
    else:
        holder[key] = [deepcopy(holder[key]), holder[key]]


def _retype(dice: Random, holder: Any, key: Any) -> None:
    holder[key] = deepcopy(dice.choice(_ODD_TYPES))


def _nest(dice: Random, holder: Any, key: Any) -> None:
    for _ in range(dice.choice((1, 2, _DEEP))):
        holder[key] = [holder[key]] if dice.random() < 0.5 else {"value": holder[key]}


def _huge(dice: Random, holder: Any, key: Any) -> None:
    holder[key] = dice.choice(("9" * _LONG, [holder[key]] * _MANY, 10**300, -(10**300), 1e-320))


def _odd_letters(dice: Random, holder: Any, key: Any) -> None:
    text = holder[key] if isinstance(holder[key], str) else "x"
    at = dice.randint(0, len(text))
    holder[key] = text[:at] + dice.choice(_ODD_LETTERS) + text[at:]


def _odd_date(dice: Random, holder: Any, key: Any) -> None:
    dated = (
        [name for name in holder if "ate" in str(name) or "eriod" in str(name)] if isinstance(holder, dict) else []
    )
    holder[dice.choice(dated) if dated else key] = dice.choice(_ODD_DATES)


def _rename(dice: Random, holder: Any, key: Any) -> None:
    if isinstance(holder, dict):
        holder[dice.choice(("_" + key, key.upper(), key + "s", "resourceType", "id", "status"))] = holder.pop(key)


CHANGES: Sequence[Callable[[Random, Any, Any], None]] = (
    _drop, _double, _retype, _retype, _nest, _huge, _odd_letters, _odd_date, _odd_date, _rename,
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Mutants:
    """Makes mutants of some resources, always the same ones from the same seed."""

    originals: Sequence[dict[str, Any]]
    seed: int
    _texts: list[str] = field(default_factory=list)
    _dice: Random = field(default_factory=Random)

    def __post_init__(self) -> None:
        """Write the originals down once; a copy is then read from its text."""
        self._dice = Random(self.seed)
        self._texts = [json.dumps(each) for each in self.originals]

    def next(self) -> tuple[str, bytes]:
        """Give the kind that a server would list it under, and the text of one mutant."""
        dice = self._dice
        number = dice.randrange(len(self._texts))
        kind = str(self.originals[number]["resourceType"])
        resource = json.loads(self._texts[number])
        for _ in range(dice.randint(1, 4)):
            found = _place(dice, resource)
            if found is not None:
                dice.choice(CHANGES)(dice, *found)
        return kind, self._spoilt_text(json.dumps(resource).encode("utf-8", "surrogatepass"))

    def _spoilt_text(self, text: bytes) -> bytes:
        """One time in forty the text itself is spoilt: cut, a byte changed, a key twice, bytes that are no UTF-8."""
        dice = self._dice
        match dice.randrange(160):
            case 0:
                return text[: dice.randrange(len(text))]
            case 1:
                at = dice.randrange(len(text))
                return text[:at] + bytes([dice.randrange(256)]) + text[at + 1 :]
            case 2:
                return text[:-1] + b',"status":"final"}'
            case 3:
                return text.replace(b'"', b'"\xff', 3)
            case _:
                return text
