"""The sentence of a verdict: what is suspected, on what figures, what else it could be, what to consider next.

Its shape is clinical.md section 8, short enough to be read at the bedside; the pages list everything. It suspects,
offers and names what is missing; it never tells a disease or a likelihood, and never reassures.
"""

from collections.abc import Iterator

from horehab.domain.suspicion import Reason, Tier, Verdict
from horehab.domain.wording import DIFFERENTIALS, FIRST_DIFFERENTIALS, OPTIONS, counted, reason_text

__all__ = ["reason_text", "sentence"]

_LOSSES = 2
_CONFOUNDERS = 3
_DIFFERENTIALS = 4
_OPTIONS = 3
_STAYS = {"icu stay": "ICU", "ventilation": "ventilation"}
_ONCE = ("motion-loss", "exposure", "opposite-better", "points")
_NOTED = ("alp-not-elevated", "alp-missing", "alp-not-interpreted", "alp-not-counted", "no-earlier-reading",
          "pain-not-rated", "exposure-unknown")  # fmt: skip
_KNOWN = "known-"
_LESION = "nerve-or-muscle"


def sentence(verdict: Verdict) -> str:
    """Say a verdict in one paragraph of plain English; the same words for the same verdict."""
    match verdict.tier:
        case Tier.CANNOT_JUDGE:
            return f"{_place(verdict)}: cannot be judged ({_listed(verdict.missing)})."
        case Tier.QUIET:
            said = f"{_place(verdict)}: no worsening beyond measurement error seen up to {verdict.as_of}"
            return f"{said} ({_listed(verdict.against)}). Not known or no help: {_listed(verdict.missing) or '-'}."
        case Tier.WATCH:
            return f"Watch {verdict.place}, consider HO: {_grounds(verdict)}. {_options(verdict)} Not a diagnosis."
    parts = (f"HO suspected in {verdict.place}: {_grounds(verdict)}.", _also(verdict), _borne_in_mind(verdict))
    return " ".join(filter(None, (*parts, _options(verdict), "Not a diagnosis.")))


def _place(verdict: Verdict) -> str:
    return str(verdict.place).capitalize()


def _grounds(verdict: Verdict) -> str:
    """Give the largest losses, then pain, signs, the longest stay and red flags, then what is missing or no help."""
    told = (*_ONCE, "joint-below-best") if any(r.code == "motion-loss" for r in verdict.reasons) else _ONCE
    words = [*_losses(verdict), *(reason_text(r) for r in verdict.reasons if r.code not in told), *_stay(verdict)]
    flags = ", ".join(map(reason_text, verdict.red_flags))
    if flags:
        words.append(f"red {'flag' if len(verdict.red_flags) == 1 else 'flags'}: {flags}")
    notes = [reason_text(r) for r in verdict.missing if r.code in _NOTED]
    return "; ".join(filter(None, (", ".join(words), *notes)))


def _losses(verdict: Verdict) -> Iterator[str]:
    """Say the largest loss in full, the next by its degrees, and count the others."""
    losses = [dict(r.figures) for r in verdict.reasons if r.code == "motion-loss"]
    for number, loss in enumerate(losses[:_LOSSES]):
        mode = "" if number and loss["mode"] == losses[0]["mode"] else f"{loss['mode']} "
        ground = f"threshold {loss['threshold']:g} deg"
        if not number:
            before = counted(loss["best_visits"], "visit")
            latest = f"last {loss['visits']} visits" if loss["visits"] != 1 else "last visit"
            ground = f"best sustained of {before} vs {latest}; {ground}, {loss['raters']}"
        yield f"{mode}{loss['motion']} {loss['best']:g} -> {loss['latest']:g} deg ({ground})"
    if len(losses) > _LOSSES:
        yield f"and {counted(len(losses) - _LOSSES, 'more motion')}"


def _stay(verdict: Verdict) -> Iterator[str]:
    """Say the longest of intensive care and ventilation, or else of what there was."""
    spans = [dict(r.figures) for r in verdict.reasons if r.code == "exposure"]
    spans = [span for span in spans if span["kind"] in _STAYS] or spans
    longest = max(spans, key=lambda span: int(span["days"]), default=None)
    if longest is not None:
        yield f"{_STAYS.get(str(longest['kind']), longest['kind'])} {longest['days']} d"


def _also(verdict: Verdict) -> str:
    """Name what is known to be there first, with its side, then what comes first in this joint."""
    known = {r.code.removeprefix(_KNOWN): dict(r.figures) for r in verdict.confounders if r.code.startswith(_KNOWN)}
    said = [f"{DIFFERENTIALS[c]} ({', '.join(('known', *_side(known[c])))})" for c in DIFFERENTIALS if c in known]
    first = FIRST_DIFFERENTIALS[verdict.place.joint]
    order = ("radiculopathy", *first) if verdict.red_flags else first
    others = [code for code in order if code in verdict.differentials and code not in known]
    said += [DIFFERENTIALS[code] for code in others[:_DIFFERENTIALS]]
    return f"Also consider: {', '.join(said)}." if said else ""


def _side(figures: dict[str, str | int | float]) -> Iterator[str]:
    if "side" in figures:
        yield str(figures["side"])


def _borne_in_mind(verdict: Verdict) -> str:
    """Name lesions of nerve or muscle, what hides pain and what else may raise a value; the pages name them all."""
    others = [r for r in verdict.confounders if not r.code.startswith(_KNOWN)]
    lesions = [str(dict(r.figures).get("text", "lesion of nerve or muscle")) for r in others if r.code == _LESION]
    said = [reason_text(r) for r in others if r.code != _LESION]
    if lesions:
        said.insert(0, f"{', '.join(lesions[:_LOSSES])} (may weaken active motion and hide pain)")
    return f"Bear in mind: {'; '.join(said[:_CONFOUNDERS])}." if said else ""


def _options(verdict: Verdict) -> str:
    return f"Options: {', '.join(OPTIONS.get(code, code) for code in verdict.options[:_OPTIONS])}."


def _listed(reasons: tuple[Reason, ...]) -> str:
    return "; ".join(reason_text(r) for r in reasons)
