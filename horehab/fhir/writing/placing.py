"""Puts one resource under an id of our making: once, over nobody's work, and believed only when read back."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from horehab.domain.entries import Delivery, Outcome
from horehab.fhir.wire.answers import Answer, is_incomplete
from horehab.fhir.wire.client import Client
from horehab.fhir.writing.comparison import extra, lacking, lost_identity, rejoined, same, says_just_that
from horehab.fhir.writing.history import Before, counted_before, read_replaced
from horehab.fhir.writing.standing import Settled, Standing, read_standing, read_version

Resource = Mapping[str, Any]

Decide = Callable[[Standing], Resource | None]
"""Says what shall stand instead of what stands there: the edited resource, or None to leave it as it is.

Raises Settled when that is for a person to say.
"""

_ROUNDS = 3
_ROUNDS_BACK = 6
CLASHES = (HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED)
"""What a server says when somebody was quicker."""

_AGAIN_AND_AGAIN = "It was changed again and again while we wrote."
_FIRST = "1"
_BEFORE = MappingProxyType(
    {
        Before.NOTHING: "The server's history does not show what we wrote over; a person must look.",
        Before.DELETED: "It was deleted in the chart before we wrote it; a person must say whether it is wanted.",
        Before.UNTOLD: "The server does not tell whether we wrote over somebody's work; a person must look.",
    }
)
_FORGOTTEN = Delivery(
    outcome=Outcome.LATER, detail="The server says that it took it, and shows what stood there before."
)
_NO_SUCH_PLACE = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED)
_NOT_CREATED = (*_NO_SUCH_PLACE, HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)


class NotCreated(Exception):
    """The server did not create it under our id: perhaps for the id, perhaps for what it is. The text says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.reason())
        self.is_for_the_id = answer.status in _NO_SUCH_PLACE


def place(client: Client, reference: str, wanted: Resource, decide: Decide) -> Delivery:
    """Make the chart say what is wanted under a reference, in the order of fhir.md section 2.

    Looks first, each time. What is there is left or edited as `decide` says, under its own version; a clash
    means look and decide again, three times at most. Raises Settled, NotCreated and the client's errors.
    """
    for _ in range(_ROUNDS):
        found = read_standing(client, reference)
        delivery = _create(client, reference, wanted) if found is None else _settle(client, found, decide)
        if delivery is not None:
            return delivery
    raise Settled(Outcome.CONFLICT, _AGAIN_AND_AGAIN, reference=reference)


def revise(client: Client, reference: str, decide: Decide) -> Delivery:
    """Leave or edit what stands under a reference already, as `decide` says; CONFLICT when nothing stands there."""
    for _ in range(_ROUNDS):
        found = read_standing(client, reference)
        if found is None:
            raise Settled(Outcome.CONFLICT, "What was to be changed is not in the chart.", reference=reference)
        delivery = _settle(client, found, decide)
        if delivery is not None:
            return delivery
    raise Settled(Outcome.CONFLICT, _AGAIN_AND_AGAIN, reference=reference)


def _settle(client: Client, found: Standing, decide: Decide) -> Delivery | None:
    edited = decide(found)
    if edited is None:
        return Delivery(outcome=Outcome.DONE, reference=found.reference, version=found.version)
    return amend(client, found, edited)


def _create(client: Client, reference: str, wanted: Resource) -> Delivery | None:
    answer = client.send("PUT", reference, dict(wanted), headers={"If-None-Match": "*"})
    if answer.status in CLASHES:
        return None
    if answer.status in _NOT_CREATED:
        raise NotCreated(answer)
    version = _written(client, reference, answer)
    is_new = answer.status == HTTPStatus.CREATED
    if not (is_new and version == _FIRST):
        before = read_replaced(client, reference, version)
        # 201 is the word of a server without history that nothing stood there; 200 says that something did.
        if before is not Before.NOTHING and not (is_new and before is Before.UNTOLD):
            _answer_for(client, before, Standing(reference=reference, version=version, resource=wanted))
    return confirm(client, reference, version, wanted)


def amend(client: Client, found: Standing, edited: Resource) -> Delivery | None:
    """Replace a version by its edited form; None when somebody was quicker, so that it must be looked at again.

    Servers that ignore If-Match are found out by the version that was replaced: another than the one we
    edited is somebody's work, which is put back (CONFLICT). What cannot be told is CONFLICT too; a success that
    changed nothing at all is LATER.
    """
    answer = client.send("PUT", found.reference, dict(edited), headers=_if_match(found.version))
    if answer.status in CLASHES:
        return None
    version = _written(client, found.reference, answer)
    if found.version not in (version, counted_before(version)):
        if _is_as_before(client, found):
            return _FORGOTTEN
        before = read_replaced(client, found.reference, version)
        if not (isinstance(before, Standing) and before.version == found.version):
            _answer_for(client, before, Standing(reference=found.reference, version=version, resource=edited))
    delivery = confirm(client, found.reference, version, edited)
    return _FORGOTTEN if delivery.outcome is Outcome.CONFLICT and _is_as_before(client, found) else delivery


def _is_as_before(client: Client, found: Standing) -> bool:
    """Tell whether the version that we edited still stands, as it stood: the server forgot our write, or is slow."""
    now = read_standing(client, found.reference)
    if now is None or not now.version or now.version != found.version:
        return False
    return same(now.resource, found.resource)


def _answer_for(client: Client, before: Standing | Before, ours: Standing) -> None:
    """Let our write stand over what a twin of ours wrote; anything else is for a person: Settled(CONFLICT)."""
    if not isinstance(before, Standing):
        raise Settled(Outcome.CONFLICT, _BEFORE[before], reference=ours.reference)
    is_a_twins = says_just_that(ours.resource, before.resource) and not extra(ours.resource, before.resource)
    if not is_a_twins:
        _put_back(client, before, ours)


def confirm(client: Client, reference: str, version: str, wanted: Resource) -> Delivery:
    """Read back what was written: DONE only if that version says what was wanted, whoever wrote after it."""
    found = read_standing(client, reference)
    if found is not None and found.version != version:
        found = read_version(client, reference, version) or found
    if found is None:
        return Delivery(outcome=Outcome.LATER, detail="The server took it, and does not show it yet.")
    lost = lost_identity(wanted, found.resource)
    if lost:
        detail = f"The server took it, and shows it without, or with other, {', '.join(lost)}."
        return Delivery(outcome=Outcome.CONFLICT, reference=reference, version=version, detail=detail)
    dropped = lacking(wanted, found.resource)
    detail = f"The server did not keep {', '.join(dropped)}." if dropped else ""
    return Delivery(outcome=Outcome.DONE, reference=reference, version=version, detail=detail)


def _written(client: Client, reference: str, answer: Answer) -> str:
    """Tell the version that a write made; Settled(REFUSED) when the server did not take it.

    A success whose body is a web page, is cut off, or speaks of an error is none: NotAFhirServer or Settled(LATER),
    and the next try begins by looking.
    """
    if not answer.is_success:
        raise Settled(Outcome.REFUSED, f"The server does not take it ({answer.reason()}).")
    if answer.body.strip() and is_incomplete(answer.resource()):
        raise Settled(Outcome.LATER, f"The server says both that it took it and that it did not ({answer.reason()}).")
    if answer.version:
        return answer.version
    found = read_standing(client, reference)
    return found.version if found else ""


def _put_back(client: Client, theirs: Standing, ours: Standing) -> None:
    """Undo our write over somebody's work; always ends in CONFLICT, for a person to look at.

    Who writes meanwhile is not overwritten by that either: what they changed since our write is joined to what
    stood before it, also where the server ignores If-Match and is found out only afterwards.
    """
    wanted, base, answer = theirs.resource, ours, None
    for _ in range(_ROUNDS_BACK):
        answer = client.send("PUT", theirs.reference, dict(wanted), headers=_if_match(base.version))
        newer = _written_meanwhile(client, base, answer)
        if newer is None:
            break
        both = rejoined(wanted, base.resource, newer.resource)
        base = Standing(reference=base.reference, version=answer.version or "", resource=wanted)
        base = base if answer.is_success else newer
        if both == base.resource:
            break
        wanted = both
    words = "put back" if answer and answer.is_success else f"not put back ({answer.reason() if answer else ''})"
    detail = f"Somebody changed it at the same moment; their version {theirs.version} was {words}."
    raise Settled(Outcome.CONFLICT, detail, reference=theirs.reference)


def _written_meanwhile(client: Client, base: Standing, answer: Answer) -> Standing | None:
    """Find what somebody wrote between our look at `base` and our write over it; None when nobody did."""
    if answer.status in CLASHES:
        return read_standing(client, base.reference)
    version = answer.version
    if not answer.is_success or version is None or base.version in (version, counted_before(version)):
        return None
    before = read_replaced(client, base.reference, version)
    return before if isinstance(before, Standing) and before.version != base.version else None


def _if_match(version: str) -> dict[str, str]:
    """Ask for the version that we looked at; a server without versions would refuse the empty one for ever."""
    return {"If-Match": f'W/"{version}"'} if version else {}
