"""What a newer rule would change that it does not change by itself: raised, updated or withdrawn only by a person."""

from dataclasses import dataclass, replace
from datetime import date

from horehab.domain.entries import ReasonsEntry, SuspicionEntry
from horehab.domain.joints import JointSide
from horehab.usecases.exchange import Review
from horehab.usecases.ports import Ports
from horehab.usecases.review_joints import is_only_the_rule_new, review_patient


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDifference:
    """What the rule of today says of one joint that the rule of its last review did not lead to.

    `act` is raise, update or withdraw; `before` and `after` are versions of the rules.
    """

    patient: str
    place: JointSide
    act: str
    before: str
    after: str


def rule_differences(
    ports: Ports, *, as_of: date | None = None, patient: str | None = None
) -> tuple[RuleDifference, ...]:
    """List the differences that wait for a person, of all patients last reviewed by other rules, or of one.

    Nothing is written; a person applies them by naming the patient in a review. Also shown while writing is off.
    """
    day = as_of or ports.clock.today()
    shown = replace(ports, may_write=True)
    names = (patient,) if patient else ports.logbook.patients()
    return tuple(difference for name in names for difference in _of_patient(shown, name, day))


def _of_patient(ports: Ports, patient: str, day: date) -> list[RuleDifference]:
    before = (ports.logbook.basis(patient) or "").partition(" ")[0]
    if before in ("", ports.rules.version):
        return []
    review = review_patient(ports, patient, day)
    by_itself = {} if is_only_the_rule_new(ports, review) else _acts(review)
    applied = _acts(review_patient(ports, patient, day, is_applied=True))
    return [
        RuleDifference(patient=patient, place=place, act=act, before=before, after=ports.rules.version)
        for place, act in applied.items()
        if by_itself.get(place) != act
    ]


def _acts(review: Review) -> dict[JointSide, str]:
    """Tell by joint what a review leads to: the activity that its reasons name."""
    places = {e.condition_id: e.place for e in review.entries if isinstance(e, SuspicionEntry)}
    return {places[e.condition_id]: e.activity for e in review.entries if isinstance(e, ReasonsEntry)}
