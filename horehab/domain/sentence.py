"""The sentence of a verdict: what is suspected, on what figures, what else it could be, what to consider next.

Its shape is clinical.md section 8, short enough to be read at the bedside; the pages list everything. It suspects,
offers and names what is missing; it never tells a disease or a likelihood, and never reassures.
"""

from collections.abc import Iterator

from horehab.domain.suspicion import Figure, Reason, Tier, Verdict
from horehab.domain.wording import DIFFERENTIALS, ENGLISH, FIRST_DIFFERENTIALS, OPTIONS, Speech, reason_text

__all__ = ["reason_text", "sentence", "told"]

_LOSSES = 2
_CONFOUNDERS = 3
_DIFFERENTIALS = 4
_OPTIONS = 3
_STAYS = {"icu stay": "ICU", "ventilation": "ventilation"}
_ONCE = ("motion-loss", "loss-confirmed", "exposure", "opposite-better", "alike-elsewhere", "points")
_NOTED = ("alp-not-elevated", "alp-missing", "alp-not-interpreted", "alp-not-counted", "no-earlier-reading",
          "pain-not-rated", "exposure-unknown")  # fmt: skip
_KNOWN = "known-"
_LESION = "nerve-or-muscle"
_LESION_UNSAID = "lesion of nerve or muscle"


def sentence(verdict: Verdict) -> str:
    """Say a verdict in one paragraph of plain English; the same words for the same verdict."""
    head, *rest = told(verdict)
    return f"{head}: {' '.join(rest)}"


def told(verdict: Verdict, speech: Speech = ENGLISH) -> tuple[str, ...]:
    """Say a verdict line by line: what and where, on what grounds, what else it could be, what to consider."""
    place = speech.place(verdict.place)
    match verdict.tier:
        case Tier.CANNOT_JUDGE:
            missing = _listed(verdict.missing, speech)
            return place.capitalize(), speech.phrase("cannot be judged ({missing}).", missing=missing)
        case Tier.QUIET:
            return place.capitalize(), *_quiet(verdict, speech)
        case Tier.WATCH:
            head = speech.phrase("Watch {place}, consider HO", place=place)
            return head, f"{_grounds(verdict, speech)}.", _options(verdict, speech), speech.phrase("Not a diagnosis.")
    head = speech.phrase("HO suspected in {place}", place=place)
    parts = (f"{_grounds(verdict, speech)}.", _also(verdict, speech), _borne_in_mind(verdict, speech))
    return head, *filter(None, parts), _options(verdict, speech), speech.phrase("Not a diagnosis.")


def _quiet(verdict: Verdict, speech: Speech) -> Iterator[str]:
    yield speech.phrase(
        "no worsening beyond measurement error seen up to {day} ({against}).",
        day=speech.day(verdict.as_of),
        against=_listed(verdict.against, speech),
    )
    yield speech.phrase("Not known or no help: {missing}.", missing=_listed(verdict.missing, speech) or "-")


def _grounds(verdict: Verdict, speech: Speech) -> str:
    """Give the largest losses, then pain, signs, the longest stay and red flags, then what is missing or no help."""
    once = (*_ONCE, "joint-below-best") if any(r.code == "motion-loss" for r in verdict.reasons) else _ONCE
    reasons = (speech.reason(r) for r in verdict.reasons if r.code not in once)
    words = [*_losses(verdict, speech), *reasons, *_stay(verdict, speech)]
    flags = ", ".join(map(speech.reason, verdict.red_flags))
    if flags:
        words.append(speech.count("red flag: {flags}", "red flags: {flags}", len(verdict.red_flags), flags=flags))
    notes = [speech.reason(r) for r in verdict.missing if r.code in _NOTED]
    return "; ".join(filter(None, (", ".join(words), *notes)))


def _losses(verdict: Verdict, speech: Speech) -> Iterator[str]:
    """Say the largest loss in full, the next by its degrees, and count the others."""
    losses = [dict(r.figures) for r in verdict.reasons if r.code == "motion-loss"]
    for number, loss in enumerate(losses[:_LOSSES]):
        ground = speech.phrase("threshold {threshold} deg", threshold=speech.value(loss["threshold"]))
        if not number:
            ground = f"{_visits(loss, speech)}; {ground}, {speech.value(loss['raters'])}"
        figures = {name: speech.value(loss[name]) for name in ("mode", "motion", "best", "latest")}
        if number and loss["mode"] == losses[0]["mode"]:
            yield speech.phrase("{motion} {best} -> {latest} deg ({ground})", ground=ground, **figures)
        else:
            yield speech.phrase("{mode} {motion} {best} -> {latest} deg ({ground})", ground=ground, **figures)
    if len(losses) > _LOSSES:
        yield speech.count("and {number} more motion", "and {number} more motions", len(losses) - _LOSSES)


def _visits(loss: dict[str, Figure], speech: Speech) -> str:
    """Say how many visits lie on either side of a loss."""
    before = speech.count("{number} visit", "{number} visits", int(loss["best_visits"]))
    after = speech.count("last visit", "last {number} visits", int(loss["visits"]))
    return speech.phrase("best sustained of {before} vs {after}", before=before, after=after)


def _stay(verdict: Verdict, speech: Speech) -> Iterator[str]:
    """Say the longest of intensive care and ventilation, or else of what there was."""
    spans = [dict(r.figures) for r in verdict.reasons if r.code == "exposure"]
    spans = [span for span in spans if span["kind"] in _STAYS] or spans
    longest = max(spans, key=lambda span: int(span["days"]), default=None)
    if longest is not None:
        kind = speech.value(_STAYS.get(str(longest["kind"]), longest["kind"]))
        yield speech.phrase("{kind} {days} d", kind=kind, days=speech.value(longest["days"]))


def _also(verdict: Verdict, speech: Speech) -> str:
    """Name what is known to be there first, with its side, then what comes first in this joint."""
    known = {r.code.removeprefix(_KNOWN): dict(r.figures) for r in verdict.confounders if r.code.startswith(_KNOWN)}
    said = [_known(speech.value(DIFFERENTIALS[code]), known[code], speech) for code in DIFFERENTIALS if code in known]
    first = FIRST_DIFFERENTIALS[verdict.place.joint]
    order = ("radiculopathy", *first) if verdict.red_flags else first
    others = [code for code in order if code in verdict.differentials and code not in known]
    said += [speech.value(DIFFERENTIALS[code]) for code in others[:_DIFFERENTIALS]]
    return speech.phrase("Also consider: {what}.", what=", ".join(said)) if said else ""


def _known(what: str, figures: dict[str, Figure], speech: Speech) -> str:
    if "side" in figures:
        return speech.phrase("{what} (known, {side})", what=what, side=speech.value(figures["side"]))
    return speech.phrase("{what} (known)", what=what)


def _borne_in_mind(verdict: Verdict, speech: Speech) -> str:
    """Name lesions of nerve or muscle, what hides pain and what else may raise a value; the pages name them all."""
    others = [r for r in verdict.confounders if not r.code.startswith(_KNOWN)]
    lesions = [speech.value(dict(r.figures).get("text", _LESION_UNSAID)) for r in others if r.code == _LESION]
    said = [speech.reason(r) for r in others if r.code != _LESION]
    if lesions:
        named = ", ".join(lesions[:_LOSSES])
        said.insert(0, speech.phrase("{lesions} (may weaken active motion and hide pain)", lesions=named))
    return speech.phrase("Bear in mind: {what}.", what="; ".join(said[:_CONFOUNDERS])) if said else ""


def _options(verdict: Verdict, speech: Speech) -> str:
    options = ", ".join(speech.value(OPTIONS.get(code, code)) for code in verdict.options[:_OPTIONS])
    return speech.phrase("Options: {what}.", what=options)


def _listed(reasons: tuple[Reason, ...], speech: Speech) -> str:
    return "; ".join(speech.reason(r) for r in reasons)
