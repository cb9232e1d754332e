"""What `doctor` finds out about a server, without changing anything there."""

from collections.abc import Iterator, Sequence

from horehab.errors import HorehabError
from horehab.fhir.basis.findings import Part, ill, well
from horehab.fhir.basis.marks import http_date
from horehab.fhir.doctor.known_servers import known_of
from horehab.fhir.doctor.sign_in_choices import sign_in_choices
from horehab.fhir.doctor.trials import search_choices
from horehab.fhir.doctor.written_ways import writing_choices
from horehab.fhir.resources.r5 import is_r5
from horehab.fhir.wire.capability import Capability, read_capability
from horehab.fhir.wire.client import Client
from horehab.usecases.exchange import Choice
from horehab.usecases.ports import Clock

_R4, _R4B = "4.0", "4.3"
_SKEW_SECONDS = 60.0


def inspect_server(
    client: Client, clock: Clock, *, kinds: Sequence[str], essential: Sequence[str]
) -> tuple[Choice, ...]:
    """Look at a server: reach, version, signing in, reading, search, deletions, writing, clock; never raises."""
    try:
        capability = read_capability(client)
    except HorehabError as error:
        return (ill(Part.SERVER, "server", error.message, error.remedy),)
    base = client.connection.base
    details = {"software": capability.software, "address": base}
    signing_in = tuple(sign_in_choices(client))
    is_let_in = signing_in[-1].is_well
    return (
        well(Part.SERVER, "server", f"{capability.software} answers at {base}", details),
        _version(capability),
        *_clock(client, clock),
        *known_of(capability),
        *signing_in,
        *_reading(capability, kinds, essential),
        *(search_choices(client, capability, kinds=kinds, essential=essential) if is_let_in else _untried()),
        *_deletions(capability, essential),
        *_helpers(capability),
        *writing_choices(capability),
    )


def _version(capability: Capability) -> Choice:
    version = capability.fhir_version[:20]
    details = {"version": version}
    if version.startswith((_R4, _R4B)):
        name = "R4B" if version.startswith(_R4B) else "R4"
        return well(Part.SERVER, "FHIR version", f"{version} ({name}): read and written", details)
    if is_r5(version):
        words = f"{version} (R5): read; nothing is written there, because what we write is R4"
        return well(Part.SERVER, "FHIR version", words, details)
    remedy = "horehab reads R4 (4.0.1), R4B (4.3.0) and R5 (5.0.0); ask for such an endpoint."
    return ill(Part.SERVER, "FHIR version", version, remedy)


def _reading(capability: Capability, kinds: Sequence[str], essential: Sequence[str]) -> Iterator[Choice]:
    missing = [kind for kind in kinds if not capability.offers_reading(kind)]
    needed = [kind for kind in missing if kind in essential]
    if needed:
        words = f"the server does not offer {', '.join(needed)}"
        yield ill(Part.READING, "reading", words, "Ask for read access: we need them.")
    spare = [kind for kind in missing if kind not in essential]
    if spare:
        yield well(Part.READING, "reading", f"without {', '.join(spare)}: the server does not offer them")
    if not missing:
        yield well(Part.READING, "reading", "every kind of resource that horehab reads is offered")


def _untried() -> tuple[Choice, ...]:
    """Say why no search was tried: without being let in each would fail for the same reason."""
    return (ill(Part.READING, "search", "not tried, because reading one patient failed already", "See signing in."),)


def _deletions(capability: Capability, essential: Sequence[str]) -> Iterator[Choice]:
    blind = [kind for kind in essential if not capability.offers_history(kind)]
    if blind:
        remedy = "What is deleted there is not noticed; ask for history-type, or mark resources entered-in-error."
        yield ill(Part.READING, "deletions", f"the server keeps no history of {', '.join(blind)}", remedy)
    else:
        words = "seen in the server's history (_since), and read again before they are believed"
        yield well(Part.READING, "deletions", words)


def _helpers(capability: Capability) -> Iterator[Choice]:
    """Tell of what makes reading quicker and is not needed: whole copies, and hints of changes."""
    if capability.offers_export():
        yield well(Part.READING, "first load", "whole copies are offered ($export): horehab load takes them")
    else:
        yield well(Part.READING, "first load", "page by page, because the server offers no $export")
    if "create" in capability.of("Subscription").interactions:
        yield well(Part.READING, "hints", "Subscriptions are offered: a hook may wake the poll; the poll goes on")
    else:
        yield well(Part.READING, "hints", "none, because the server offers no Subscription; the poll keeps step")


def _clock(client: Client, clock: Clock) -> Iterator[Choice]:
    try:
        theirs = http_date(client.get("metadata").headers.get("date"))
    except HorehabError:
        theirs = None
    if theirs is None:
        yield well(Part.SERVER, "clock", "the server does not tell its time; marks come from its resources alone")
        return
    skew = (theirs - clock.now()).total_seconds()
    finding = f"the server's clock differs from ours by {abs(skew):.0f} s"
    if abs(skew) > _SKEW_SECONDS:
        remedy = "Set both clocks by NTP: signing in and due times depend on it."
        yield ill(Part.SERVER, "clock", finding, remedy)
    else:
        yield well(Part.SERVER, "clock", finding, {"seconds": f"{skew:.0f}"})
