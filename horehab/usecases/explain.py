"""Explain a patient's joints: the verdict on each as of a day, and for one joint what would change it most."""

from dataclasses import dataclass
from datetime import date

from horehab.detection.further import most_telling
from horehab.detection.verdicts import judge
from horehab.domain.input_quality import InputQuality, input_quality
from horehab.domain.joints import WATCHED_PLACES, JointSide
from horehab.domain.record import Patient, PatientRecord
from horehab.domain.suspicion import Reason, Verdict
from horehab.domain.verdict_inputs import digest_of_inputs, inputs_of
from horehab.errors import InputError
from horehab.usecases.ports import Ports
from horehab.usecases.standings import Standings, open_suspicion, standings_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One joint explained.

    `further` is the one measurement that would change the verdict most: looked for when a joint is named, and None
    when no single one would. `inputs` are all entries that were read for the verdict: from these alone it can be
    replayed. `charted` names the open suspicion of ours in the chart, or on its way there.
    """

    verdict: Verdict
    inputs: tuple[str, ...]
    further: Reason | None = None
    charted: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A patient explained as of a ward day: all watched joints in the order of the caseload, or the one named.

    `quality` tells what of the patient's measurements was repaired, kept apart or set aside. `inputs_digest` is what
    the Provenance of a suspicion carries when the same entries were read with the same values.
    """

    patient: Patient
    as_of: date
    joints: tuple[Explained, ...]
    quality: InputQuality
    inputs_digest: str


def explain(ports: Ports, patient: str, *, place: JointSide | None = None, as_of: date | None = None) -> Explanation:
    """Judge a patient's joints from our memory as known at the end of a day (today when None); writes nothing.

    Raises UnknownPatient, and InputError for a day to come or a joint that is not watched.
    """
    day = _day(ports, as_of)
    if place is not None and place not in WATCHED_PLACES:
        remedy = "Name a hip, knee, shoulder or elbow; others are stored and shown, never suspected."
        raise InputError(f"The {place} is not watched.", field="joint", value=str(place), remedy=remedy)
    record = ports.logbook.record(patient)
    desk = _Desk(ports=ports, record=record, day=day, standings=standings_of(ports.logbook, record))
    verdicts = [v for v in judge(record, ports.rules, day) if place in (None, v.place)]
    joints = tuple(desk.explained(verdict, is_named=place is not None) for verdict in verdicts)
    aside = [row.code for row in ports.logbook.set_aside(patient=patient)]
    known = record.as_known_on(day)
    return Explanation(
        patient=record.patient,
        as_of=day,
        joints=joints,
        quality=input_quality(known, ports.rules, aside),
        inputs_digest=digest_of_inputs(known),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """One patient on the desk, with the day of the question."""

    ports: Ports
    record: PatientRecord
    day: date
    standings: Standings

    def explained(self, verdict: Verdict, *, is_named: bool) -> Explained:
        """Put beside a verdict what it was read from, what stands in the chart, and what would change it most."""
        charted = open_suspicion(self.standings.at(verdict.place))
        rules, place = self.ports.rules, verdict.place
        return Explained(
            verdict=verdict,
            inputs=inputs_of(self.record.as_known_on(self.day), place),
            further=most_telling(self.record, rules, self.day, place) if is_named else None,
            charted=charted.source if charted is not None else None,
        )


_EARLIEST = date(1900, 1, 1)


def _day(ports: Ports, as_of: date | None) -> date:
    """Take the day asked for, or today; InputError for one to come, or before any chart."""
    today = ports.clock.today()
    if as_of is None:
        return today
    if as_of > today:
        said = f"--as-of {as_of} is still to come: today is {today}."
        raise InputError(said, field="--as-of", value=str(as_of), remedy="Name today or a day before it.")
    if as_of < _EARLIEST:
        said, remedy = f"--as-of {as_of} lies before any chart.", f"Name a day from {_EARLIEST} on."
        raise InputError(said, field="--as-of", value=str(as_of), remedy=remedy)
    return as_of
