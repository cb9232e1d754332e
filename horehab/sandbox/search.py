"""Search: what was asked becomes one SQL condition, and what was used is remembered for the self link."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from horehab.sandbox.definitions import Kind, Parameter, parameters
from horehab.sandbox.instants import span
from horehab.sandbox.refusals import Refusal

Pairs = Iterable[tuple[str, str]]
Condition = tuple[str, list[object]]

_IGNORED = frozenset({"_format", "_pretty"})
_PREFIXES: Mapping[str, Callable[[str, str, int, int], Condition]] = MappingProxyType(
    {
        "ge": lambda _, last, start, __: (f"{last} >= ?", [start]),
        "gt": lambda _, last, __, end: (f"{last} > ?", [end]),
        "le": lambda first, _, __, end: (f"{first} <= ?", [end]),
        "lt": lambda first, _, start, __: (f"{first} < ?", [start]),
        "sa": lambda first, _, __, end: (f"{first} > ?", [end]),
        "eb": lambda _, last, start, __: (f"{last} < ?", [start]),
        "eq": lambda first, last, start, end: (f"{first} >= ? AND {last} <= ?", [start, end]),
        "ne": lambda first, last, start, end: (f"NOT ({first} >= ? AND {last} <= ?)", [start, end]),
    }
)
_ORDERS = MappingProxyType(
    {
        "_lastUpdated": "r.updated, r.seq",
        "-_lastUpdated": "r.updated DESC, r.seq DESC",
        "_id": "r.id",
        "-_id": "r.id DESC",
    }
)
_TOTALS = ("none", "estimate", "accurate")
DEFAULT_COUNT, MAXIMUM_COUNT = 20, 500
"""Page sizes as HAPI's testbed has them."""


@dataclass(slots=True, kw_only=True)
class Query:
    """One understood search: SQL condition and values, order, page size, and the parameters that were used."""

    resource_type: str
    conditions: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)
    used: list[tuple[str, str]] = field(default_factory=list)
    order: str = "r.key"
    count: int = DEFAULT_COUNT
    only_total: bool = False

    def meet(self, condition: str, values: Iterable[object]) -> None:
        """Demand one more condition."""
        self.conditions.append(condition)
        self.values.extend(values)

    @property
    def narrows(self) -> bool:
        """Whether it demands more than the type."""
        return len(self.conditions) > 1

    @property
    def condition(self) -> str:
        """All conditions together."""
        return " AND ".join(self.conditions)


def page_size(text: str) -> int:
    """Read _count; Refusal 400 when it is no whole number; more than 500 is cut to 500."""
    if not text.isascii() or not text.isdigit():
        raise Refusal(400, f"Invalid _count: {text!r}; expected is a whole number such as 50.")
    return min(int(text), MAXIMUM_COUNT)


def _date_condition(columns: tuple[str, str], text: str) -> Condition:
    prefix, rest = (text[:2], text[2:]) if text[:2] in _PREFIXES else ("eq", text)
    if not rest[:1].isdigit():
        raise Refusal(400, f"Invalid date/time: {text!r}; prefixes known here are {', '.join(_PREFIXES)}.")
    condition, values = _PREFIXES[prefix](*columns, *span(rest))
    return f"({condition})", values


def _at_first_bar(text: str) -> tuple[str, str, str]:
    r"""Split a token as HAPI does: at its first bar that is not escaped; `\|`, `\,` and `\$` stand for themselves."""
    bar = re.search(r"(?<!\\)\|", text)
    system, code = (text[: bar.start()], text[bar.end() :]) if bar else ("", text)
    return system, "|" if bar else "", re.sub(r"\\([\\|,$])", r"\1", code)


def _token_condition(text: str) -> Condition:
    system, separator, code = _at_first_bar(text)
    if not separator:
        return "f.code = ?", [code]
    if not code:
        return "f.system = ?", [system]
    return "(f.system = ? AND f.code = ?)", [system, code]


def _reference_condition(parameter: Parameter, text: str) -> Condition:
    kind, _, identity = text.rpartition("/")
    kind = kind.rpartition("/")[2] or parameter.target
    if not kind:
        return "f.code = ?", [identity]
    return "(f.system = ? AND f.code = ?)", [kind, identity]


def _value_condition(parameter: Parameter, text: str) -> Condition:
    if parameter.kind is Kind.DATE:
        return _date_condition(("f.first", "f.last"), text)
    if parameter.kind is Kind.REFERENCE:
        return _reference_condition(parameter, text)
    if parameter.kind is Kind.URI:  # without a version it means every version
        return "(f.code = ? OR substr(f.code, 1, ?) = ?)", [text, len(text) + 1, f"{text}|"]
    return _token_condition(text)


def _add_indexed(query: Query, name: str, parameter: Parameter, text: str) -> None:
    alternatives = [_value_condition(parameter, value) for value in re.split(r"(?<!\\),", text)]
    either = " OR ".join(condition for condition, _ in alternatives)
    query.meet(
        f"r.key IN (SELECT f.key FROM found_by f WHERE f.type = ? AND f.name = ? AND ({either}))",
        [query.resource_type, name, *(value for _, values in alternatives for value in values)],
    )


def _add_common(query: Query, name: str, text: str) -> bool:
    if name == "_id":
        identities = text.split(",")
        query.meet(f"r.id IN ({', '.join('?' * len(identities))})", identities)
    elif name == "_lastUpdated":
        query.meet(*_date_condition(("r.updated", "r.updated"), text))
    elif name == "_count":
        query.count = page_size(text)
    elif name == "_sort" and text in _ORDERS:
        query.order = _ORDERS[text]
    elif name == "_summary" and text in ("count", "false"):
        query.only_total = text == "count"
    else:
        return name == "_total" and text in _TOTALS
    return True


def understand(resource_type: str, asked: Pairs, *, is_strict: bool) -> Query:
    """Turn the parameters of a search into a Query; Refusal 400 for a bad value, when strict for an unknown name.

    A parameter without a value is left out, as HAPI does. The total is always accurate.
    """
    query = Query(resource_type=resource_type)
    query.meet("r.type = ?", [resource_type])
    known = parameters(resource_type)
    for name, text in asked:
        if name in _IGNORED or not text:
            continue
        if name in known:
            _add_indexed(query, name, known[name], text)
        elif not _add_common(query, name, text):
            if is_strict:
                raise Refusal(400, f"Unknown search parameter {name!r} for {resource_type}, or its value {text!r}.")
            continue
        query.used.append((name, text))
    query.only_total = query.only_total or query.count == 0
    return query
