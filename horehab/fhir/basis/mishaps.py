"""What nobody foresaw, as the log may hold it: kind and places of an error, never its words or values."""

import logging
from collections.abc import Iterator
from pathlib import Path
from traceback import extract_tb

logger = logging.getLogger("horehab.fhir")

_FRAMES = 30
_ROOT = Path(__file__).parents[3]


def note_mishap(what: str, error: BaseException) -> str:
    """Log where an error came from, without its text, which may quote a chart; gives the innermost place of ours.

    A place is "file:line", the file as seen from where this software is installed. The errors that led to it
    are logged with it, the newest first.
    """
    lines = [f"{type(each).__name__} at {' > '.join(_places(each))}" for each in _chain(error)]
    logger.error("A fault of this program stopped a %s: %s", what, "; from ".join(lines))
    places = _places(error)
    return next((place for place in reversed(places) if place.startswith("horehab/")), places[-1])


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__


def _places(error: BaseException) -> list[str]:
    """List the frames of an error, outermost first; of a bottomless recursion the innermost alone."""
    frames = extract_tb(error.__traceback__, limit=-_FRAMES)
    return [f"{_file(frame.filename)}:{frame.lineno}" for frame in frames] or ["an unknown place"]


def _file(name: str) -> str:
    path = Path(name)
    return path.relative_to(_ROOT).as_posix() if path.is_relative_to(_ROOT) else path.name
