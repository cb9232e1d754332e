"""The words of each reason in English, one template per code; the pages translate the same codes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from horehab.domain.joints import Joint, JointSide
from horehab.domain.suspicion import Figure, Reason

TEMPLATES: Mapping[str, str] = {
    # what speaks for it
    "motion-loss": "{mode} {motion} {best} -> {latest} deg (visits: {best_visits} for the best sustained value,"
    " {visits} beyond error in a row; threshold {threshold} deg, {raters})",
    "loss-confirmed": "{motion}: more than {threshold} deg lost at each visit over {days} d or longer (the larger"
    " threshold, for many patients and motions)",
    "joint-below-best": "the joint as a whole has lost {lost} % of its normal range since {best_day} (error of one"
    " visit {error} %), lately {pace} % a week",
    "points": "{score} points, suspect from {suspect_at}: course of motion {motion}, pain {pain}, blood, other"
    " joints and stay {support}, bedside signs {signs}, from a base of {base}",
    "stiff-from-first": "stiff when first measured: {motion} {latest} deg (norm {norm}), no earlier reading",
    "pain": "pain NRS {before} -> {now}",
    "pain-as-before": "pain {now} of 10 as before",
    "pain-first-rated": "pain NRS {now} (first rating)",
    "firm-end-feel": "firm end-feel",
    "swelling": "swelling",
    "warmth": "warmth",
    "fever": "fever",
    "alp-elevated": "ALP {value} {unit} ({multiple} x its limit {limit})",
    "ck-elevated": "CK {value} {unit} ({multiple} x its limit {limit})",
    "opposite-better": "opposite side {difference} deg better in {motion}",
    "alike-elsewhere": "{place} fell in a like way: it has lost {lost} % of its normal range by {day}",
    "exposure": "{kind} {days} d",
    # red flags of the nerve
    "slr-positive": "straight leg raise positive",
    "leg-weakness": "new leg weakness",
    "sensory-loss": "sensory loss",
    # what speaks against it
    "fits-as-well": "a course of {course} explains the readings as well",
    "won-back": "motion was won back by {day}",
    "motion-held": "held within measurement error: {motions}",
    "active-loss-only": "only active motion is lost ({motions}): weakness rather than the joint",
    # what is missing, or does not help
    "no-passive-reading": "no passive reading",
    "no-earlier-reading": "no reading before {day} to compare with",
    "not-measured-lately": "not measured for {days} d",
    "pain-not-rated": "pain not rated",
    "exposure-unknown": "exposure unknown",
    "opposite-not-measured": "opposite side not measured",
    "alp-missing": "ALP missing: excludes nothing",
    "alp-not-elevated": "ALP {value} (limit {limit}, not elevated: does not exclude)",
    "alp-not-counted": "ALP {value} ({multiple} x its limit {limit}, confounded: not counted)",
    "alp-not-interpreted": "ALP {value} {unit} not interpreted: its unit or limit is not known",
    "mode-unknown": "readings that do not say whether active or passive: {count}",
    "sign-without-place": "signs of a leg nerve that do not say which side: {count}",
    "set-aside": "readings set aside, since they look like radians or are no numbers: {count}",
    "times-assumed": "{motion}: the times of its loss lack a zone, which raises nothing by itself",
    "joint-replaced-or-gone": "cannot be judged by motion: {text}",
    # what explains a finding otherwise, or hides it
    "known-deep-vein-thrombosis": "known: {text}; does not close this",
    "known-fracture": "known: {text}; does not close this",
    "known-infection": "known: {text}; does not close this",
    "known-contracture": "known: {text}; does not close this",
    "nerve-or-muscle": "{text}: may weaken active motion and hide pain",
    "sedation-hides-pain": "sedation hides pain",
    "numbness-hides-pain": "lost sensation hides pain",
    "alp-pregnancy": "ALP confounded by pregnancy",
    "alp-liver": "ALP confounded by liver disease",
    "alp-alcohol": "ALP confounded by alcohol",
    "alp-fracture": "ALP confounded by a fracture",
    "alp-ggt": "ALP confounded: GGT {multiple} x its limit",
    "alp-bilirubin": "ALP confounded: bilirubin {multiple} x its limit",
    # the one further measurement that would change it most
    "further-motion": "passive {motion}, by {day}: at {low} deg or less: {low_tier};"
    " at {high} deg or more: {high_tier}",
    "further-motion-strength": "passive {motion}, by {day}: at {low} deg or less: strength {low_strength} of 5;"
    " at {high} deg or more: {high_strength} of 5 ({low_tier} either way)",
    "further-opposite": "passive {motion} of the opposite side, by {day}: at {low} deg or less: {low_tier};"
    " at {high} deg or more: {high_tier}",
    "further-opposite-strength": "passive {motion} of the opposite side, by {day}: at {low} deg or less: strength"
    " {low_strength} of 5; at {high} deg or more: {high_strength} of 5 ({low_tier} either way)",
    "further-pain": "pain at this joint, rated by {day}: at {low} of 10 or less: {low_tier};"
    " at {high} of 10 or more: {high_tier}",
    "further-pain-strength": "pain at this joint, rated by {day}: at {low} of 10 or less: strength"
    " {low_strength} of 5; at {high} of 10 or more: {high_strength} of 5 ({low_tier} either way)",
    "further-straight-leg-raise": "straight leg raise, by {day}: negative: {low_tier}; positive: {high_tier}",
    "further-straight-leg-raise-strength": "straight leg raise, by {day}: negative: strength {low_strength} of 5;"
    " positive: {high_strength} of 5 ({low_tier} either way)",
    "further-alp": "ALP with its upper limit, by {day}: at {low} x its limit or less: {low_tier};"
    " at {high} x its limit or more: {high_tier}",
    "further-alp-strength": "ALP with its upper limit, by {day}: at {low} x its limit or less: strength"
    " {low_strength} of 5; at {high} x its limit or more: {high_strength} of 5 ({low_tier} either way)",
}
"""By the code of a reason, its sentence with the names of its figures in braces."""

STRENGTHS = ("nothing speaks for it", "faint", "some", "moderate", "strong", "very strong")
"""By the strength of a verdict, 0 to 5, how much speaks for it in words: a grade, no likelihood."""

OPTIONS: Mapping[str, str] = {
    "clinical-review": "clinical review",
    "measure-passive": "measure passive motion (pain-free range, no forceful stretching)",
    "measure-again": "measure passive motion again within 7 days",
    "measure-opposite": "measure the opposite side too",
    "ct-mri-hip-pelvis": "CT and MRI of hip and lumbo-pelvis",
    "neurological-review": "neurological review",
    "scintigraphy": "bone scintigraphy",
    "ct": "CT",
    "ultrasound": "ultrasound as an alternative",
    "plain-film": "plain film",
    "plain-film-later": "plain film later: early it can still be normal",
    "onset-not-bounded": "onset not bounded by an earlier reading",
    "repeat-imaging": "repeat imaging in 2-4 weeks if early imaging is negative",
    "pain-free-range": "stay within pain-free range, avoid forceful passive stretching until reviewed",
    "discuss-medication": "discuss NSAID or bisphosphonate with the physician"
    " (check thrombocytopenia, pregnancy, recent caesarean, kidney, stomach)",
    "surgery-conditional": "surgery only if confirmed, autonomy and quality of life affected,"
    " and comorbidity controlled",
}
"""By the code of a next step, what to consider; never an order."""

DIFFERENTIALS: Mapping[str, str] = {
    "contracture": "contracture",
    "adhesive-capsulitis": "adhesive capsulitis",
    "weakness-or-neuropathy": "ICU weakness or neuropathy",
    "spasticity": "spasticity",
    "deep-vein-thrombosis": "DVT",
    "infection": "infection",
    "fracture": "fracture",
    "haematoma": "haematoma",
    "radiculopathy": "radiculopathy",
    "arthropathy": "arthropathy",
    "tumour": "tumour",
}
"""By its code, what else it could be."""


FIRST_DIFFERENTIALS: Mapping[Joint, tuple[str, ...]] = {
    Joint.HIP: ("contracture", "infection", "fracture", "deep-vein-thrombosis", "haematoma"),
    Joint.KNEE: ("contracture", "deep-vein-thrombosis", "infection", "fracture", "haematoma"),
    Joint.SHOULDER: ("adhesive-capsulitis", "contracture", "weakness-or-neuropathy", "infection", "fracture"),
    Joint.ELBOW: ("contracture", "spasticity", "infection", "fracture", "weakness-or-neuropathy"),
    Joint.WRIST: ("contracture", "spasticity", "infection", "fracture"),
    Joint.ANKLE: ("contracture", "deep-vein-thrombosis", "infection", "fracture"),
}
"""By joint, which of them the sentence names (R10; the order is our policy); the pages name them all."""


def counted(number: Figure, noun: str) -> str:
    """Count things in English: "1 visit", "3 visits"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class Speech(Protocol):
    """How a verdict is said in one language; the record itself is always said in ENGLISH."""

    def phrase(self, template: str, **values: object) -> str:
        """Say a phrase by its English template, with its values filled in."""

    def count(self, one: str, many: str, number: int, **values: object) -> str:
        """Say how many there are, `{number}` in the English template for one and for many."""

    def value(self, value: Figure) -> str:
        """Write a number, or say a word."""

    def place(self, place: JointSide) -> str:
        """Name a joint of one side, in small letters."""

    def day(self, day: date) -> str:
        """Write a day."""

    def reason(self, reason: Reason) -> str:
        """Say a reason with its figures."""


@dataclass(frozen=True, slots=True)
class English:
    """The words of the record, of messages to the EHR and of the command line: the same on every machine."""

    def phrase(self, template: str, **values: object) -> str:
        """Say a phrase by its template, with its values filled in."""
        return template.format_map(values)

    def count(self, one: str, many: str, number: int, **values: object) -> str:
        """Say how many there are: "1 visit", "3 visits"."""
        return (one if number == 1 else many).format(number=number, **values)

    def value(self, value: Figure) -> str:
        """Write a number without needless zeros; a word stays as it is."""
        return f"{value:g}" if isinstance(value, float) else str(value)

    def place(self, place: JointSide) -> str:
        """Name a joint of one side: "left hip"."""
        return str(place)

    def day(self, day: date) -> str:
        """Write a day as 2026-03-31."""
        return day.isoformat()

    def reason(self, reason: Reason) -> str:
        """Say a reason; a code without words is said as it stands, so that nothing is hidden."""
        template = TEMPLATES.get(reason.code, reason.code)
        return template.format_map(_Words({name: self.value(value) for name, value in reason.figures}))


ENGLISH = English()


def reason_text(reason: Reason) -> str:
    """Say a reason in English."""
    return ENGLISH.reason(reason)


class _Words(dict[str, str]):
    """Figures by name; one that is missing is said to be so instead of raising."""

    def __missing__(self, key: str) -> str:
        """Say that a figure is not there."""
        return f"({key} not given)"
