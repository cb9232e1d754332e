"""`horehab explain`: why a joint stands where it does, what speaks against, what is missing, what would tell more."""

from collections.abc import Iterable, Iterator
from itertools import islice

import click

from horehab.cli.looking import opened_to_look
from horehab.cli.speaking import day_of, guarded, print_table
from horehab.domain.input_quality import InputQuality
from horehab.domain.joints import WATCHED_JOINTS, Joint, JointSide, Side
from horehab.domain.record import base_references
from horehab.domain.sentence import sentence
from horehab.domain.suspicion import Reason, Tier, Verdict
from horehab.domain.verdict_text import Plain, canonical, reason_facts, verdict_facts
from horehab.domain.wording import DIFFERENTIALS, OPTIONS, STRENGTHS, reason_text
from horehab.errors import InputError
from horehab.usecases.explain import Explained, Explanation, explain

_SHORT = 2
_NOT = "Not a diagnosis: it suspects with reasons that a person can check, people diagnose."
_NO_FURTHER = "No single measurement within 7 days would change tier or strength."
_JOINTS = ", ".join(joint.value for joint in WATCHED_JOINTS)


@click.command("explain")
@click.argument("patient")
@click.option("--joint", metavar="JOINT", help=f"Explain one joint in full: {_JOINTS}.")
@click.option("--side", metavar="SIDE", help="The patient's own left or right.")
@click.option("--as-of", metavar="DATE", help="As known at the end of that ward day (2026-03-31).")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line per joint, the same bytes each time.")
@guarded
def explain_command(patient: str, joint: str | None, side: str | None, as_of: str | None, as_json: bool) -> None:
    """Explain what is thought of a patient's joints, and why; nothing is read from the server or written.

    PATIENT is the reference as the FHIR server has it. All eight joints are told in short; with --joint and
    --side one is told in full: reasons with their figures and the Observations that they rest on, what speaks
    against, what is missing, and which one further measurement would change it most.

    \b
    Examples:
      horehab explain Patient/123
      horehab explain Patient/123 --joint hip --side left
      horehab explain Patient/123 --joint hip --side left --as-of 2026-03-31 --json
    """
    day, place = day_of(as_of, field="--as-of"), _place(joint, side)
    with opened_to_look() as ports:
        found = explain(ports, patient, place=place, as_of=day)
    if as_json:
        for each in found.joints:
            click.echo(_line(found, each))
    elif place is None:
        _print_short(found)
    else:
        click.echo("\n".join(_in_full(found, found.joints[0])))


def _place(joint: str | None, side: str | None) -> JointSide | None:
    """Read joint and side; InputError when one is missing or is none."""
    if joint is None and side is None:
        return None
    if joint is None or side is None:
        given, lacking = ("--side", "--joint") if joint is None else ("--joint", "--side")
        remedy = "Name both, such as --joint hip --side left, or neither for all joints."
        raise InputError(f"{given} {joint or side!r} is given without {lacking}.", field=lacking, remedy=remedy)
    try:
        found = Joint(joint.strip().lower())
    except ValueError as error:
        raise InputError(
            f"--joint {joint!r} is no joint.", field="--joint", remedy=f"Name one of {_JOINTS}."
        ) from error
    try:
        return JointSide(joint=found, side=Side(side.strip().lower()))
    except ValueError as error:
        raise InputError(f"--side {side!r} is no side.", field="--side", remedy="Name left or right.") from error


def _line(found: Explanation, each: Explained) -> str:
    verdict = each.verdict
    return canonical(
        {
            "patient": found.patient.reference,
            "joint": verdict.place.joint.value,
            "side": verdict.place.side.value,
            "tier": verdict.tier.value,
            "verdict": verdict_facts(verdict),
            "strength_in_words": STRENGTHS[verdict.strength],
            "sentence": sentence(verdict),
            "further": reason_facts(each.further) if each.further is not None else None,
            "condition": each.charted,
            "inputs": list(each.inputs),
            "inputs_digest": found.inputs_digest,
            "input_quality": _counted(found.quality),
        }
    )


def _counted(quality: InputQuality) -> dict[str, Plain]:
    counts: dict[str, Plain] = {kind.value: count for kind, count in quality.counts}
    return {"measured": quality.measured, "counts": counts, "set_aside_by_reason": {**dict(quality.set_aside)}}


def _quality(quality: InputQuality) -> str:
    """Say how much was measured, and what of it was repaired, kept apart or set aside."""
    said = [f"{count} {kind.value}" for kind, count in quality.counts]
    return f"{quality.measured} measurements read; {', '.join(said) or 'none repaired, kept apart or set aside'}"


def _print_short(found: Explanation) -> None:
    click.echo(_heading(found, "all watched joints"))
    rows = ((str(e.verdict.place), e.verdict.tier.value, _graded(e.verdict), _why(e.verdict)) for e in found.joints)
    print_table(("joint", "tier", "strength", "why"), rows, empty="")
    click.echo(f"\nQuality of the input: {_quality(found.quality)}.")
    click.echo(f"Rule {found.joints[0].verdict.rule_version}. One joint in full: --joint hip --side left. {_NOT}")


def _heading(found: Explanation, what: str) -> str:
    return f"{found.patient.name or 'Name not in the EHR'} ({found.patient.reference}): {what}, as of {found.as_of}"


def _graded(verdict: Verdict) -> str:
    return f"{verdict.strength} of 5, {STRENGTHS[verdict.strength]}" if verdict.strength else "-"


def _why(verdict: Verdict) -> str:
    """Say the first grounds; for a joint that cannot be judged what is missing, for a quiet one what speaks so."""
    for_it = (*verdict.red_flags, *verdict.reasons)
    grounds = {Tier.CANNOT_JUDGE: verdict.missing, Tier.QUIET: verdict.against}.get(verdict.tier, for_it)
    return "; ".join(reason_text(reason) for reason in islice(grounds, _SHORT))


def _in_full(found: Explanation, each: Explained) -> Iterator[str]:
    verdict = each.verdict
    yield _heading(found, str(verdict.place))
    yield ""
    graded = f", strength {_graded(verdict)}" if verdict.strength else ""
    yield f"{verdict.tier.value.upper()}{graded}{_since(verdict)}. Rule {verdict.rule_version}."
    yield sentence(verdict)
    yield f"In the EHR now: {each.charted or 'no open suspicion of ours'}."
    yield f"Read for this: {len(each.inputs)} entries of the EHR (--json names them); they alone give it again."
    yield f"What was known that day, condensed: {found.inputs_digest} (its Provenance carries it)."
    yield from _listed("What speaks for it", verdict.reasons, "Nothing beyond measurement error.")
    if verdict.red_flags:
        yield from _listed("Red flag of the nerve", verdict.red_flags, "")
    yield from _listed("What speaks against it", verdict.against, "Nothing known. That is no proof.")
    yield from _listed("What is missing, or no help", verdict.missing, "Nothing that the rule asks for.")
    yield from _listed("What explains it otherwise, or hides it", verdict.confounders, "Nothing known.")
    yield "\nQuality of the input, all joints of this patient"
    yield f"  {_quality(found.quality)} (horehab quality)."
    further = (each.further,) if each.further is not None else ()
    yield from _listed("The one further measurement that would change it most", further, _NO_FURTHER)
    yield from _points("What else it could be", (DIFFERENTIALS.get(code, code) for code in verdict.differentials))
    yield from _points("Options to consider, none is an order", (OPTIONS.get(c, c) for c in verdict.options))
    yield ""
    yield _NOT


def _since(verdict: Verdict) -> str:
    if verdict.since is None:
        return ""
    bound = "a good reading before it bounds it" if verdict.is_onset_bounded else "no earlier reading bounds it"
    return f", since {verdict.since} ({bound})"


def _listed(title: str, reasons: tuple[Reason, ...], empty: str) -> Iterator[str]:
    """List reasons, each with where its numbers were published and the entries of the EHR that it rests on."""
    yield f"\n{title}"
    for reason in reasons:
        source = dict(reason.figures).get("source")
        yield f"  - {reason_text(reason)}" + (f" [measurement error: {source}]" if source else "")
        if reason.references:
            yield f"      {', '.join(base_references(reason.references))}"
    if not reasons:
        yield f"  {empty}"


def _points(title: str, words: Iterable[str]) -> Iterator[str]:
    said = [f"  - {word}" for word in words]
    if said:
        yield f"\n{title}"
        yield from said
