"""What the rooms hand each other: pages read from the chart, reviews of a patient, rows of our memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from horehab.domain.entries import ChartEntry
from horehab.domain.local_code import UnreadCode
from horehab.domain.need import Need
from horehab.domain.record import Fact, Patient
from horehab.domain.reminder import Reminder, ReminderState
from horehab.domain.suspicion import Tier, Verdict
from horehab.domain.ward_stay import WardStay
from horehab.usecases.written import WrittenItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Why a resource was set aside: `code` is one of a fixed list, `path` where in it, `detail` in plain words."""

    code: str
    path: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartItem:
    """One resource of the chart as it was understood.

    `source` is the resource verbatim (UTF-8 JSON); empty when it is gone. `patient` is "Patient/<id>" or None.
    `identity` is set when the item is a patient. `own_key` is our own identifier on it, if we wrote it.
    An item with neither identity, facts nor unreadable was understood and is none of our business. `unread` are
    local codes in it that look like measurements of ours and were not read.
    """

    reference: str
    version: str
    patient: str | None
    source: bytes = b""
    updated: str | None = None
    identity: Patient | None = None
    facts: tuple[Fact, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    own_key: str | None = None
    is_gone: bool = False
    unread: tuple[UnreadCode, ...] = ()


Item = ChartItem | WrittenItem
"""One resource of the chart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPage:
    """Some items of one kind of resource. `mark` is the place up to which that kind has been read so far.

    `total` is what the server says there is, None when it does not say. `problems` make the pass incomplete:
    its mark is then not moved. `notes` are to be kept and shown, and hinder nothing: what the server says of its
    own record. `is_last` is set on the last page of a kind.
    """

    kind: str
    items: tuple[Item, ...]
    mark: str | None = None
    total: int | None = None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What keeping a page did: items that were new or newer, gone, unchanged, set aside."""

    changed: int = 0
    gone: int = 0
    unchanged: int = 0
    set_aside: int = 0

    def __add__(self, other: "Kept") -> "Kept":
        """Count what both did."""
        return Kept(
            changed=self.changed + other.changed,
            gone=self.gone + other.gone,
            unchanged=self.unchanged + other.unchanged,
            set_aside=self.set_aside + other.set_aside,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReport:
    """What a pull from the chart brought; `problems` is empty when the pass was complete, `notes` hinder nothing.

    `is_silent` when the EHR gave no answer at all. `understood_now` counts stored entries that had been set aside and
    were read again with success, since we or the ward's map learned them.
    """

    marks: Mapping[str, str]
    kept: Kept
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_silent: bool = False
    understood_now: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a review of one patient decided: verdicts to show, entries for the chart, reminders to keep.

    `void_reminders` are keys of reminders that no longer hold, `why_void` says why. `why_silent` says why nothing
    is written at all, if so. `basis` names rule and evidence that it rests on; None when the entries are only shown:
    a newer rule alone neither raises nor withdraws. `therapist` saw the patient last. The last two are as in a Need.
    """

    patient: str
    as_of: date
    verdicts: tuple[Verdict, ...]
    entries: tuple[ChartEntry, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    void_reminders: tuple[str, ...] = ()
    why_void: tuple[tuple[str, str], ...] = ()
    last_measured: date | None = None
    basis: str | None = None
    why_silent: str = ""
    ward: WardStay | None = None
    therapist: str | None = None
    waits_for_review: bool = False
    overdue_since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """An entry on its way to the chart. `state` is waiting, done, conflict, refused, kept or replaced.

    kept: a person left the EHR as it is. `settled` is since when it is not waiting any more.
    """

    row: int
    key: str
    patient: str
    entry: ChartEntry
    state: str
    attempts: int
    created: datetime
    detail: str = ""
    reference: str | None = None
    version: str | None = None
    settled: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """A resource, or a part of it, that could not be read, and whose patient it concerns."""

    reference: str
    version: str
    patient: str | None
    code: str
    path: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderRow:
    """A reminder of the ledger with its state; `due` is the UTC instant of its local due time.

    `is_interrupted` when an attempt was begun and whoever made it never said what became of it. `owner` has it
    now, `settled` is since when it is not waiting any more, `decided_by` who decided about it, if a person did.
    """

    row: int
    reminder: Reminder
    due: datetime
    state: ReminderState
    attempts: int = 0
    detail: str = ""
    is_interrupted: bool = False
    owner: str = ""
    settled: datetime | None = None
    decided_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseloadQuery:
    """Which patients the caseload shall show; `after` is the cursor of the page before, ward and therapist by key."""

    text: str = ""
    tier: Tier | None = None
    joint: str | None = None
    ward: str | None = None
    therapist: str | None = None
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseloadRow:
    """A patient of the caseload. `key` names them in addresses of pages; ward and therapist stand as (key, name)."""

    key: str
    patient: Patient
    need: Need
    verdicts: tuple[Verdict, ...]
    last_measured: date | None
    waiting: int = 0
    ward: tuple[str, str] = ("", "")
    therapist: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseloadPage:
    """A page of the caseload, by need, then name; `counts` by tier, of ward and therapist if asked, else of all."""

    rows: tuple[CaseloadRow, ...]
    counts: Mapping[str, int]
    next: str | None = None
    wards: Mapping[str, str] = field(default_factory=dict)
    therapists: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Someone who signs in when horehab stands alone: a physiotherapist, coordinator, physician or integrator."""

    name: str
    display: str
    role: str
    password_hash: str
    practitioner: str | None = None
    is_active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How our own memory stands: what a person or a monitor wants to know at a glance."""

    last_pass: datetime | None
    last_tick: datetime | None
    waiting: int
    conflicts: int
    set_aside: int
    problems: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One thing that `doctor` found: what it is, whether it is well, what was chosen and why.

    `remedy` says what to do; on something that is well it is a hint. `part` groups what belongs together ("reading");
    `details` gives a program what the sentence says, by names that stay.
    """

    subject: str
    is_well: bool
    finding: str
    remedy: str = ""
    part: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What a round of deliveries did with the entries that waited."""

    done: int = 0
    later: int = 0
    conflict: int = 0
    refused: int = 0

    def __add__(self, other: "DeliveryReport") -> "DeliveryReport":
        """Count what both rounds did."""
        return DeliveryReport(
            done=self.done + other.done,
            later=self.later + other.later,
            conflict=self.conflict + other.conflict,
            refused=self.refused + other.refused,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StepReport:
    """What one step in time with the chart did: what was read, decided, and written.

    `conflicts` counts what waits for a person, of this step and from before. `is_dry` when nothing was to be
    written, and `why_dry` says why.
    """

    pulled: PullReport
    reviews: tuple[Review, ...]
    delivered: DeliveryReport
    waiting: int
    conflicts: int = 0
    is_dry: bool = False
    why_dry: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether the chart was read to its end and took all that it was told."""
        return not (self.pulled.problems or self.waiting or self.conflicts)
