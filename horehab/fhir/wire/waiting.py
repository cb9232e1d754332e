"""How long to wait before asking a server again, and how fast to ask it at most."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import Random
from threading import Lock

LONGEST_WAIT = 900.0
"""Seconds: a server that asks for more (one sent epoch milliseconds) is asked again after a quarter of an hour."""

_FIRST_WAIT = 0.5

Sleep = Callable[[float], None]


def retry_after(header: str | None, now: datetime) -> float | None:
    """Read a Retry-After header: seconds from 0 to 900; None when there is none or it makes no sense."""
    text = (header or "").strip()
    if not text:
        return None
    try:
        seconds = float(text) if text.isascii() else None
    except ValueError:
        seconds = _until(text, now)
    if seconds is None or math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), LONGEST_WAIT)


def back_off(attempt: int, dice: Random) -> float:
    """Choose a wait that doubles with each attempt, with jitter so that clients do not come back together."""
    ceiling = _FIRST_WAIT * 2.0**attempt
    return dice.uniform(ceiling / 2, ceiling)


def pause(asked: float | None, attempt: int, dice: Random) -> float:
    """Choose how long to wait: as asked and up to a tenth more, so that not all come back at once."""
    return back_off(attempt, dice) if asked is None else min(asked + dice.uniform(0.0, asked / 10), LONGEST_WAIT)


def _until(text: str, now: datetime) -> float | None:
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = then if then.tzinfo else then.replace(tzinfo=UTC)
    return (aware - now).total_seconds()


@dataclass(slots=True, kw_only=True)
class Pace:
    """Lets at most so many requests start per second; 0 means as many as there are."""

    per_second: float
    sleep: Sleep = time.sleep
    ticks: Callable[[], float] = time.monotonic
    _next: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def wait(self) -> None:
        """Wait until the next request may start."""
        if self.per_second <= 0:
            return
        with self._lock:
            now = self.ticks()
            start = max(now, self._next)
            self._next = start + 1.0 / self.per_second
        if start > now:
            self.sleep(start - now)
