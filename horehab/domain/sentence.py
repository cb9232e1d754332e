"""The sentence of a verdict: what is suspected, on what figures, what else it could be, what to consider next.

Its shape is clinical.md section 8. It suspects, offers and names what is missing; it never tells a disease or a
likelihood, and never reassures.
"""

from horehab.domain.suspicion import Reason, Tier, Verdict
from horehab.domain.wording import DIFFERENTIALS, OPTIONS, reason_text

__all__ = ["reason_text", "sentence"]

_SHORT = 3
_NOTED = ("alp-not-elevated", "alp-missing", "alp-not-interpreted", "no-earlier-reading", "pain-not-rated",
          "exposure-unknown")  # fmt: skip


def sentence(verdict: Verdict) -> str:
    """Say a verdict in one paragraph of plain English."""
    match verdict.tier:
        case Tier.CANNOT_JUDGE:
            return f"{_place(verdict)}: cannot be judged ({_listed(verdict.missing)})."
        case Tier.QUIET:
            said = f"{_place(verdict)}: no worsening beyond measurement error seen up to {verdict.as_of}"
            return f"{said} ({_listed(verdict.against)}). Not known or no help: {_listed(verdict.missing) or '-'}."
        case Tier.WATCH:
            return f"Watch {verdict.place}, consider HO: {_grounds(verdict)}. {_options(verdict)} Not a diagnosis."
    grounds = f"HO suspected in {verdict.place}: {_grounds(verdict)}."
    return f"{grounds} {_also(verdict)} {_options(verdict)} Not a diagnosis."


def _place(verdict: Verdict) -> str:
    return str(verdict.place).capitalize()


def _grounds(verdict: Verdict) -> str:
    """Give the largest losses, then pain, signs, exposure and red flags, then what is missing or does not help."""
    losses = [r for r in verdict.reasons if r.code == "motion-loss"]
    rest = [r for r in verdict.reasons if r.code != "motion-loss"]
    said = [*losses[:_SHORT], *rest]
    words = [reason_text(r) for r in said]
    more = len(losses) - _SHORT
    words += [f"{more} more motion(s) lost"] if more > 0 else []
    words += [f"red flag: {reason_text(r)}" for r in verdict.red_flags]
    notes = [reason_text(r) for r in verdict.missing if r.code in _NOTED]
    return "; ".join(filter(None, (", ".join(words), *notes)))


def _also(verdict: Verdict) -> str:
    known = [r for r in verdict.confounders if r.code.startswith("known-")]
    codes = {r.code.removeprefix("known-") for r in known}
    first = [f"{DIFFERENTIALS[code]} (known)" for code in DIFFERENTIALS if code in codes]
    others = [DIFFERENTIALS.get(code, code) for code in verdict.differentials if code not in codes]
    confounders = [reason_text(r) for r in verdict.confounders if r not in known]
    said = f"Also consider: {', '.join((*first, *others))}."
    return f"{said} Bear in mind: {'; '.join(confounders)}." if confounders else said


def _options(verdict: Verdict) -> str:
    return f"Options: {', '.join(OPTIONS.get(code, code) for code in verdict.options)}."


def _listed(reasons: tuple[Reason, ...]) -> str:
    return "; ".join(reason_text(r) for r in reasons)
