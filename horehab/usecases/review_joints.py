"""Review a patient's joints: judge each, and decide what the chart should say and who is to be reminded."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256

from horehab.detection.verdicts import judge
from horehab.domain.entries import (
    ChartEntry,
    ReasonsEntry,
    SuspicionEntry,
    TaskEntry,
    evidence_hash,
    suspicion_id,
)
from horehab.domain.episode import Act, Action, Standing, act_on
from horehab.domain.follow_up import follow_up, overdue_since
from horehab.domain.record import PatientRecord, base_references
from horehab.domain.reminder import ReminderRule
from horehab.domain.sentence import sentence
from horehab.domain.suspicion import Tier, Verdict
from horehab.domain.thresholds import Rules
from horehab.domain.verdict_inputs import digest_of_inputs
from horehab.domain.whereabouts import therapist_of, ward_of
from horehab.usecases.acknowledged_tasks import acknowledged_tasks
from horehab.usecases.asked_tasks import tasks_of
from horehab.usecases.ended_tasks import ended_tasks, still_asked
from horehab.usecases.exchange import Review
from horehab.usecases.merged_patients import (
    DOUBLE,
    as_survivor,
    ask_whose_it_is,
    moved_tasks,
    reunite,
    under_known_keys,
)
from horehab.usecases.opted_out import opted_out
from horehab.usecases.ports import Ports
from horehab.usecases.rest_suspicion import without_resting
from horehab.usecases.standings import Standings, open_suspicion, standings_of
from horehab.usecases.void_reminders import void_reminders
from horehab.usecases.withdrawn_requests import withdrawn_requests

_GONE = " (no longer in this record)"


def review_joints(
    ports: Ports,
    *,
    as_of: date | None = None,
    patient: str | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> tuple[Review, ...]:
    """Review every patient of whom something changed; all of them on a new ward day; or one, if named.

    Nothing is written: the reviews go to `finish_pass`. Where only the rule is new, the review has no basis:
    what it would write is shown, and waits for new evidence or for a person who names the patient.
    Raises UnknownPatient for a patient who is not known.
    """
    day = as_of or ports.clock.today()
    names = (
        (ports.logbook.record(patient).patient.reference,) if patient else ports.logbook.patients_to_review(day=day)
    )
    reviews = []
    for count, name in enumerate(names, start=1):
        review = review_patient(ports, name, day, is_applied=bool(patient))
        reviews.append(review if patient or not is_only_the_rule_new(ports, review) else replace(review, basis=None))
        if on_progress is not None:
            on_progress(count, len(names))
    return tuple(reviews)


def is_only_the_rule_new(ports: Ports, review: Review) -> bool:
    """Say whether nothing but the rule is new since a review of this patient was last acted on."""
    before = ports.logbook.basis(review.patient)
    if before is None or review.basis is None:
        return False
    (old_rule, _, old_evidence), (rule, _, evidence) = before.partition(" "), review.basis.partition(" ")
    return rule != old_rule and evidence == old_evidence


def basis_of(known: PatientRecord, rules: Rules) -> str:
    """Name rule and evidence that a review rests on: the rule's version, a space, and a digest of all that counts."""
    facts = [f"{r.source}={r.degrees}{r.bound}@{r.when.text}" for r in known.readings]
    facts += [f"{p.source}={p.score}@{p.when.text}" for p in known.pains]
    facts += [f"{s.source}={s.is_present}@{s.when.text}" for s in known.signs]
    facts += [f"{lab.source}={lab.value}/{lab.upper_limit}@{lab.when.text}" for lab in known.labs]
    facts += [f"{b.source}={b.kind.value}" for b in known.backgrounds]
    facts += [f"{e.source}={e.end.text if e.end else ''}" for e in known.exposures]
    return f"{rules.version} {sha256('|'.join(sorted(facts)).encode()).hexdigest()[:16]}"


def review_patient(ports: Ports, patient: str, day: date, *, is_applied: bool = False) -> Review:
    """Judge all joints of one patient at the end of a ward day and decide what follows.

    `is_applied` when a person named this patient, so that a newer rule may update and withdraw. Evidence that
    is too old raises nothing; what rested on evidence that is gone is taken back all the same.
    """
    record = ports.logbook.record(patient)
    known = record.as_known_on(day)
    verdicts = judge(record, ports.rules, day)
    rows = ports.logbook.reminders(patient=patient)
    reminders = under_known_keys(follow_up(as_survivor(known), verdicts, ports.rules, day, zone=ports.zone), rows)
    silent = opted_out(ports, known.patient, reminders, rows)
    reminders = silent.wanted(without_resting(ports, patient, reminders, day))
    measured = max((r.when.day for r in known.readings), default=None)
    entries: tuple[ChartEntry, ...] = ()
    why_never = _why_never_written(ports, known)
    why_silent = why_never or why_not_written(known, ports.rules, day)
    standings = standings_of(ports.logbook, known)
    desk = _Desk(ports=ports, record=record, known=known, day=day, standings=standings, is_applied=is_applied)
    decided = tuple(entry for verdict in verdicts for entry in desk.entries(verdict))
    acknowledged = acknowledged_tasks(standings)
    reminders = acknowledged.unanswered(still_asked(reminders, standings, decided, verdicts))
    if not why_never:
        asked = (*decided, *tasks_of(reminders, standings, decided, day))
        said = tuple(entry for entry in asked if not why_silent or takes_back(entry))
        over = (e for e in ended_tasks(standings, asked, ports.rules, day) if e.key not in acknowledged.keys)
        ended = tuple(replace(task, patient=patient) for task in over)
        given = [entry for entry in (*asked, *ended) if isinstance(entry, TaskEntry)]
        moved = () if why_silent else moved_tasks(patient, standings.tasks, but=given)
        entries = (*said, *ended, *moved)
    void = void_reminders(known, reminders, rows, ports.rules, day)
    void |= acknowledged.why_void(rows) | silent.why_void(rows)
    entries += withdrawn_requests(standings.requests, rows, void)
    return Review(
        patient=patient,
        as_of=day,
        verdicts=verdicts,
        entries=entries,
        reminders=reminders,
        void_reminders=tuple(void),
        why_void=tuple(void.items()),
        last_measured=measured,
        basis=basis_of(known, ports.rules),
        why_silent=why_silent,
        ward=ward_of(known),
        therapist=therapist_of(known),
        waits_for_review=any(reminder.rule is ReminderRule.REVIEW_SUSPICION for reminder in reminders),
        overdue_since=overdue_since(known, ports.rules, day),
    )


def _why_never_written(ports: Ports, known: PatientRecord) -> str:
    if not ports.may_write:
        return "writing is off"
    if known.patient.replaced_by:
        return "the record into which the patient was merged was not read yet"
    return "the patient is deceased" if known.patient.is_deceased else ""


def takes_back(entry: ChartEntry) -> bool:
    """Say whether an entry takes back what was written, or gives the reasons for that."""
    if isinstance(entry, ReasonsEntry):
        return entry.activity == Act.WITHDRAW.value
    return isinstance(entry, SuspicionEntry) and entry.is_withdrawn


def why_not_written(known: PatientRecord, rules: Rules, day: date) -> str:
    """Say why nothing new about this patient is to be written: nothing measured, or too long ago; "" if it may be."""
    days = [*(reading.when.day for reading in known.readings), *(sign.when.day for sign in known.signs)]
    newest = max(days, default=None)
    if newest is None:
        return "nothing was measured yet"
    if newest < day - timedelta(days=rules.stale_after_days):
        return f"the newest evidence is older than {rules.stale_after_days} days"
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """One patient on the desk: what is known, and what stands in the chart and on its way there."""

    ports: Ports
    record: PatientRecord
    known: PatientRecord
    day: date
    standings: Standings
    is_applied: bool

    def entries(self, verdict: Verdict) -> tuple[SuspicionEntry | ReasonsEntry | TaskEntry, ...]:
        """Turn one verdict into what the chart should say, if anything; after a merge, of one suspicion alone."""
        reunited = reunite(self.standings.at(verdict.place))
        due = timedelta(days=self.ports.rules.calendar.review_within)
        ended = [self._ended(double) for double in reunited.doubles]
        asked = ask_whose_it_is(reunited.standing, verdict.place, day=self.day, due=due)
        return (*(entry for pair in ended for entry in pair), *self._followed(verdict, reunited.standing), *asked)

    def _ended(self, double: SuspicionEntry) -> tuple[SuspicionEntry, ReasonsEntry]:
        ended = replace(double, evidence=self._left_of(double.evidence))
        return ended, self._reasons(ended, Action(act=Act.WITHDRAW, episode=double.episode, why=DOUBLE))

    def _followed(
        self, verdict: Verdict, standing: Standing
    ) -> tuple[SuspicionEntry | ReasonsEntry | TaskEntry, ...]:
        if verdict.tier is not Tier.SUSPECT and not standing.ossifications:
            return ()
        still_suspect = self._was_suspect(verdict, standing)
        action = act_on(verdict, standing, still_suspect=still_suspect, is_applied=self.is_applied)
        match action.act:
            case Act.RAISE | Act.UPDATE:
                return self._written(verdict, action, standing, is_withdrawn=False)
            case Act.WITHDRAW:
                return self._written(verdict, action, standing, is_withdrawn=True)
            case Act.MOVE:
                written = standing.written[action.condition_id or ""]
                moved = replace(written, patient=standing.patient, evidence=self._left_of(written.evidence))
                return moved, self._reasons(moved, action)
            case Act.ASK:
                return (self._ask(verdict),)
            case _:
                return ()

    def _was_suspect(self, verdict: Verdict, standing: Standing) -> bool:
        """Judge the day on which the open suspicion was raised again, with the record as it stands now."""
        if not standing.written or verdict.tier is Tier.SUSPECT:
            return False
        found = open_suspicion(standing)
        named = standing.written_of(found) if found else None
        last = named or max(standing.written.values(), key=lambda entry: entry.episode)
        again = judge(self.record, self.ports.rules, last.recorded)
        return any(v.place == verdict.place and v.tier is Tier.SUSPECT for v in again)

    def _written(
        self, verdict: Verdict, action: Action, standing: Standing, *, is_withdrawn: bool
    ) -> tuple[SuspicionEntry | ReasonsEntry, ...]:
        before = standing.written.get(action.condition_id or "")
        if before and before.is_withdrawn and is_withdrawn:
            return ()  # said already: the EHR has not shown it yet, or a person left it as it is there
        patient = self.record.patient.reference
        evidence = self._left_of(before.evidence) if before and is_withdrawn else base_references(verdict.evidence)
        if any(reference.startswith("urn:") for reference in evidence):
            return ()  # logged here and not in the chart yet: the next pass can cite it
        entry = SuspicionEntry(
            condition_id=before.condition_id if before else suspicion_id(patient, verdict.place, action.episode),
            patient=patient,
            place=verdict.place,
            episode=action.episode,
            is_withdrawn=is_withdrawn,
            onset=before.onset if before else verdict.since,
            recorded=before.recorded if before else self.day,
            sentence=before.sentence if before and is_withdrawn else sentence(verdict),
            evidence=evidence,
            rule_version=verdict.rule_version,
            strength=verdict.strength,
        )
        return entry, self._reasons(entry, action)

    def _left_of(self, evidence: Iterable[str]) -> tuple[str, ...]:
        """Name what is gone from this record by its name alone: an EHR may refuse to point to what is not there."""
        here = {*self.standings.known_days, *base_references(n.source for n in self.known.not_counted)}
        names = (each.removesuffix(_GONE) for each in evidence)
        return tuple(name if name in here else f"{name}{_GONE}" for name in names)

    def _reasons(self, entry: SuspicionEntry, action: Action) -> ReasonsEntry:
        basis = evidence_hash((*entry.evidence, action.act.value, str(self.day)), entry.rule_version)
        return ReasonsEntry(
            provenance_id=f"{entry.condition_id}-{basis}",
            condition_id=entry.condition_id,
            patient=entry.patient,
            activity=action.act.value,
            recorded=self.day,
            sentence=action.why,
            evidence=entry.evidence,
            rule_version=entry.rule_version,
            inputs_digest=digest_of_inputs(self.known),
        )

    def _ask(self, verdict: Verdict) -> TaskEntry:
        since = verdict.since or self.day
        return TaskEntry(
            key=f"{self.record.patient.reference}|review-suspicion|{verdict.place}|team|task|worse-{since}",
            patient=self.record.patient.reference,
            rule=ReminderRule.REVIEW_SUSPICION,
            place=verdict.place,
            condition_id=None,
            due=self.day + timedelta(days=self.ports.rules.calendar.review_within),
            authored=self.day,
            text="A joint with a known ossification has lost motion again: please review.",
        )
