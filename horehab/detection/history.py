"""The history of a patient's suspicions: on which day each would have been raised, as it was known at the time."""

from dataclasses import replace
from datetime import date

from horehab.detection.background import no_joint_left
from horehab.detection.joint_file import joint_files
from horehab.detection.life import could_be_suspected, lives
from horehab.detection.replay import weigh
from horehab.detection.verdicts import judge
from horehab.domain.joints import JointSide
from horehab.domain.range_of_motion import Mode, Reading
from horehab.domain.record import PatientRecord
from horehab.domain.signs import PainRating, Sign
from horehab.domain.suspicion import Tier
from horehab.domain.thresholds import Rules

Raised = tuple[date, JointSide]
"""The day on which a suspicion was raised, and its place."""


def suspicions(record: PatientRecord, rules: Rules) -> tuple[Raised, ...]:
    """Tell when each suspicion would have been raised, in order of days; one that stands is raised once.

    Where all was known on the day it was measured, one pass tells it; else each day is judged by itself.
    Laboratory values may come later: the pass counts each from the day on which it was known.
    """
    if _arrives_late(record):
        return day_by_day(record, rules)
    files = joint_files(_passive_only(record), rules)
    weighed = weigh(files, record, rules)
    found: list[Raised] = []
    for place, file in files.items():
        if not could_be_suspected(file, weighed[place], rules):
            continue
        is_standing = False
        for day, life in lives(file, weighed[place], rules):
            is_suspect = life.suspected is not None and no_joint_left(record, place, day) is None
            found += [(day, place)] if is_suspect and not is_standing else []
            is_standing = is_suspect
    return tuple(sorted(found, key=_by_day))


def _passive_only(record: PatientRecord) -> PatientRecord:
    """Leave out other modes: they explain a verdict, and never raise one."""
    return replace(record, readings=tuple([r for r in record.readings if r.mode is Mode.PASSIVE]))


def day_by_day(record: PatientRecord, rules: Rules) -> tuple[Raised, ...]:
    """Judge on each day on which anything became known, with nothing that became known later."""
    standing: set[JointSide] = set()
    found: list[Raised] = []
    for day in days_of(record):
        suspected = {v.place for v in judge(record, rules, day) if v.tier is Tier.SUSPECT}
        found += [(day, place) for place in suspected - standing]
        standing = suspected
    return tuple(sorted(found, key=_by_day))


def days_of(record: PatientRecord) -> list[date]:
    """List the days on which a reading, a rating, a sign or a laboratory value became known."""
    return sorted({max(each.known_on, each.when.day) for each in (*_at_the_bedside(record), *record.labs)})


def _arrives_late(record: PatientRecord) -> bool:
    is_late = any(each.known_on > each.when.day for each in _at_the_bedside(record))
    return is_late or any(exposure.known_on > exposure.start.day for exposure in record.exposures)


def _at_the_bedside(record: PatientRecord) -> tuple[Reading | PainRating | Sign, ...]:
    return (*record.readings, *record.pains, *record.signs)


def _by_day(raised: Raised) -> tuple[date, str]:
    return raised[0], str(raised[1])
