"""A hospital of synthetic patients with their assessments, as large as one likes, written by the store itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from horehab.domain.joints import WATCHED_PLACES, JointSide
from horehab.domain.moment import local_moment
from horehab.domain.record import Patient
from horehab.domain.suspicion import Reason, Tier, Verdict
from horehab.domain.ward_stay import WardStay
from horehab.store import SqlLogbook
from horehab.usecases.exchange import ChartItem, ChartPage, Review

TODAY = date(2026, 6, 1)
ZONE = ZoneInfo("Europe/Madrid")
_AT_ONCE = 2000
_NOW = datetime(2026, 6, 1, 10, tzinfo=ZONE)
_TIERS = {Tier.SUSPECT: 0.04, Tier.WATCH: 0.08, Tier.CANNOT_JUDGE: 0.18, Tier.QUIET: 0.70}
_STRENGTH = {Tier.SUSPECT: (3, 5), Tier.WATCH: (1, 3), Tier.CANNOT_JUDGE: (0, 0), Tier.QUIET: (0, 0)}
_ALSO, _FLAGGED = 0.1, 0.05
"""How often a further joint is watched, and a nerve is flagged."""
_UNDECIDED, _DUE = 0.3, (-14, 28)
"""How often nobody has decided about a suspicion yet, and in how many days the next measurement is due."""
_BEDS, _PATIENTS_OF_ONE = 100, 250
_IN_HOSPITAL = 0.2
"""A ward has so many patients and a therapist so many, however many the hospital has; one in five lies on a ward."""
_GIVEN = (
    "Maria", "Ana", "Carmen", "Josefa", "Isabel", "Marta", "Lucia", "Paula", "Elena", "Rosa", "Antonio", "Manuel",
    "Jose", "Francisco", "David", "Juan", "Javier", "Daniel", "Carlos", "Miguel", "Nadia", "Omar", "Chloe", "Hugo",
)  # fmt: skip
_STEMS = ("Gar", "Mar", "Fer", "Gon", "Rod", "Lop", "Mart", "San", "Per", "Gom", "Jim", "Ruiz", "Her", "Diaz", "Mor")
_ENDINGS = ("cia", "tinez", "nandez", "zalez", "riguez", "ez", "in", "chez", "ena", "ado", "al", "os", "ero", "ano")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invented:
    """One synthetic patient, and what was thought of each joint."""

    patient: Patient
    review: Review


def fill(logbook: SqlLogbook, patients: int, *, seed: int = 2026) -> None:
    """Put so many patients with their assessments into a store, by its own writing functions."""
    dice = Random(seed)
    waiting: list[Invented] = []
    for each in invented(patients, dice):
        waiting.append(each)
        if len(waiting) == _AT_ONCE:
            _write(logbook, waiting)
            waiting = []
    if waiting:
        _write(logbook, waiting)


def invented(patients: int, dice: Random) -> Iterator[Invented]:
    """Invent patients one by one."""
    families = [stem + ending for stem in _STEMS for ending in _ENDINGS]
    wards, therapists = int(patients * _IN_HOSPITAL / _BEDS) or 1, patients // _PATIENTS_OF_ONE or 1
    for number in range(patients):
        reference = f"Patient/p{number:06}"
        born = date(1936, 1, 1) + timedelta(days=dice.randrange(24_000))
        patient = Patient(
            reference=reference,
            name=f"{dice.choice(_GIVEN)} {dice.choice(families)} {dice.choice(families)}",
            birth_date=born.isoformat(),
            record_number=f"SYN-{number:07}",
        )
        seen_by = f"Practitioner/{dice.randrange(therapists):04}"
        ward = _lying(dice.randrange(wards)) if dice.random() < _IN_HOSPITAL else None
        yield Invented(patient=patient, review=replace(_review(reference, dice), ward=ward, therapist=seen_by))


def _lying(number: int) -> WardStay:
    since = local_moment(TODAY, time(8), ZONE)
    name = f"Ward {number:03}"
    return WardStay(source="Encounter/1#ward[0]", ward=f"Location/{number:04}", name=name, when=since, known_on=TODAY)


def _write(logbook: SqlLogbook, each: list[Invented]) -> None:
    items = [
        ChartItem(reference=one.patient.reference, version="1", patient=one.patient.reference, identity=one.patient)
        for one in each
    ]
    logbook.keep(ChartPage(kind="Patient", items=tuple(items), is_last=True), now=_NOW)
    logbook.finish_pass(marks={}, reviews=[one.review for one in each], now=_NOW, problems=())


def _review(reference: str, dice: Random) -> Review:
    (worst,) = dice.choices(list(_TIERS), list(_TIERS.values()))
    places = dice.sample(WATCHED_PLACES, len(WATCHED_PLACES))
    verdicts = [_verdict(place, worst if n == 0 else _lesser(worst, dice), dice) for n, place in enumerate(places)]
    measured = None if worst is Tier.CANNOT_JUDGE else TODAY - timedelta(days=dice.randrange(40))
    due = TODAY + timedelta(days=dice.randrange(*_DUE))
    return Review(
        patient=reference,
        as_of=TODAY,
        verdicts=tuple(verdicts),
        last_measured=measured,
        waits_for_review=worst is Tier.SUSPECT and dice.random() < _UNDECIDED,
        overdue_since=due if due < TODAY else None,
    )


def _lesser(worst: Tier, dice: Random) -> Tier:
    if worst in (Tier.SUSPECT, Tier.WATCH) and dice.random() < _ALSO:
        return Tier.WATCH
    return worst if worst is Tier.CANNOT_JUDGE else Tier.QUIET


def _verdict(place: JointSide, tier: Tier, dice: Random) -> Verdict:
    grade = dice.randint(*_STRENGTH[tier])
    loss = (("motion", "flexion"), ("loss", float(dice.randint(14, 40))), ("day", TODAY.isoformat()))
    noted = tier in (Tier.SUSPECT, Tier.WATCH)
    flagged = noted and dice.random() < _FLAGGED
    return Verdict(
        place=place,
        tier=tier,
        strength=grade,
        as_of=TODAY,
        rule_version="benchmark",
        since=TODAY - timedelta(days=dice.randrange(7, 60)) if noted else None,
        reasons=(Reason(code="motion-loss", figures=loss, references=(f"Observation/{dice.randrange(10**9)}",)),)
        if noted
        else (),
        missing=(Reason(code="no-passive-reading"),) if tier is Tier.CANNOT_JUDGE else (),
        red_flags=(Reason(code="nerve"),) if flagged else (),
    )
