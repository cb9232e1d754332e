"""Where a letter to a patient goes: the postal addresses of the chart, and which of them to write to on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from horehab.domain.in_use import is_in_use

_AT_HOME = ("home", "temp", None)
"""What an address is used for where a patient lives; work and billing come after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostalAddress:
    """One address as the chart has it; `lines` as they stand on an envelope.

    `use` is such as "home", "work" or "old"; `is_visited_only` where no mail is taken. `since` and `until` are the
    days between which it holds, None for open.
    """

    lines: tuple[str, ...]
    use: str | None = None
    is_visited_only: bool = False
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it may be written to on that day: not an old one, and within its time."""
        return is_in_use(day, use=self.use, since=self.since, until=self.until)


def where_to_write(addresses: Iterable[PostalAddress], day: date) -> tuple[str, ...]:
    """Give the lines of the address to write to on a day; none where the chart has none that holds.

    Where a patient stays for a time comes first, then their home, then the others; where no mail is taken comes last.
    """
    holding = [address for address in addresses if address.lines and address.holds_on(day)]
    best = min(holding, key=_order, default=None)
    return best.lines if best else ()


def _order(address: PostalAddress) -> tuple[bool, bool, bool]:
    is_for_now = address.use == "temp" and address.until is not None
    return address.is_visited_only, not is_for_now, address.use not in _AT_HOME
