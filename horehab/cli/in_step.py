"""What doctor says about keeping step: whether the EHR answers, what the last pass met, hooks, and merges."""

from collections.abc import Iterator

from horehab.settings import Settings
from horehab.usecases.exchange import Choice
from horehab.usecases.leave_alone import ehr_standing
from horehab.usecases.ports import Ports


def in_step(settings: Settings, ports: Ports) -> Iterator[Choice]:
    """Say how step is kept, as our memory knows it, without asking the server; patients are counted, not named."""
    now = ports.clock.now()
    standing = ehr_standing(ports.logbook.signals.breaker(), now)
    yield Choice(
        subject="answers",
        is_well=standing.is_well,
        finding=standing.words,
        remedy="" if standing.is_well else "Look at the server and the network between; nothing is lost meanwhile.",
        details={"status": standing.status},
    )
    if notes := ports.logbook.health(now=now).details.get("notes", ""):
        yield Choice(subject="worth knowing", is_well=True, finding=f"Of the last pass: {notes}.")
    yield _hooks(settings)


def _hooks(settings: Settings) -> Choice:
    if settings.hook_secret or settings.hook_secret_file:
        words = "The EHR may ring /hooks/fhir with the secret when something changes; the next look is then at once."
    else:
        words = "Closed, since HOREHAB_HOOK_SECRET is not set; the chart is looked at every minute without them."
    return Choice(subject="hooks", is_well=True, finding=words)
