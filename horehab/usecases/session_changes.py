"""What a person changed in a session that was logged here: how it stands, how it was filled in, what differs."""

from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from zoneinfo import ZoneInfo

from horehab.domain.amendment import Validity
from horehab.domain.entries import Measured, MeasurementEntry, SessionEntry
from horehab.domain.moment import Moment, local_moment
from horehab.domain.range_of_motion import Reading
from horehab.domain.session import Session
from horehab.domain.session_form import SessionForm
from horehab.domain.signs import PainRating
from horehab.usecases.logged_sessions import LoggedSession
from horehab.usecases.session_entries import entries_of, form_of

Key = tuple[object, ...]
_ASKED = (
    "kind", "status", "day", "at", "minutes", "repetitions", "intensity", "mobility_level", "exertion", "sedation",
    "reason_not_done", "adverse_event", "note",
)  # fmt: skip
_HOW = ("device", "position", "rater")
_WHEN = ("day", "at")


def as_form(logged: LoggedSession, zone: ZoneInfo) -> SessionForm:
    """Give a session that stands as the form that would have been filled in for it; `field` is left empty."""
    if logged.session is None:
        raise ValueError("A session that was deleted has no form.")
    facts = logged.facts.values()
    session = replace(logged.session, performer=logged.performer)
    form = form_of(session, facts, zone, token=logged.session_id, patient=logged.patient)
    first = next((fact for fact in facts if isinstance(fact, Reading)), None)
    if first is None:
        return form
    rater = first.rater if first.rater != logged.performer else None
    return replace(form, device=first.device, position=first.position, rater=rater)


def values_of(form: SessionForm) -> dict[Key, object]:
    """Lay a form out as single values, to be compared with another of the same session."""
    values: dict[Key, object] = {(name,): getattr(form, name) for name in (*_ASKED, *_HOW)}
    values |= {("angle", a.place, a.motion, a.mode): float(a.degrees) for a in form.angles}
    values |= {("pain", p.place, p.occasion): float(p.score) for p in form.pains}
    values |= {("sign", s.place, s.kind): s.is_present for s in form.signs}
    return {key: _plain(value) for key, value in values.items() if value is not None}


def _plain(value: object) -> object:
    """Write 40 and 40.0 alike."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def differing(one: SessionForm, other: SessionForm) -> tuple[Key, ...]:
    """Name the values in which two forms differ."""
    mine, theirs = values_of(one), values_of(other)
    return tuple(key for key in dict.fromkeys((*mine, *theirs)) if mine.get(key) != theirs.get(key))


def state_of(logged: LoggedSession, zone: ZoneInfo) -> str:
    """Condense how a session stands, so that a form can tell whether somebody changed it meanwhile."""
    said = sorted(repr(item) for item in values_of(as_form(logged, zone)).items()) if logged.session else ["gone"]
    return f"{logged.revision}:{sha256('|'.join(said).encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """One session before and after: which values differ, and when it was.

    What is added is known from `today` on; what is corrected, since it was known first.
    """

    logged: LoggedSession
    form: SessionForm
    names: frozenset[object]
    moment: Moment
    today: date

    def of_measurements(self) -> tuple[MeasurementEntry, ...]:
        """Say each measurement that was corrected, added, or taken away."""
        wanted = {_key(entry.fact): entry for entry in entries_of(self.form, self.moment, self.today)[1]}
        standing = {_key(fact): (name, fact) for name, fact in self.logged.facts.items()}
        entries = []
        for key, entry in wanted.items():
            name, fact = standing.get(key, (entry.measurement_id, None))
            if fact is None:
                entries.append(self._entry(name, entry.fact, self._added(name)))
                continue
            corrected = self._corrected(fact, entry.fact)
            if corrected != fact:
                entries.append(self._entry(name, corrected, Validity.CORRECTED))
        for key, (name, fact) in standing.items():
            if key not in wanted:
                entries.append(self._entry(name, fact, Validity.IN_ERROR))
        return tuple(entries)

    def of_session(self) -> tuple[SessionEntry, ...]:
        """Say the session anew if it was corrected itself."""
        session = self.logged.session
        if session is None or not self.names & {*_ASKED, "angle"}:
            return ()
        wanted = entries_of(self.form, self.moment, session.known_on)[0].session
        kept = replace(
            wanted,
            when=self._when(session.when),
            performer=session.performer,
            places=wanted.places if "angle" in self.names else session.places,
        )
        return (session_entry(self.logged, kept, Validity.CORRECTED),)

    def _added(self, name: str) -> Validity:
        """Say how a measurement stands that is added: as corrected where it stood before and was taken away."""
        return Validity.CORRECTED if f"measurement:{name}" in self.logged.told else Validity.FINAL

    def _entry(self, name: str, fact: Measured, validity: Validity) -> MeasurementEntry:
        return measurement_entry(self.logged, name, fact, validity)

    def _corrected(self, fact: Measured, wanted: Measured) -> Measured:
        """Change in a measurement what was changed in the form; all else stays as the chart has it."""
        when = self._when(fact.when)
        if isinstance(fact, Reading) and isinstance(wanted, Reading):
            how = {name: getattr(wanted, name) for name in _HOW if name in self.names}
            return replace(fact, degrees=wanted.degrees, when=when, **how)
        kept = {name: getattr(fact, name) for name in ("source", "session", "known_on", "assumptions")}
        return replace(wanted, when=when, **kept)

    def _when(self, before: Moment) -> Moment:
        return self.moment if self.names & set(_WHEN) else before


def changes(logged: LoggedSession, form: SessionForm, zone: ZoneInfo, *, today: date) -> Changes:
    """Compare a session that stands with the form in which it was corrected."""
    names = frozenset(key[0] for key in differing(as_form(logged, zone), form))
    moment = local_moment(form.day, form.at, zone)
    return Changes(logged=logged, form=form, names=names, moment=moment, today=today)


def session_entry(logged: LoggedSession, session: Session, validity: Validity) -> SessionEntry:
    """Say how a session stands from now on, with what the chart was last told of it."""
    before = logged.told.get(f"session:{logged.session_id}")
    return SessionEntry(
        session_id=logged.session_id,
        patient=logged.patient,
        session=replace(session, source=f"urn:uuid:{logged.session_id}"),
        performer=logged.performer,
        validity=validity,
        before=before.session if isinstance(before, SessionEntry) else None,
    )


def measurement_entry(logged: LoggedSession, name: str, fact: Measured, validity: Validity) -> MeasurementEntry:
    """Say how a measurement stands from now on, with what the chart was last told of it."""
    before = logged.told.get(f"measurement:{name}")
    is_known = isinstance(before, MeasurementEntry) and validity is not Validity.FINAL
    return MeasurementEntry(
        measurement_id=name,
        session_id=logged.session_id,
        patient=logged.patient,
        fact=replace(fact, source=f"urn:uuid:{name}", session=f"urn:uuid:{logged.session_id}"),
        performer=logged.performer,
        validity=validity,
        before=before.fact if is_known and isinstance(before, MeasurementEntry) else None,
    )


def _key(fact: Measured) -> Key:
    """Name what a measurement is of, whatever its value."""
    if isinstance(fact, Reading):
        return ("angle", fact.place, fact.motion, fact.mode)
    if isinstance(fact, PainRating):
        return ("pain", fact.place, fact.occasion)
    return ("sign", fact.place, fact.kind)
