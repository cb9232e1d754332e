"""The strict reader of words: what leaves no doubt is read and marked, the rest set aside with the mapping offered.

Words never overrule codes: they add what the codes leave open, and where both speak and differ, nothing is read.
"""

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from horehab.domain.input_quality import READ_FROM_TEXT
from horehab.domain.joints import MOTIONS, Joint, Motion, Side
from horehab.domain.local_code import CodeMeaning
from horehab.domain.range_of_motion import Mode
from horehab.domain.signs import PainOccasion, SignKind
from horehab.fhir.basis import ours
from horehab.fhir.basis.elements import child, extensions, number
from horehab.fhir.basis.quarantine import CannotRead
from horehab.fhir.basis.site import Coding
from horehab.fhir.basis.terminology import LOINC, NOTHING, SIGN, SNOMED, Meaning, meaning
from horehab.fhir.resources.angles import is_angle
from horehab.fhir.resources.laboratory import analyte_of, coding_of
from horehab.fhir.resources.local_codes import meaning_in
from horehab.fhir.resources.occasion import Part
from horehab.fhir.resources.offer import offer
from horehab.fhir.resources.pain import NUMERIC, VISUAL, is_pain
from horehab.fhir.resources.range_of_motion import is_reading
from horehab.fhir.resources.signs import is_sign
from horehab.fhir.resources.wording import Wording
from horehab.fhir.resources.words import Said

_RANGE, _PAIN, _SIGN, _LAB = "range", "pain", "sign", "lab"
_EXPECTED = MappingProxyType(
    {
        _RANGE: ("joint", "side", "motion", "mode", "position", "range", "neutral", "occasion"),
        _PAIN: ("joint", "side", "pain", "scale", "level", "occasion", "neutral"),
        _SIGN: ("joint", "side", "sign", "sign-word", "neutral"),
        _LAB: ("lab", "lab-word", "level", "neutral"),
    }
)
_QUOTED = 120

Named = TypeVar("Named", Joint, Motion, Mode, Side)


def needs_words(part: Part) -> bool:
    """Say whether its words could tell anything of a part: of blood, or of what others have coded, they cannot."""
    if analyte_of(part):
        return False
    return is_angle(part.node) or not _is_coded_by_others(part) or _subject_by_codes(part) is not None


def with_words(part: Part, wording: Wording) -> Part:
    """Add to a part what its words say; a part whose words leave a doubt gets a refusal, what is not ours stays."""
    if not wording.quotes:
        return part
    known = _subject_by_codes(part)
    subject = known or _subject_by_words(part, wording.code)
    if subject is None:
        return part
    doubts = _doubts(subject, wording)
    if known:
        return part if doubts or known == _LAB else _added(part, subject, wording)
    if _is_coded_by_others(part):
        return _refused(part, "code-not-mapped", wording, doubts) if _is_angle_of_joint(part, wording) else part
    if doubts:
        return _refused(part, "words-in-doubt", wording, doubts) if _is_ours(part, wording) else part
    missing = _missing(part, subject, wording)
    return _refused(part, missing, wording, ()) if missing else _added(part, subject, wording)


def offered_by(part: Part, wording: Wording) -> CodeMeaning | None:
    """Say what the words of a part mean as far as they say it in one way only; None when they say nothing."""
    subject = _subject_by_codes(part) or _subject_by_words(part, wording.code) or _RANGE
    if subject == _LAB:
        return meaning_in(_codings(subject, wording.code))
    says = _meaning(subject, wording)
    joints, motions, modes, sides = says.joints, says.motions, says.modes, says.sides
    joint, motion = _sole(joints), _sole(motions)
    whole = CodeMeaning(
        joint=joint,
        motion=motion if joint is None or motion in MOTIONS[joint] else None,
        mode=_sole(modes) if subject == _RANGE else None,
        side=_sole(sides),
        is_pain=subject == _PAIN,
        sign=next(map(SignKind, sorted(wording.code.of("sign"))), None) if subject == _SIGN else None,
    )
    return whole if str(whole) else None


def _sole(values: frozenset[Named]) -> Named | None:
    return next(iter(values)) if len(values) == 1 else None


def _subject_by_codes(part: Part) -> str | None:
    for subject, is_so in ((_PAIN, is_pain), (_SIGN, is_sign), (_LAB, analyte_of), (_RANGE, is_reading)):
        if is_so(part):
            return subject
    return None


def _subject_by_words(part: Part, said: Said) -> str | None:
    if is_angle(part.node):
        return _RANGE
    if said.of("pain"):
        return _PAIN
    if said.of("sign"):
        return _SIGN
    if said.of("lab") and not said.of("lab-other"):
        return _LAB
    return _RANGE if said.of("joint") and said.of("motion") else None


def _doubts(subject: str, wording: Wording) -> tuple[str, ...]:
    """List what is not expected of such a subject, and what is said in two ways where only one can be meant."""
    code = wording.code
    doubts = [*code.beyond(*_EXPECTED[subject]), *wording.doubts]
    if subject == _RANGE:
        doubts += code.of("occasion") - {"movement"}
    for several in (_positions(wording), *(code.of(kind) for kind in ("sign", "lab") if kind == subject)):
        doubts += several if len(several) > 1 else ()
    if subject == _PAIN and len(code.of("occasion")) > 1:
        doubts += code.of("occasion")
    return tuple(sorted(doubts))


def _is_coded_by_others(part: Part) -> bool:
    """Say whether an official code names something that we do not know: then words do not decide what it is."""
    return any(system in (LOINC, SNOMED) and meaning([(system, code)]) == NOTHING for system, code in part.codings)


def _is_angle_of_joint(part: Part, wording: Wording) -> bool:
    return is_angle(part.node) and bool(wording.code.of("joint")) and bool(wording.code.of("motion"))


def _is_ours(part: Part, wording: Wording) -> bool:
    """Say whether words with a doubt in them are about something of ours: a joint's angle, pain or sign, or blood."""
    said = wording.code
    if is_angle(part.node):
        return any((said | wording.place).of(kind) for kind in ("joint", "side", "motion"))
    if said.of("pain") or said.of("sign"):
        return bool(said.of("joint") | wording.place.of("joint"))
    return bool(said.of("lab")) and number(child(part.node, "valueQuantity"), "value") is not None


def _missing(part: Part, subject: str, wording: Wording) -> str | None:
    """Name what the words leave open: joint, side and motion of an angle; pain and signs need a side if a joint."""
    says = part.says | _meaning(subject, wording)
    if subject == _LAB or (subject in (_PAIN, _SIGN) and not says.joints and not says.sides):
        return None
    if not says.joints:
        return "no-joint"
    if not says.sides:
        return "no-side"
    return "no-motion" if subject == _RANGE and not says.motions else None


def _added(part: Part, subject: str, wording: Wording) -> Part:
    says = part.says | _meaning(subject, wording)
    codings = part.codings if _subject_by_codes(part) else (*part.codings, *_codings(subject, wording.code))
    positions = _positions(wording) if subject == _RANGE else ()
    is_timed = subject != _PAIN or bool(extensions(part.node, ours.PAIN_OCCASION))
    pain = () if is_timed else wording.code.of("occasion")
    if subject == _RANGE:
        says |= Meaning(is_range=True)
    elif disagreement := _disagreement(part.says, _meaning(subject, wording)):
        return _refused(part, disagreement, wording, ())
    is_new = (says, codings) != (part.says, part.codings) or positions or pain
    quoted = "; ".join(wording.quotes)[:_QUOTED]
    return replace(
        part,
        says=says,
        codings=codings,
        position=next(iter(positions), None),
        pain_occasion=next(map(PainOccasion, pain), None),
        assumptions=(f"{READ_FROM_TEXT}{quoted!r}",) if is_new else (),
    )


def _meaning(subject: str, wording: Wording) -> Meaning:
    code, place, method = wording.code, wording.place, wording.method
    joints, sides = code.of("joint") | place.of("joint"), code.of("side") | place.of("side")
    if subject == _SIGN and "slr-positive" in code.of("sign") and sides and not joints:
        joints = frozenset({Joint.HIP.value})  # the leg that is raised turns in the hip: R07 looks there
    motions = code.of("motion") if subject == _RANGE else frozenset()
    modes = code.of("mode") | method.of("mode") if subject == _RANGE else frozenset()
    compared = wording.inside_code
    return Meaning(
        joints=frozenset(map(Joint, joints | compared.of("joint") if joints else joints)),
        sides=frozenset(map(Side, sides | compared.of("side") if sides else sides)),
        motions=frozenset(map(Motion, motions | compared.of("motion") if motions else motions)),
        modes=frozenset(map(Mode, modes | compared.of("mode") if modes else modes)),
    )


def _codings(subject: str, said: Said) -> tuple[Coding, ...]:
    """Give the codings that say what the words say, so that one reader reads both."""
    if subject == _PAIN:
        return (VISUAL if "visual" in said.of("pain") and "ten" not in said.of("scale") else NUMERIC,)
    if subject == _SIGN:
        return tuple((SIGN, kind) for kind in said.of("sign"))
    return tuple(map(coding_of, said.of("lab"))) if subject == _LAB else ()


def _positions(wording: Wording) -> tuple[str, ...]:
    return tuple(sorted(wording.code.of("position") | wording.method.of("position")))


def _disagreement(coded: Meaning, worded: Meaning) -> str | None:
    for code, one, other in (
        ("joints-disagree", coded.joints, worded.joints),
        ("sides-disagree", coded.sides, worded.sides),
    ):
        if len(other) > 1 or (one and other and one != other):
            return code
    return None


def _refused(part: Part, code: str, wording: Wording, doubts: Iterable[str]) -> Part:
    found = "; ".join(wording.quotes)[:_QUOTED]
    strange = ", ".join(doubts)[:_QUOTED]
    detail = f"Found {found!r}{f', where these leave a doubt: {strange}' if strange else ''}."
    subject = _subject_by_words(part, wording.code)
    says = part.says | _meaning(subject or _RANGE, wording)
    others = _codings(subject, wording.code) if subject else ()
    return replace(part, refusal=CannotRead(code, part.at("code"), f"{detail} {offer(wording.local, says, others)}"))
