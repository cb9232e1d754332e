"""Codes of the ward's own: what people said that they mean, which are not read yet, and how entries are read now."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from horehab.domain.local_code import CodeMeaning, LocalCode
from horehab.usecases.exchange import ChartItem


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMapping:
    """What a person said that a code means here, who, and when."""

    local: LocalCode
    meaning: CodeMeaning
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeToMap:
    """A code that is not read, and whom that concerns.

    `resources` are the entries that bear it, `patients` those whom they concern, `unmeasured` those of them of whom
    no reading of any joint is known. `text`, `offered` and `why` as in UnreadCode; several texts offer what they
    have in common.
    """

    local: LocalCode
    text: str
    why: str
    offered: str
    resources: int
    patients: tuple[str, ...]
    unmeasured: tuple[str, ...]
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """How entries of the chart are understood: it changes with our version, with settings, and with codes mapped.

    `reader` names version and settings; `codes` are the local codes that mean something here, each with what.
    """

    reader: str
    codes: Mapping[LocalCode, str] = field(default_factory=dict)

    def codes_changed_since(self, before: "Understanding | None") -> frozenset[LocalCode]:
        """Name the codes that mean something else than before, nothing any more, or something for the first time."""
        former = before.codes if before else {}
        return frozenset(code for code in {*former, *self.codes} if former.get(code) != self.codes.get(code))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAnew:
    """What came of reading stored entries again.

    `entries` of the chart say something else than before; `gained` and `lost` count facts by their kind
    ("Reading"); `patients` are those whom it concerns; `understood` counts entries that had been set aside.
    `is_whole` unless some must wait until the chart was looked at.
    """

    entries: int = 0
    gained: Mapping[str, int] = field(default_factory=dict)
    lost: Mapping[str, int] = field(default_factory=dict)
    patients: frozenset[str] = frozenset()
    understood: int = 0
    is_whole: bool = True

    def __add__(self, other: "ReadAnew") -> "ReadAnew":
        """Put two rounds together."""
        return ReadAnew(
            entries=self.entries + other.entries,
            gained=_sum(self.gained, other.gained),
            lost=_sum(self.lost, other.lost),
            patients=self.patients | other.patients,
            understood=self.understood + other.understood,
            is_whole=self.is_whole and other.is_whole,
        )


def _sum(left: Mapping[str, int], right: Mapping[str, int]) -> Mapping[str, int]:
    return {kind: left.get(kind, 0) + right.get(kind, 0) for kind in {**left, **right}}


class Codes(Protocol):
    """Our memory of local codes: what people mapped is backed up; the rest follows from the chart."""

    def mappings(self) -> tuple[CodeMapping, ...]:
        """List what people mapped, by code system and code."""

    def map(self, mappings: Sequence[CodeMapping]) -> None:
        """Keep what people mapped, in place of what the same codes meant before; all or nothing."""

    def forget(self, local: LocalCode) -> bool:
        """Forget what a person mapped; False when nobody had."""

    def to_map(self) -> tuple[CodeToMap, ...]:
        """List the codes that are not read, those that concern most patients first."""

    def understanding(self) -> Understanding | None:
        """Tell how all that is stored was last understood; None when that was never noted."""

    def note_understanding(self, understanding: Understanding) -> None:
        """Note that all that is stored is now understood so."""

    def sources_with(self, codes: Collection[LocalCode]) -> Iterator[tuple[str, bytes]]:
        """Give reference and verbatim text of each stored entry that may bear one of the codes."""

    def keep_again(self, items: Sequence[ChartItem], *, now: datetime) -> ReadAnew:
        """Keep entries that were read again, unless a newer version of them came in meanwhile."""
