"""What else is known of the patient: what explains a finding otherwise, hides pain, or rules a joint out."""

from datetime import date

from horehab.domain.exposure import Background, BackgroundKind, Exposure, ExposureKind
from horehab.domain.joints import Joint, JointSide
from horehab.domain.laboratory import Analyte
from horehab.domain.record import PatientRecord
from horehab.domain.signs import SignKind
from horehab.domain.suspicion import Reason

_ALP = {
    BackgroundKind.PREGNANCY: "alp-pregnancy",
    BackgroundKind.LIVER_DISEASE: "alp-liver",
    BackgroundKind.ALCOHOL: "alp-alcohol",
    BackgroundKind.FRACTURE: "alp-fracture",
}
_ALP_LABS = {Analyte.GAMMA_GT: "alp-ggt", Analyte.BILIRUBIN: "alp-bilirubin"}
_NERVE = (
    BackgroundKind.POLYNEUROPATHY,
    BackgroundKind.PLEXUS_LESION,
    BackgroundKind.CENTRAL_LESION,
    BackgroundKind.MYOPATHY,
    BackgroundKind.SCIATIC_LESION,
)
_NO_JOINT = (BackgroundKind.JOINT_REPLACEMENT, BackgroundKind.ARTHRODESIS, BackgroundKind.AMPUTATION)
_DIFFERENTIAL = {
    BackgroundKind.DEEP_VEIN_THROMBOSIS: "deep-vein-thrombosis",
    BackgroundKind.FRACTURE: "fracture",
    BackgroundKind.INFECTION: "infection",
    BackgroundKind.CONTRACTURE: "contracture",
}
LEG = (Joint.HIP, Joint.KNEE, Joint.ANKLE)
"""The joints of the leg: a thrombosis or a nerve of the leg concerns all of them on its side."""


def alp_confounders(record: PatientRecord) -> tuple[Reason, ...]:
    """Name what may raise alkaline phosphatase besides bone: pregnancy, liver, alcohol, fracture (R14, R15)."""
    found = [Reason(code=_ALP[b.kind], references=(b.source,)) for b in record.backgrounds if b.kind in _ALP]
    labs = [r for r in record.labs if r.analyte in _ALP_LABS and r.is_elevated]
    found += [
        Reason(code=_ALP_LABS[r.analyte], figures=(("multiple", round(r.multiple or 0, 2)),), references=(r.source,))
        for r in labs
    ]
    return _ordered(found)


def alp_confounded_from(record: PatientRecord) -> date | None:
    """Say since which day something is known that may raise alkaline phosphatase besides bone; None for never."""
    days = [b.known_on for b in record.backgrounds if b.kind in _ALP]
    days += [max(r.known_on, r.when.day) for r in record.labs if r.analyte in _ALP_LABS and r.is_elevated]
    return min(days, default=None)


def nerve_confounders(record: PatientRecord) -> tuple[Reason, ...]:
    """Name lesions of nerve or muscle: a risk, and another cause of active weakness and of painless joints (R02)."""
    return _ordered(
        [
            Reason(code="nerve-or-muscle", figures=_text(b), references=(b.source,))
            for b in record.backgrounds
            if b.kind in _NERVE
        ]
    )


def pain_hidden(record: PatientRecord, place: JointSide, day: date, *, hides_days: int) -> tuple[Reason, ...]:
    """Say when sedation of the days before, or lost sensation, hides pain: no pain then is no counter-evidence."""
    found = [
        Reason(code="sedation-hides-pain", references=(e.source,))
        for e in record.exposures
        if e.kind is ExposureKind.SEDATION and (e.end is None or (day - e.end.day).days <= hides_days)
    ]
    found += [
        Reason(code="numbness-hides-pain", references=(s.source,))
        for s in record.signs
        if s.kind is SignKind.SENSORY_LOSS and s.is_present and s.place in (None, place)
    ]
    return _ordered(found)


def hides_pain(record: PatientRecord, place: JointSide, day: date, hides_days: int) -> bool:
    """Say whether sedation until shortly before a day, or sensation lost by then, makes a low rating unknown."""
    is_sedated = any(
        e.kind is ExposureKind.SEDATION
        and e.start.day <= day
        and (e.end is None or (day - e.end.day).days <= hides_days)
        for e in record.exposures
    )
    return is_sedated or any(
        s.kind is SignKind.SENSORY_LOSS and s.is_present and s.place in (None, place) and s.when.day <= day
        for s in record.signs
    )


def no_joint_left(record: PatientRecord, place: JointSide, day: date) -> Background | None:
    """Find the replacement, fusion or amputation because of which this joint cannot be judged."""
    found = [
        b
        for b in record.backgrounds
        if b.kind in _NO_JOINT and b.place == place and (b.start is None or b.start.day <= day)
    ]
    return min(found, key=lambda b: b.source, default=None)


_FEVER_DAYS = 14


def known_differentials(record: PatientRecord, place: JointSide, day: date) -> tuple[Reason, ...]:
    """Name thrombosis, fracture, infection or contracture known on this side; none closes a suspicion (R08, R09)."""
    found = [
        Reason(code="fever", figures=(("day", s.when.day.isoformat()),), references=(s.source,))
        for s in record.signs
        if s.kind is SignKind.FEVER and s.is_present and (day - s.when.day).days <= _FEVER_DAYS
    ]
    found += [
        Reason(code=f"known-{_DIFFERENTIAL[b.kind]}", figures=(*_text(b), *_side(b)), references=(b.source,))
        for b in record.backgrounds
        if b.kind in _DIFFERENTIAL and _touches(b, place) and (b.end is None or b.end.day >= day)
    ]
    return _ordered(found)


def _touches(background: Background, place: JointSide) -> bool:
    """Take what has no place as touching every joint; a thrombosis as touching the whole limb of its side."""
    if background.place is None:
        return True
    if background.kind is BackgroundKind.DEEP_VEIN_THROMBOSIS:
        same_limb = (background.place.joint in LEG) == (place.joint in LEG)
        return same_limb and background.place.side is place.side
    return background.place == place


def exposures(record: PatientRecord, day: date) -> tuple[Reason, ...]:
    """Say what the patient has been through, the longest span of each kind in days; "unknown" is said as missing."""
    longest: dict[ExposureKind, tuple[int, str]] = {}
    for exposure in record.exposures:
        days = _days(exposure, day)
        if exposure.kind not in longest or days > longest[exposure.kind][0]:
            longest[exposure.kind] = (days, exposure.source)
    spans = [(kind, *longest[kind]) for kind in ExposureKind if kind in longest]
    return tuple(
        Reason(code="exposure", figures=(("kind", kind.value), ("days", days)), references=(source,))
        for kind, days, source in spans
    )


def _days(exposure: Exposure, day: date) -> int:
    end = exposure.end.day if exposure.end is not None and exposure.end.day <= day else day
    return max(0, (end - exposure.start.day).days)


def _text(background: Background) -> tuple[tuple[str, str], ...]:
    return (("text", background.text or background.kind.value),)


def _side(background: Background) -> tuple[tuple[str, str], ...]:
    return (("side", background.place.side.value),) if background.place is not None else ()


def _ordered(reasons: list[Reason]) -> tuple[Reason, ...]:
    """Put reasons into a fixed order, each once however often the chart repeats it."""
    ordered = sorted(reasons, key=lambda r: (r.code, str(r.figures), r.references))
    return tuple({(r.code, r.figures): r for r in reversed(ordered)}.values())[::-1]
