"""A copy of the whole chart, made by the EHR as files: how it is ordered, how far it is, and what the files hold."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from horehab.usecases.exchange import ChartPage

WHOLE = "the whole chart"
PATIENTS = "every patient"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyOrder:
    """What is to be copied: WHOLE, PATIENTS, or a group as the server names it ("Group/7"); `since` is an instant."""

    whose: str = WHOLE
    since: str = ""

    @property
    def words(self) -> str:
        """Say what is copied, as a person would."""
        return f"{self.whose} since {self.since}" if self.since else self.whose


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyTicket:
    """Where to ask how far a copy is, and the server's own time when it was ordered (None when it did not say)."""

    address: str
    ordered: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparing:
    """The copy is not ready: what the server says about it, and the seconds after which to ask again."""

    words: str
    wait: float


class Role(Enum):
    """What a file of a copy holds: the chart itself, what was deleted from it, or what could not be copied."""

    CHART = "chart"
    GONE = "gone"
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyFile:
    """One file of a copy. `count` is how many lines the server says it has, None when it does not say."""

    address: str
    kind: str
    role: Role = Role.CHART
    count: int | None = None
    needs_token: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyReady:
    """The files of a copy. `made` is the server's time of it; `whole` names the marks of what it holds completely."""

    files: tuple[CopyFile, ...]
    made: str | None
    whole: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far a file was read: whole lines, their bytes after unpacking, and whether it came unpacked."""

    lines: int = 0
    bytes: int = 0
    is_plain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyPart:
    """Some lines of a file, understood, and the place after them; `marks` are to be set if all goes well."""

    page: ChartPage
    place: Place
    marks: tuple[tuple[str, str], ...] = ()


class Copies(Protocol):
    """Where the EHR copies the whole chart for us."""

    def usual(self) -> CopyOrder:
        """Say what is copied when nothing else is asked for."""

    def order(self, order: CopyOrder) -> CopyTicket:
        """Ask for a copy; NoCopyOffered, EhrUnavailable, EhrRefused, NotAFhirServer."""

    def look(self, ticket: CopyTicket, order: CopyOrder) -> Preparing | CopyReady:
        """Ask how far a copy is; CopyLost when the server forgot it, CopyFailed when it gave up."""

    def read(self, file: CopyFile, place: Place, *, name: str) -> Iterator[CopyPart]:
        """Read a file on from a place; `name` stands for it in problems. CopyLost, EhrUnavailable, EhrRefused."""

    def drop(self, ticket: CopyTicket) -> None:
        """Tell the server that the copy is needed no longer; never raises for what it answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLoad:
    """A first load under way: what was ordered, where it is asked for, and how far its files were read.

    `began` is the earliest time of the server at which this load was ordered or made; `files` is None until the
    copy is ready; `file` and `place` say where to go on, `lines` how many were read. `whole` and `problems` are
    what CopyReady and the files said so far, `marks` what its parts did; `restarts` counts copies that the server
    forgot.
    """

    order: CopyOrder
    ticket: CopyTicket
    began: str | None = None
    files: tuple[CopyFile, ...] | None = None
    whole: tuple[str, ...] = ()
    marks: tuple[tuple[str, str], ...] = ()
    file: int = 0
    place: Place = Place()
    lines: int = 0
    problems: tuple[str, ...] = ()
    restarts: int = 0


class Loads(Protocol):
    """Our memory of a first load under way, so that a crash does not begin it again."""

    def standing(self, address: str) -> FirstLoad | None:
        """Give the load under way from a server; None when there is none."""

    def note(self, address: str, load: FirstLoad, *, now: datetime) -> None:
        """Note how far it is; on disk when this returns, and with it all that was kept before."""

    def forget(self, address: str) -> None:
        """Forget it, since it is done or called off."""
