"""Whether what the chart gives for reaching a patient may be used on a day."""

from datetime import date


def is_in_use(day: date, *, use: str | None, since: date | None, until: date | None) -> bool:
    """Whether a number or an address may be used on a day: not an old one, and within its time, None being open."""
    is_begun = since is None or since <= day
    is_over = until is not None and until < day
    return use != "old" and is_begun and not is_over
