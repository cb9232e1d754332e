"""Our own memory over a database: the one adapter of the port `Logbook`. Each call is one short transaction."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from threading import get_ident
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from horehab.domain.entries import ChartEntry, DecisionEntry, Delivery
from horehab.domain.record import Fact, PatientRecord
from horehab.domain.reminder import Reminder, ReminderState
from horehab.store import (
    audit,
    binding,
    caseload,
    delivering,
    health,
    holding,
    keeping,
    leases,
    loading,
    local_codes,
    outbox,
    passes,
    patients,
    people,
    recording,
    reminders,
    whose,
)
from horehab.store.bedside import SqlBedside
from horehab.store.conflicts import SqlConflicts
from horehab.store.contacts import SqlContacts
from horehab.store.engine import reading, writing
from horehab.store.reminders import add as write_reminders
from horehab.store.reminding import SqlReminding
from horehab.store.sessions import SqlSessions
from horehab.store.signals import SqlSignals
from horehab.usecases.exchange import (
    CaseloadPage,
    CaseloadQuery,
    ChartPage,
    Health,
    Kept,
    OutboxRow,
    ReminderRow,
    Review,
    SetAside,
    User,
)
from horehab.usecases.reminding import Outcome


class SqlLogbook:
    """Our own memory in SQLite or PostgreSQL: safe to use from several threads and processes at once."""

    def __init__(self, engine: Engine, *, zone: ZoneInfo, state_folder: str = "") -> None:
        self.loads, self.signals = loading.SqlLoads(engine), SqlSignals(engine)
        self.queue, self.reminding = SqlConflicts(engine), SqlReminding(engine, zone=zone)
        self.sessions, self.bedside = SqlSessions(engine), SqlBedside(engine)
        self.codes, self.contacts = local_codes.SqlCodes(engine), SqlContacts(engine)
        self._engine, self._zone, self._state, self.trail = engine, zone, state_folder, audit.SqlTrail(engine)
        self._read: dict[tuple[int, str], int] = {}
        self._latest = whose.Latest()
        binding.settle_in(engine, state_folder)
        with reading(engine) as connection:
            self._why_not_home = binding.why_not_home(connection, engine.url, state_folder)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def marks(self) -> dict[str, str]:
        """Tell up to where each kind of resource has been read."""
        with reading(self._engine) as connection:
            return passes.read_marks(connection)

    def keep(self, page: ChartPage, *, now: datetime) -> Kept:  # noqa: ARG002  # the port's signature
        """Keep a page in one short transaction; older versions and repeats change nothing."""
        with writing(self._engine, is_hasty=True) as connection:  # marks follow only with the close of the pass
            return keeping.keep(connection, page.items)

    def patients_to_review(self, *, day: date | None = None) -> tuple[str, ...]:
        """List the patients of whom something changed since their last review, or not reviewed as of `day`."""
        with reading(self._engine) as connection:
            return patients.to_review(connection, day=day)

    def basis(self, patient: str) -> str | None:
        """Tell on which rule and evidence the last review of a patient rested that was acted on."""
        with reading(self._engine) as connection:
            return patients.basis(connection, patient)

    def patients(self) -> tuple[str, ...]:
        """List every patient who was not merged away."""
        with reading(self._engine) as connection:
            return patients.listed(connection)

    def record(self, patient: str) -> PatientRecord:
        """Give all that is known of a patient, entries on their way included; UnknownPatient."""
        with reading(self._engine) as connection:
            changes = passes.changes_of(connection, patient)  # before the facts: what comes between counts as unread
            found = recording.record(connection, patient)
        self._read[(get_ident(), patient)] = changes
        return found

    def patient_by_key(self, key: str) -> str:
        """Find the patient of a page's address, as they are now known; UnknownPatient."""
        with reading(self._engine) as connection:
            return patients.by_key(connection, key)

    def key_of(self, patient: str) -> str:
        """Give the name under which a patient stands in addresses of pages; UnknownPatient."""
        with reading(self._engine) as connection:
            return patients.key_of(connection, patient)

    def last_review(self) -> date | None:
        """Tell the latest day as of which a review was closed."""
        with reading(self._engine) as connection:
            return patients.latest_review(connection)

    def finish_pass(
        self,
        *,
        marks: Mapping[str, str],
        reviews: Sequence[Review],
        now: datetime,
        problems: tuple[str, ...],
        notes: tuple[str, ...] = (),
    ) -> None:
        """Close a pass in one transaction: marks, verdicts, outbox entries, reminders, review flags.

        A patient stays flagged when something changed after this thread read the record for the review.
        """
        mine = get_ident()
        seen = {r.patient: self._read[(mine, r.patient)] for r in reviews if (mine, r.patient) in self._read}
        with writing(self._engine) as connection:
            passes.set_marks(connection, marks)
            passes.take_over(connection, reviews, now=now, seen=seen, ward=self._zone)
            passes.note_pass(connection, reviews, now=now, problems=problems, notes=notes)
            binding.move_on(connection)
        self._leave_marker()

    def caseload(self, query: CaseloadQuery) -> CaseloadPage:
        """Show one page of the patients by need; InputError for a cursor or a joint that is none."""
        with reading(self._engine) as connection:
            return caseload.page(connection, query, known=self._latest.overview(connection))

    def set_aside(self, *, patient: str | None = None) -> tuple[SetAside, ...]:
        """List what could not be read, with the patient it concerns; of one patient, those merged included."""
        with reading(self._engine) as connection:
            return health.set_aside(connection, patients.together(connection, patient) if patient else None)

    def sources_set_aside(self) -> Iterator[tuple[str, bytes]]:
        """Give reference and verbatim text of each resource set aside, a few at a time."""
        return keeping.sources_set_aside(self._engine)

    def held(self, kind: str, *, patients: Collection[str] | None = None) -> Iterator[str]:
        """Name what we hold of a kind and do not know to be gone, a few at a time; of all, or of some patients."""
        return holding.held(self._engine, kind, patients)

    def rebuild(self) -> None:
        """Drop all that was read from the chart, so that the next pass pulls it again; the ledger stays."""
        with writing(self._engine) as connection:
            keeping.forget_chart(connection)

    def log(
        self, *, patient: str, entries: Sequence[ChartEntry], reminders: Sequence[Reminder], now: datetime
    ) -> bool:
        """Commit entries and reminders in one transaction; False when these entries were there already."""
        with writing(self._engine) as connection:
            write_reminders(connection, reminders, ward=self._zone, now=now)
            if is_new := bool(outbox.add(connection, entries, now=now)):
                patients.touch(connection, [patient])
        return is_new

    def claim_entries(self, *, owner: str, now: datetime, limit: int) -> tuple[OutboxRow, ...]:
        """Lease entries that wait: first in, first out per patient, a later one never before an earlier one.

        StoreMismatch when this store is a copy or an old backup.
        """
        self._stop_unless_home()
        with writing(self._engine) as connection:
            return delivering.claim(connection, owner=owner, now=now, limit=limit)

    def settle(self, row: OutboxRow, delivery: Delivery, *, now: datetime) -> None:
        """Note what became of a leased entry, and which version we wrote."""
        with writing(self._engine) as connection:
            delivering.settle(connection, row, delivery, now=now)

    def outbox(self, *, patient: str | None = None, open_only: bool = True) -> tuple[OutboxRow, ...]:
        """List entries, oldest first."""
        with reading(self._engine) as connection:
            together = None if patient is None else patients.together(connection, patient)
            return outbox.listed(connection, patients=together, open_only=open_only)

    def own_versions(self, reference: str) -> frozenset[str]:
        """Tell which versions of a resource we wrote ourselves."""
        with reading(self._engine) as connection:
            return outbox.own_versions(connection, reference)

    def delivered_reference(self, key: str) -> str | None:
        """Tell under which reference an entry of that key stands in the chart, if it was delivered."""
        with reading(self._engine) as connection:
            return outbox.delivered_reference(connection, key)

    def decisions(self, patient: str) -> tuple[DecisionEntry, ...]:
        """List what people decided in our pages about a patient's suspicions, oldest first."""
        with reading(self._engine) as connection:
            return recording.decisions(connection, patients.together(connection, patient))

    def local_facts(self, patient: str) -> tuple[Fact, ...]:
        """Give what was logged here and is not yet seen in the chart."""
        with reading(self._engine) as connection:
            return recording.local_facts(connection, patients.together(connection, patient))

    def due_reminders(
        self, *, owner: str, now: datetime, limit: int, is_held: bool = False
    ) -> tuple[ReminderRow, ...]:
        """Lease reminders that are due; those past their void day become expired instead.

        `is_held`: only the tasks, while nobody has released the others. StoreMismatch for a copy or an old backup.
        """
        self._stop_unless_home()
        with writing(self._engine, is_shared=True) as connection:
            if found := reminders.claim(connection, owner=owner, now=now, limit=limit, is_held=is_held):
                binding.move_on(connection)
        if found:
            self._leave_marker()
        return found

    def settle_reminder(self, row: ReminderRow, state: ReminderState, *, detail: str, now: datetime) -> None:
        """Note what became of a leased reminder."""
        self.reminding.settle((Outcome(row=row, state=state, detail=detail),), now=now)

    def reminders(self, *, patient: str | None = None) -> tuple[ReminderRow, ...]:
        """List reminders, soonest first."""
        with reading(self._engine) as connection:
            return reminders.listed(connection, None if patient is None else patients.together(connection, patient))

    def user(self, name: str) -> User | None:
        """Find someone who may sign in."""
        with reading(self._engine) as connection:
            return people.find(connection, name)

    def add_user(self, user: User) -> None:
        """Add someone who may sign in, or replace them; InputError for a role that is none."""
        with writing(self._engine) as connection:
            people.add(connection, user)

    def audit(self, *, who: str, what: str, patient: str | None, now: datetime) -> None:
        """Note who did what, chained to the note before."""
        with writing(self._engine) as connection:
            audit.note(connection, who=who, what=what, patient=patient, now=now)

    def broken_audit(self) -> int | None:
        """Check the chain of the audit and tell the first note that was altered; None when it is whole."""
        with reading(self._engine) as connection:
            return audit.first_broken(connection)

    def tick(self, *, name: str, now: datetime) -> None:
        """Note that the clock tower lives."""
        with writing(self._engine) as connection:
            health.note_tick(connection, name=name, now=now)

    def health(self, *, now: datetime) -> Health:
        """Tell how our memory stands."""
        with reading(self._engine) as connection:
            return health.stand(connection, now=now, why_not_home=self._why_not_home)

    def hold(self, name: str, *, owner: str, now: datetime, seconds: float) -> bool:
        """Take or renew the lease of a piece of work such as "sync"; False when somebody else has it."""
        with writing(self._engine) as connection:
            return leases.hold(connection, name, owner=owner, now=now, seconds=seconds)

    def release(self, name: str, *, owner: str) -> None:
        """Give back the lease of a piece of work."""
        with writing(self._engine) as connection:
            leases.release(connection, name, owner=owner)

    def release_dead(self, is_dead: Callable[[str], bool]) -> None:
        """Give back what processes held that died, so that nobody waits for their leases to run out."""
        leases.release_dead(self._engine, is_dead)

    def check_binding(self, *, address: str) -> None:
        """Bind a fresh store to a server; StoreMismatch when it belongs to another, or is a copy or an old backup."""
        with writing(self._engine) as connection:
            self._why_not_home = binding.why_not_home(connection, self._engine.url, self._state)
            binding.bind(connection, address)
        self._stop_unless_home()

    def _stop_unless_home(self) -> None:
        if self._why_not_home:
            raise binding.mismatch(self._why_not_home)

    def _leave_marker(self) -> None:
        if not self._why_not_home:  # a copy must not pass itself off as the original
            binding.leave_marker(self._engine, self._state)
