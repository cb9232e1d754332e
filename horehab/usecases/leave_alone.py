"""Leave an EHR alone that does not answer: for a while that grows, then one careful try, then as before."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from horehab.errors import EhrUnavailable
from horehab.usecases.ports import Ports
from horehab.usecases.signals import Breaker

LONGEST = timedelta(minutes=15)
_FIRST = timedelta(seconds=30)
_TOLERATED = 1  # one pass that fails is a hiccup: the client itself has tried four times in it
_PROBE = timedelta(minutes=3)  # as long as the scheduler's lease of a step: whoever tries and dies is followed then


@dataclass(frozen=True, slots=True, kw_only=True)
class EhrStanding:
    """Whether the EHR answers. `status` is answers, faltering, left alone, or to be tried; `words` one sentence.

    `since` is when it stopped answering, `until` when it is asked again, `why` what went wrong last.
    """

    status: str
    words: str
    since: datetime | None = None
    until: datetime | None = None
    why: str = ""

    @property
    def is_well(self) -> bool:
        """Whether the last pass had an answer."""
        return self.status == "answers"


def ehr_standing(breaker: Breaker, now: datetime) -> EhrStanding:
    """Say how the EHR answers of late, in words that an integrator understands."""
    if not breaker.failures:
        return EhrStanding(status="answers", words="The FHIR server answers.")
    since = f"since {_instant(breaker.since)}" if breaker.since else ""
    begun = f"The FHIR server did not answer {_passes(breaker.failures)} {since}".strip()
    if not _is_open(breaker):
        status, then = "faltering", "it is asked again at the next pass"
    elif _is_resting(breaker, now):
        status, then = "left alone", f"it is left alone until {_instant(breaker.open_until)}"
    else:
        status, then = "to be tried", "the next pass tries whether it answers again"
    return EhrStanding(
        status=status,
        words=f"{begun}; {then}. {breaker.why} A person may try at once: horehab sync.",
        since=breaker.since,
        until=breaker.open_until if status == "left alone" else None,
        why=breaker.why,
    )


def ask_leave(ports: Ports) -> str:
    """Ask whether a process may ask the EHR by itself now; gives "" for yes, else one sentence why not.

    After the time of rest one process alone is let through, to try for all.
    """
    signals, now = ports.logbook.signals, ports.clock.now()
    breaker = signals.breaker()
    if not _is_open(breaker):
        return ""
    if _is_resting(breaker, now):
        return ehr_standing(breaker, now).words
    if _is_being_tried(breaker, now) or not signals.change_breaker(
        breaker, replace(breaker, probe_until=now + _PROBE)
    ):
        return "Another process is just trying whether the FHIR server answers again."
    return ""


def is_faltering(ports: Ports) -> bool:
    """Whether the last pass found the EHR silent."""
    return ports.logbook.signals.breaker().failures > 0


def note_answer(ports: Ports) -> None:
    """Note that the EHR answers: whoever comes next may ask as before."""
    breaker = ports.logbook.signals.breaker()
    if breaker != Breaker():
        ports.logbook.signals.change_breaker(breaker, Breaker())


def note_silence(ports: Ports, error: EhrUnavailable) -> None:
    """Note that the EHR did not answer a whole pass, and leave it alone if that was not the first one.

    From the second time on, or where it says when to come again, it is left alone for 30 seconds, then twice as
    long each time, at most 15 minutes. Two processes that find it silent at the same moment count once.
    """
    before, now = ports.logbook.signals.breaker(), ports.clock.now()
    failures = before.failures + 1
    rest = rest_after(failures, asked_seconds=error.retry_after, who=ports.owner)
    after = Breaker(
        failures=failures,
        since=before.since or now,
        open_until=now + rest if rest else None,
        why=error.message,
    )
    ports.logbook.signals.change_breaker(before, after)


def rest_after(failures: int, *, asked_seconds: float | None, who: str) -> timedelta:
    """Tell how long an EHR is left alone after so many failures in a row: never shorter than it asked for.

    Up to a quarter is taken off by a number drawn from the name of the process and the count, so that two that
    fell silent together do not come back together; more than 15 minutes is nobody left alone.
    """
    share = int.from_bytes(sha256(f"{who}|{failures}".encode()).digest()[:2]) / 0xFFFF
    doubled = _FIRST * 2 ** min(failures - 1 - _TOLERATED, 10) if failures > _TOLERATED else timedelta()
    asked = timedelta(seconds=max(asked_seconds or 0.0, 0.0)) * (1 + share / 10)
    return min(max(min(doubled, LONGEST) * (1 - share / 4), asked), LONGEST)


def _is_open(breaker: Breaker) -> bool:
    return breaker.open_until is not None


def _is_resting(breaker: Breaker, now: datetime) -> bool:
    """Whether its time of rest is not over; one that lies too far ahead was written before the clock was set back."""
    return breaker.open_until is not None and now < breaker.open_until <= now + LONGEST


def _is_being_tried(breaker: Breaker, now: datetime) -> bool:
    return breaker.probe_until is not None and now < breaker.probe_until <= now + _PROBE


def _passes(count: int) -> str:
    return "a pass" if count == 1 else f"{count} passes in a row"


def _instant(when: datetime | None) -> str:
    return f"{when:%Y-%m-%d %H:%M:%S} UTC" if when else "now"
