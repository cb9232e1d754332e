"""The doors of the quiet core, in words of the ward: Chart (the EHR), Logbook (our memory), Clock, Postbox."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from horehab.domain.entries import ChartEntry, DecisionEntry, Delivery
from horehab.domain.local_code import LocalCode
from horehab.domain.record import Fact, PatientRecord
from horehab.domain.reminder import Reminder, ReminderState
from horehab.domain.thresholds import Rules
from horehab.usecases.chart_copy import Copies
from horehab.usecases.conflict_queue import Sweep
from horehab.usecases.exchange import (
    CaseloadPage,
    CaseloadQuery,
    ChartItem,
    ChartPage,
    Choice,
    Health,
    Kept,
    OutboxRow,
    ReminderRow,
    Review,
    SetAside,
    User,
)
from horehab.usecases.local_codes import Understanding
from horehab.usecases.shelves import Shelves


class Clock(Protocol):
    """The time, and the ward's day."""

    def now(self) -> datetime:
        """Read the time now, aware, in UTC."""

    def today(self) -> date:
        """Say which day it is on the ward."""


class Held(Protocol):
    """Names what our memory holds of a kind, such as "Observation", and does not know to be gone."""

    def __call__(self, kind: str, *, patients: Collection[str] | None = None) -> Iterator[str]:
        """Name it in order, of all (None) or of some patients."""


class Chart(Protocol):
    """The EHR: it holds the record."""

    @property
    def address(self) -> str:
        """The base address of the server, as recorded in the store."""

    @property
    def copies(self) -> Copies:
        """Where the EHR copies the whole chart for a first load."""

    def changes(self, marks: Mapping[str, str]) -> Iterator[ChartPage]:
        """Read all that changed since the marks (kind -> mark), page by page; EhrUnavailable, EhrRefused."""

    def vanished(self, marks: Mapping[str, str], held: Held) -> Iterator[ChartPage]:
        """Find what was deleted where the EHR does not tell of deletions; at most once per ward day and kind.

        Called before the `changes` of the same pass are read; its pages are drawn after them. A page's kind is the
        name of a mark of its own, never a kind's.
        """

    def read_again(self, reference: str, source: bytes) -> ChartItem:
        """Understand a stored resource anew, without the network; never raises for its content.

        EhrUnavailable for one that cannot be understood before the chart was looked at in this process.
        """

    def understanding(self) -> Understanding:
        """Tell how entries are understood from now on, with all that was mapped until now; ConfigurationError."""

    def codes_of_file(self) -> Mapping[LocalCode, str]:
        """Tell what the site's own file says that local codes mean, whether or not a person said otherwise."""

    def deliver(self, entry: ChartEntry, *, own_versions: frozenset[str], target: str | None) -> Delivery:
        """Write one entry and read it back. Never raises for what a server may answer.

        `own_versions` are the versions of that resource which we wrote: any other is a person's. `target` is
        the reference that an earlier delivery of the same key got, or None.
        """

    def end_doubles(
        self, entries: Sequence[ChartEntry], own_versions: Callable[[str], frozenset[str]]
    ) -> Iterator[Sweep]:
        """Find which of these entries stand there more than once, and end all but one; see `Sweep`.

        Asks nothing of an EHR that promises to keep our ids. Never raises for what a server may answer.
        """

    def inspect(self) -> Sequence[Choice]:
        """Look at server, auth, search and writing without changing anything, for `doctor`."""


class Projection(Protocol):
    """The part of our memory that can be dropped and pulled again."""

    def marks(self) -> dict[str, str]:
        """Tell up to where each kind of resource has been read."""

    def keep(self, page: ChartPage, *, now: datetime) -> Kept:
        """Keep a page in one short transaction; older versions and repeats change nothing."""

    def held(self, kind: str, *, patients: Collection[str] | None = None) -> Iterator[str]:
        """Name what is held of a kind of resource and not known to be gone; of all, or of some patients."""

    def patients_to_review(self, *, day: date | None = None) -> tuple[str, ...]:
        """List the patients of whom something changed since their last review, or not reviewed as of `day`."""

    def basis(self, patient: str) -> str | None:
        """Tell on which rule and evidence the last review of a patient rested that was acted on."""

    def patients(self) -> tuple[str, ...]:
        """List every patient who was not merged away."""

    def record(self, patient: str) -> PatientRecord:
        """Give all that is known of a patient, entries on their way included; UnknownPatient."""

    def patient_by_key(self, key: str) -> str:
        """Find the patient of a page's address; UnknownPatient."""

    def key_of(self, patient: str) -> str:
        """Give the name under which a patient stands in addresses of pages; UnknownPatient."""

    def last_review(self) -> date | None:
        """Tell the latest day as of which a review was closed."""

    def finish_pass(
        self,
        *,
        marks: Mapping[str, str],
        reviews: Sequence[Review],
        now: datetime,
        problems: tuple[str, ...],
        notes: tuple[str, ...] = (),
    ) -> None:
        """Close a pass in one transaction: marks, verdicts, outbox entries, reminders, review flags."""

    def caseload(self, query: CaseloadQuery) -> CaseloadPage:
        """Show one page of the patients by need."""

    def set_aside(self, *, patient: str | None = None) -> tuple[SetAside, ...]:
        """List what could not be read, with the patient it concerns; of one patient, those merged included."""

    def sources_set_aside(self) -> Iterator[tuple[str, bytes]]:
        """Give reference and verbatim text of each resource set aside, to be read again."""


class Ledger(Shelves, Protocol):
    """The part of our memory that is backed up and never dropped."""

    def log(
        self, *, patient: str, entries: Sequence[ChartEntry], reminders: Sequence[Reminder], now: datetime
    ) -> bool:
        """Commit entries and reminders in one transaction; False when these entries were there already."""

    def claim_entries(self, *, owner: str, now: datetime, limit: int) -> tuple[OutboxRow, ...]:
        """Lease entries that wait: first in, first out per patient, a later one never before an earlier one."""

    def settle(self, row: OutboxRow, delivery: Delivery, *, now: datetime) -> None:
        """Note what became of a leased entry, and which version we wrote."""

    def outbox(self, *, patient: str | None = None, open_only: bool = True) -> tuple[OutboxRow, ...]:
        """List entries, oldest first."""

    def own_versions(self, reference: str) -> frozenset[str]:
        """Tell which versions of a resource we wrote ourselves."""

    def delivered_reference(self, key: str) -> str | None:
        """Tell under which reference an entry of that key stands in the chart, if it was delivered."""

    def decisions(self, patient: str) -> tuple[DecisionEntry, ...]:
        """List what people decided in our pages about a patient's suspicions, oldest first."""

    def local_facts(self, patient: str) -> tuple[Fact, ...]:
        """Give what was logged here and is not yet seen in the chart."""

    def due_reminders(
        self, *, owner: str, now: datetime, limit: int, is_held: bool = False
    ) -> tuple[ReminderRow, ...]:
        """Lease reminders that are due; those past their void day become expired instead.

        `is_held`: only those that go into the chart as tasks, since nobody has released the others yet.
        """

    def settle_reminder(self, row: ReminderRow, state: ReminderState, *, detail: str, now: datetime) -> None:
        """Note what became of a leased reminder."""

    def reminders(self, *, patient: str | None = None) -> tuple[ReminderRow, ...]:
        """List reminders, soonest first."""

    def user(self, name: str) -> User | None:
        """Find someone who may sign in."""

    def add_user(self, user: User) -> None:
        """Add someone who may sign in, or replace them; InputError for a role that is none."""

    def audit(self, *, who: str, what: str, patient: str | None, now: datetime) -> None:
        """Note who did what, chained to the note before."""

    def broken_audit(self) -> int | None:
        """Check the chain of the audit and tell the first note that was altered; None when it is whole."""

    def hold(self, name: str, *, owner: str, now: datetime, seconds: float) -> bool:
        """Take or renew the lease of a piece of work, such as "step"; False when somebody else has it."""

    def release(self, name: str, *, owner: str) -> None:
        """Give back the lease of a piece of work."""

    def tick(self, *, name: str, now: datetime) -> None:
        """Note that the clock tower lives."""

    def health(self, *, now: datetime) -> Health:
        """Tell how our memory stands."""

    def check_binding(self, *, address: str) -> None:
        """Bind a fresh store to a server, or raise StoreMismatch when it belongs to another."""


class Logbook(Projection, Ledger, Protocol):
    """Our own memory: a projection that can be rebuilt, and a ledger that loses nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a postbox said: sent, failed for good, or unknown; `detail` without patient data.

    `until` says when a reminder that stays due may go, as at the end of the recipient's quiet hours. `is_tried` is
    false when nothing was tried at all: it waits, or does not go.
    """

    state: ReminderState
    detail: str = ""
    until: datetime | None = None
    is_tried: bool = True


class Postbox(Protocol):
    """How a reminder leaves the house. `deduplicates` says whether the same key twice is delivered once."""

    @property
    def deduplicates(self) -> bool:
        """Whether a repeat with the same key is dropped on its way."""

    def send(self, reminder: Reminder) -> Receipt:
        """Send one reminder; the text comes from an allow-list and holds no diagnosis, value or joint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything that a use case may touch, opened by wiring. The Postbox is not here: only the scheduler has it.

    `may_write` says whether entries may leave for the chart at all (HOREHAB_WRITE and the kind of server),
    `needs_approval` that a person lets each round of them go, `may_write_past` that a review of a past day may
    write. `zone` is the ward's IANA time zone. `owner` names this process in leases. `consents` asks the chart
    whether a patient agreed to be reminded, where it keeps such consents.
    """

    chart: Chart
    logbook: Logbook
    clock: Clock
    rules: Rules
    zone: str
    may_write: bool
    may_write_past: bool
    needs_approval: bool = False
    consents: Callable[[str], bool | None] | None = None
    owner: str = "horehab"
