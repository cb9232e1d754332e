"""The history of a patient's suspicions: on which day each would have been raised, as it was known at the time."""

from datetime import date

from horehab.detection.background import no_joint_left
from horehab.detection.joint_file import joint_files
from horehab.detection.life import lives
from horehab.detection.replay import weigh
from horehab.detection.verdicts import judge
from horehab.domain.joints import JointSide
from horehab.domain.laboratory import LabResult
from horehab.domain.range_of_motion import Reading
from horehab.domain.record import PatientRecord
from horehab.domain.signs import PainRating, Sign
from horehab.domain.suspicion import Tier
from horehab.domain.thresholds import Rules

Raised = tuple[date, JointSide]
"""The day on which a suspicion was raised, and its place."""


def suspicions(record: PatientRecord, rules: Rules) -> tuple[Raised, ...]:
    """Tell when each suspicion would have been raised, in order of days; one that stands is raised once.

    Where everything was known on the day it was measured, one pass tells it; else each day is judged by itself.
    """
    if _arrives_late(record):
        return day_by_day(record, rules)
    files = joint_files(record, rules)
    weighed = weigh(files, record, rules)
    found: list[Raised] = []
    for place, file in files.items():
        is_standing = False
        for day, life in lives(file, weighed[place], rules):
            is_suspect = life.suspected is not None and no_joint_left(record, place, day) is None
            found += [(day, place)] if is_suspect and not is_standing else []
            is_standing = is_suspect
    return tuple(sorted(found, key=_by_day))


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
    return sorted({max(known, measured) for known, measured in _known_and_measured(record)})


def _arrives_late(record: PatientRecord) -> bool:
    begun = ((exposure.known_on, exposure.start.day) for exposure in record.exposures)
    return any(known > measured for known, measured in (*_known_and_measured(record), *begun))


def _known_and_measured(record: PatientRecord) -> list[tuple[date, date]]:
    facts: tuple[Reading | PainRating | Sign | LabResult, ...]
    facts = (*record.readings, *record.pains, *record.signs, *record.labs)
    return [(fact.known_on, fact.when.day) for fact in facts]


def _by_day(raised: Raised) -> tuple[date, str]:
    return raised[0], str(raised[1])
