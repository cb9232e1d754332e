"""What `doctor` finds out about a server, without changing anything there."""

from collections.abc import Iterator, Sequence

from horehab.errors import EhrRefused, HorehabError
from horehab.fhir.answers import Answer
from horehab.fhir.auth import auth_mode
from horehab.fhir.capability import Capability, read_capability
from horehab.fhir.client import Client
from horehab.fhir.marks import http_date
from horehab.fhir.pages import Page, SearchRefused, walk
from horehab.usecases.exchange import Choice
from horehab.usecases.ports import Clock

_VERSIONS = ("4.0", "4.3")
_SKEW_SECONDS = 60.0
_WRITTEN = ("Provenance", "Observation", "Procedure", "Task")


def inspect_server(
    client: Client, clock: Clock, *, kinds: Sequence[str], essential: Sequence[str]
) -> tuple[Choice, ...]:
    """Look at a server: reach, version, signing in, reading, search, deletions, writing, clock; never raises."""
    try:
        capability = read_capability(client)
    except HorehabError as error:
        return (Choice(subject="server", is_well=False, finding=error.message, remedy=error.remedy),)
    return (
        _well("server", f"{capability.software} answers at {client.connection.base}"),
        _version(capability),
        *_signing_in(client),
        *_reading(capability, kinds, essential),
        *(choice for kind in essential for choice in _searching(client, kind)),
        *_deletions(capability, essential),
        *writing_choices(capability),
        *_clock(client, clock),
    )


def writing_choices(capability: Capability) -> Iterator[Choice]:
    """Choose how a suspicion reaches the chart: as a Condition, else as a Task, else on the outbox page only."""
    if capability.may_write("Condition") and capability.may_change("Condition"):
        way = "under an id of ours" if capability.takes_our_ids("Condition") else "under the server's id"
        yield _well("suspicions", f"written as Conditions, {way}; the server lists create and update for them")
        yield _well("portals", "a patient portal may show Conditions; ask whoever runs it before the first write")
    elif capability.may_write("Task"):
        why = "it lets nobody change" if capability.may_write("Condition") else "it takes no"
        yield _well("suspicions", f"written as Tasks, because {why} Conditions")
    else:
        yield _ill(
            "suspicions",
            "kept on the outbox page, because the server takes neither Conditions nor Tasks",
            "Let somebody copy them by hand, or ask for write access to Condition.",
        )
    closed = [kind for kind in _WRITTEN if not capability.may_write(kind)]
    if closed:
        remedy = "Entries of these kinds stay on the outbox page; ask for write access."
        yield _ill("writing", f"the server takes no {', '.join(closed)}", remedy)


def _version(capability: Capability) -> Choice:
    version = capability.fhir_version[:20]
    if version.startswith(_VERSIONS):
        return _well("FHIR version", version)
    return _ill("FHIR version", version, "horehab reads R4 (4.0.1) and R4B (4.3.0); ask for such an endpoint.")


def _signing_in(client: Client) -> Iterator[Choice]:
    mode = auth_mode(client.connection)
    try:
        answer = client.get("Patient", {"_count": "1"}, is_search=True)
    except EhrRefused as refusal:
        smart = _has_smart(client)
        hint = " It offers SMART on FHIR: ask its owner for a bearer token." if smart else ""
        yield _ill("signing in", f"{mode}: {refusal.message}", refusal.remedy + hint)
    except HorehabError as error:
        yield _ill("signing in", f"{mode}: {error.message}", error.remedy)
    else:
        yield _well("signing in", f"{mode}; patients may be read") if answer.is_success else _odd(mode, answer)


def _has_smart(client: Client) -> bool:
    try:
        return client.get(".well-known/smart-configuration").is_success
    except HorehabError:
        return False


def _odd(mode: str, answer: Answer) -> Choice:
    return _ill("signing in", f"{mode}: the search for patients answers {answer.reason()}", "Check HOREHAB_FHIR_URL.")


def _reading(capability: Capability, kinds: Sequence[str], essential: Sequence[str]) -> Iterator[Choice]:
    missing = [kind for kind in kinds if not capability.offers_reading(kind)]
    needed = [kind for kind in missing if kind in essential]
    if needed:
        yield _ill("reading", f"the server does not offer {', '.join(needed)}", "Ask for read access: we need them.")
    spare = [kind for kind in missing if kind not in essential]
    if spare:
        yield _well("reading", f"without {', '.join(spare)}: the server does not offer them")
    if not missing:
        yield _well("reading", "every kind of resource that horehab reads is offered")


def _searching(client: Client, kind: str) -> Iterator[Choice]:
    """Try the search that every pull makes."""
    subject = f"search {kind}"
    size = client.connection.page_size
    params = {"_lastUpdated": "ge2000-01-01T00:00:00.000Z", "_sort": "_lastUpdated", "_count": str(size)}
    try:
        page = next(walk(client, kind, params), Page())
    except HorehabError as error:
        yield _ill(subject, error.message, error.remedy)
        return
    except SearchRefused as refusal:
        yield _ill(subject, f"refused ({refusal})", "Each pull reads everything: ask for _lastUpdated and _sort.")
        return
    if page.problems:
        yield _ill(subject, page.problems[0], "Ask who runs the server.")
    elif page.asked is not None and "_lastUpdated" not in page.asked:
        yield _ill(subject, "the server ignores _lastUpdated", "Ask who runs it: changes cannot be told apart.")
    else:
        got = len(page.entries)
        cap = f"; it gives {got} a page where {size} were asked for" if got < size and not page.is_last else ""
        yield _well(subject, f"by _lastUpdated, in pages{cap}")


def _deletions(capability: Capability, essential: Sequence[str]) -> Iterator[Choice]:
    blind = [kind for kind in essential if not capability.offers_history(kind)]
    if blind:
        remedy = "What is deleted there is not noticed; ask for history-type, or mark resources entered-in-error."
        yield _ill("deletions", f"the server keeps no history of {', '.join(blind)}", remedy)
    else:
        yield _well("deletions", "seen in the server's history, and read again before they are believed")


def _clock(client: Client, clock: Clock) -> Iterator[Choice]:
    try:
        theirs = http_date(client.get("metadata").headers.get("date"))
    except HorehabError:
        theirs = None
    if theirs is None:
        yield _well("clock", "the server does not tell its time; marks come from its resources alone")
        return
    skew = (theirs - clock.now()).total_seconds()
    finding = f"the server's clock differs from ours by {abs(skew):.0f} s"
    if abs(skew) > _SKEW_SECONDS:
        yield _ill("clock", finding, "Set both clocks by NTP: signing in and due times depend on it.")
    else:
        yield _well("clock", finding)


def _well(subject: str, finding: str) -> Choice:
    return Choice(subject=subject, is_well=True, finding=finding)


def _ill(subject: str, finding: str, remedy: str) -> Choice:
    return Choice(subject=subject, is_well=False, finding=finding, remedy=remedy)
