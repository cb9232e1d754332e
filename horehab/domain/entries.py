"""What horehab wants the chart to say: facts of the ward that wait in the outbox until the EHR has them."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from hashlib import sha256

from horehab.domain.amendment import AmendmentEntry, Validity
from horehab.domain.imaging import CitedImaging
from horehab.domain.joints import JointSide
from horehab.domain.message import MessageEntry, MessageRequestEntry
from horehab.domain.range_of_motion import Reading
from horehab.domain.reminder import ReminderRule
from horehab.domain.session import Session
from horehab.domain.signs import PainRating, Sign


def suspicion_id(patient: str, place: JointSide, episode: int) -> str:
    """Name the suspicion of one joint and episode, the same on every machine: "hr-" and 32 hex digits.

    `patient` is the reference of the patient as first known ("Patient/7"), kept through a merge.
    """
    words = f"{patient}|{place.joint.value}|{place.side.value}|{episode}"
    return "hr-" + sha256(words.encode()).hexdigest()[:32]


def evidence_hash(evidence: tuple[str, ...], rule_version: str) -> str:
    """Condense what a verdict rested on to 16 hex digits, whatever the order in which it came."""
    words = "|".join((rule_version, *sorted(evidence)))
    return sha256(words.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspicionEntry:
    """One suspicion as it is to stand in the chart: open, or withdrawn because its evidence fell away."""

    condition_id: str
    patient: str
    place: JointSide
    episode: int
    is_withdrawn: bool
    onset: date | None
    recorded: date
    sentence: str
    evidence: tuple[str, ...]
    rule_version: str
    strength: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonsEntry:
    """Why a suspicion stands as it does: its inputs, the rule that read them, and what was done by it.

    `inputs_digest` condenses all that was read that day (verdict_inputs.digest_of_inputs); "" in older entries.
    """

    provenance_id: str
    condition_id: str
    patient: str
    activity: str
    recorded: date
    sentence: str
    evidence: tuple[str, ...]
    rule_version: str
    inputs_digest: str = ""


class Decision(Enum):
    """What a person may decide about a suspicion in our pages (screens.md, "Suspicion")."""

    ACCEPT = "accept"
    DISMISS = "dismiss"
    CONFIRM = "confirm"
    REFUTE = "refute"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionEntry:
    """A person's decision about a suspicion.

    `by` names the person (a Practitioner reference where there is one). `cited` is the imaging on which a physician
    confirms or refutes; in entries written before it was taken part by part, `imaging` says it in words. `seen` are
    the references that the person had before them: a dismissed suspicion stays quiet until there is evidence beyond
    these.
    """

    decision_id: str
    condition_id: str
    patient: str
    place: JointSide
    decision: Decision
    reason: str
    by: str
    decided: date
    imaging: str | None = None
    seen: tuple[str, ...] = ()
    cited: CitedImaging | None = None


Measured = Reading | PainRating | Sign
"""What is measured or noticed in a session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEntry:
    """A session logged by us; `session_id` is the form's UUID and its identifier in the chart.

    Of one that was corrected or deleted, `before` is what the chart was last told, so that what others added stays.
    """

    session_id: str
    patient: str
    session: Session
    performer: str
    validity: Validity = Validity.FINAL
    before: Session | None = None

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was entered in error."""
        return self.validity is Validity.IN_ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementEntry:
    """Something measured or noticed in a session that was logged by us, with a UUID of its own.

    Of one that was corrected or deleted, `before` is what the chart was last told, of the same kind.
    """

    measurement_id: str
    session_id: str
    patient: str
    fact: Measured
    performer: str
    validity: Validity = Validity.FINAL
    before: Measured | None = None

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was entered in error."""
        return self.validity is Validity.IN_ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEntry:
    """Something that a person is asked to do; `key` is the reminder's key, so that it is never doubled.

    `condition_id` is the suspicion that it is about, if it is about one of ours. `owner` is whose it is where the
    site names no team: who treated the patient last, a reference in the chart or a name.
    """

    key: str
    patient: str
    rule: ReminderRule
    place: JointSide | None
    condition_id: str | None
    due: date
    authored: date
    text: str
    is_cancelled: bool = False
    owner: str | None = None


ChartEntry = (
    SuspicionEntry | ReasonsEntry | DecisionEntry | SessionEntry | MeasurementEntry | AmendmentEntry | TaskEntry
    | MessageRequestEntry | MessageEntry
)  # fmt: skip


def entry_key(entry: ChartEntry) -> str:
    """Name what an entry is about; a later entry of the same key says what the chart shall say instead."""
    kind, name = _NAMED_BY[type(entry)]
    return f"{kind}:{getattr(entry, name)}"


_NAMED_BY = {
    SuspicionEntry: ("suspicion", "condition_id"),
    ReasonsEntry: ("reasons", "provenance_id"),
    DecisionEntry: ("decision", "decision_id"),
    SessionEntry: ("session", "session_id"),
    MeasurementEntry: ("measurement", "measurement_id"),
    AmendmentEntry: ("amendment", "amendment_id"),
    TaskEntry: ("task", "key"),
    MessageRequestEntry: ("request", "message"),
    MessageEntry: ("message", "message"),
}


class Outcome(Enum):
    """What became of an attempt to write an entry into the chart."""

    DONE = "done"
    LATER = "later"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The chart's answer to an entry.

    DONE with the reference and version that now stand there, read back and compared; LATER when it is worth
    another try (`retry_after` seconds if the server said so); CONFLICT when a person must look; REFUSED when
    the server will never take it as it is. `detail` says why, without patient data.
    """

    outcome: Outcome
    reference: str | None = None
    version: str | None = None
    detail: str = ""
    retry_after: float | None = None
