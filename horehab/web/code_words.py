"""The ward's words for what a code means, why it is not read, and what came of mapping it."""

from horehab.domain.joints import JointSide
from horehab.domain.local_code import CodeMeaning, LocalCode
from horehab.usecases.local_codes import ReadAnew
from horehab.web.language import gettext as _
from horehab.web.language import ngettext
from horehab.web.words import capital, sign_word, word


def meaning_word(says: CodeMeaning) -> str:
    """Say a meaning as a therapist does: "Left hip flexion, passive"."""
    if says.is_nothing:
        return _("None of our business")
    subject = sign_word(says.sign) if says.sign else word(says.analyte) if says.analyte else ""
    place = " ".join(word(part).lower() for part in (*_where(says), says.motion) if part)
    if says.is_pain:
        subject = _("Pain")
    named = f"{subject}, {place}" if subject and place else subject or place
    return capital(", ".join(part for part in (named, word(says.mode) if says.mode else "") if part))


def _where(says: CodeMeaning) -> tuple[object, ...]:
    """Name a joint of one side as one thing: languages differ in which word comes first."""
    if says.side and says.joint:
        return (JointSide(joint=says.joint, side=says.side),)
    return says.side, says.joint


def why_word(why: str) -> str:
    """Say why a code is not read."""
    said = {
        "code-not-mapped": _("the code is not known"),
        "no-joint": _("no joint is named"),
        "no-side": _("no side is named"),
        "no-motion": _("no motion is named"),
        "no-such-motion": _("the joint has no such motion"),
        "words-in-doubt": _("its words leave a doubt"),
        "joints-disagree": _("two joints are named"),
        "sides-disagree": _("left and right are named"),
        "motions-disagree": _("two motions are named"),
        "modes-disagree": _("active and passive are named"),
        "left-alone": _("left alone: its words are not enough"),
    }
    return said.get(why, why.replace("-", " "))


def code_word(local: LocalCode) -> str:
    """Name a code; words that stand instead of a code in quotes."""
    return (
        local.code if local.system else f"\N{LEFT DOUBLE QUOTATION MARK}{local.code}\N{RIGHT DOUBLE QUOTATION MARK}"
    )


def done_word(local: LocalCode, says: CodeMeaning | None, did: ReadAnew) -> str:
    """Say what came of it: 37 readings of 5 patients became readable."""
    code = code_word(local)
    if says is None:
        first = _("%(code)s means nothing any more.", code=code)
    else:
        first = _("%(code)s is read as: %(meaning)s.", code=code, meaning=meaning_word(says))
    return f"{first} {_came_of(did)}"


def _came_of(did: ReadAnew) -> str:
    gained, lost = sum(did.gained.values()), sum(did.lost.values())
    patients = ngettext("%(num)d patient", "%(num)d patients", len(did.patients))
    reviewed = _("They are reviewed with the next pass.")
    if gained and lost:
        words = ngettext(
            "%(num)d entry of %(whose)s is read otherwise now.",
            "%(num)d entries of %(whose)s are read otherwise now.",
            gained,
            whose=patients,
        )
    elif gained:
        words = ngettext(
            "%(num)d entry of %(whose)s became readable.",
            "%(num)d entries of %(whose)s became readable.",
            gained,
            whose=patients,
        )
    elif lost:
        words = ngettext(
            "%(num)d entry of %(whose)s is no longer read.",
            "%(num)d entries of %(whose)s are no longer read.",
            lost,
            whose=patients,
        )
    elif did.understood:
        return ngettext(
            "%(num)d entry is no longer set aside.", "%(num)d entries are no longer set aside.", did.understood
        )
    else:
        return _("No stored entry is read otherwise by that.")
    return f"{words} {reviewed}"
