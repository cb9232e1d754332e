"""How what we write reaches the chart of one server: each choice with its reason."""

from collections.abc import Iterator

from horehab.fhir.basis.findings import Part, ill, well, worth_knowing
from horehab.fhir.basis.kinds import WRITTEN
from horehab.fhir.resources.r5 import is_r5
from horehab.fhir.wire.capability import Capability
from horehab.usecases.exchange import Choice


def writing_choices(capability: Capability) -> Iterator[Choice]:
    """Choose how a suspicion reaches the chart: as a Condition, else as a Task, else on the outbox page only."""
    if is_r5(capability.fhir_version):
        yield ill(
            Part.WRITING,
            "suspicions",
            "kept on the outbox page, because the server speaks FHIR R5 and what we write is R4",
            "Ask for an R4 endpoint of the same record, or set HOREHAB_WRITE=off and copy them by hand.",
        )
        return
    yield from _suspicions(capability)
    closed = [kind for kind in WRITTEN if kind != "Condition" and not capability.may_write(kind)]
    if closed:
        remedy = "Entries of these kinds stay on the outbox page; ask for write access."
        yield ill(Part.WRITING, "written kinds", f"the server takes no {', '.join(closed)}", remedy)
    kind = "Condition" if _takes_conditions(capability) else "Task"
    if capability.may_write(kind):
        yield from (_ids(capability, kind), _updates(capability, kind), _creates(capability, kind))
        yield _transactions(capability)


def _takes_conditions(capability: Capability) -> bool:
    return capability.may_write("Condition") and capability.may_change("Condition")


def _suspicions(capability: Capability) -> Iterator[Choice]:
    if _takes_conditions(capability):
        why = "the server lists create and update for them" if capability.offers else "the server lists no kinds"
        yield well(Part.WRITING, "suspicions", f"written as Conditions, because {why}", {"as": "Condition"})
        words = "a patient portal may show Conditions, unconfirmed ones too"
        yield worth_knowing(Part.WRITING, "portals", words, "Ask whoever runs it before the first write.")
    elif capability.may_write("Task"):
        why = "it lets nobody change" if capability.may_write("Condition") else "it takes no"
        yield well(Part.WRITING, "suspicions", f"written as Tasks, because {why} Conditions", {"as": "Task"})
    else:
        yield ill(
            Part.WRITING,
            "suspicions",
            "kept on the outbox page, because the server takes neither Conditions nor Tasks",
            "Let somebody copy them by hand, or ask for write access to Condition.",
        )


def _ids(capability: Capability, kind: str) -> Choice:
    if capability.promises_our_ids(kind):
        words = "ours, because the server says that it takes them (updateCreate)"
    elif capability.takes_our_ids(kind):
        words = "ours, as far as the server takes them: it does not say (updateCreate), so the first write tells"
    else:
        words = "the server's, because it takes none of ours; what we wrote is found by our identifier"
    return well(Part.WRITING, "ids", words)


def _updates(capability: Capability, kind: str) -> Choice:
    kept = capability.of(kind).versioning
    if kept == "no-version":
        return worth_knowing(
            Part.WRITING,
            "updates",
            f"the server keeps no versions of a {kind}: a person's change in the same moment cannot be told",
            "What stands there is read before and after each write; ask for versioning.",
        )
    if kept == "versioned-update":
        words = "with If-Match, which the server checks (versioned-update)"
    else:
        words = "with If-Match and read back, because the server does not promise to check it"
    return well(Part.WRITING, "updates", words)


def _creates(capability: Capability, kind: str) -> Choice:
    if capability.of(kind).creates_by_condition:
        words = "looked for first, then conditional (the server lists conditionalCreate), then read back"
    else:
        words = "looked for first and read back, because the server lists no conditionalCreate"
    return well(Part.WRITING, "creates", words)


def _transactions(capability: Capability) -> Choice:
    offered = "offered, but not used" if "transaction" in capability.interactions else "not offered, and not needed"
    return well(Part.WRITING, "transactions", f"{offered}: each entry goes by itself, after those that it cites")
