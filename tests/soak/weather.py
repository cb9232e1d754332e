"""What goes wrong between horehab and the server, chosen by dice: each fault strikes a few times, then passes."""

from collections.abc import Callable
from random import Random

from tests.servers import bundle_faults, faults
from tests.servers.faults import Fault

_WRITES = ("PUT", "POST")
_RETRY_AFTER = ("2", "120", "Wed, 21 Oct 2020 07:28:00 GMT", "1792567680000", "-5", "soon", "")

Make = Callable[[Random], Fault]


def _busy(dice: Random) -> Fault:
    return faults.answers(dice.choice((429, 503)), retry_after=dice.choice(_RETRY_AFTER))


_READING: tuple[Make, ...] = (
    _busy,
    lambda _: faults.answers(500),
    lambda _: faults.cut_mid_body(),
    lambda _: faults.truncated_json(),
    lambda _: faults.html(),
    lambda _: faults.outcome_as_body(),
    lambda _: faults.slow(2.0),
    lambda _: faults.lost_answer(),
    lambda _: faults.redirect_elsewhere(),
    lambda _: faults.next_link_elsewhere(),
    lambda _: faults.next_link_loop(),
    lambda _: faults.expired_page(),
    lambda _: faults.stale_search(),
    lambda _: faults.ignored_parameter("_lastUpdated"),
    lambda _: faults.ignored_parameter("_count"),
    lambda _: bundle_faults.wrong_total(3),
    lambda _: bundle_faults.no_total(),
    lambda _: bundle_faults.outcome_entry(),
    lambda _: bundle_faults.no_history(),
    lambda _: bundle_faults.endless_pages(),
)
_WRITING: tuple[Make, ...] = (
    _busy,
    lambda _: faults.answers(500),
    lambda _: faults.lost_answer(),
    lambda _: faults.lost_answer(),
    lambda _: faults.cut_mid_body(),
    lambda _: faults.slow(2.0),
    lambda _: bundle_faults.forgotten_write(),
    lambda _: bundle_faults.forgotten_write(),
    lambda _: faults.html(),
    lambda _: faults.twice(),
)
_STORM: tuple[Make, ...] = (
    lambda _: faults.lost_answer(),
    lambda _: faults.cut_mid_body(),
    lambda _: bundle_faults.forgotten_write(),
    lambda _: bundle_faults.forgotten_write(),
)
_DEAF = ("If-None-Exist", "If-None-Match", "If-Match")


def weather(dice: Random, *, is_storm: bool = False) -> tuple[Fault, ...]:
    """Choose what goes wrong next: one time in three nothing; in a storm each write meets something."""
    if not is_storm and dice.random() < 1 / 3:
        return ()
    chosen: list[Fault] = []
    if not is_storm and dice.random() < 0.5:  # every other time
        made = dice.choice(_READING)(dice)
        chosen.append(made.only("GET", path=made.path, times=dice.randint(1, 3)))
    if is_storm or dice.random() < 0.6:  # writing matters most
        made = dice.choice(_STORM if is_storm else _WRITING)(dice)
        chosen.append(made.only(*(made.methods or _WRITES), times=dice.randint(1, 2)))
    deaf = (faults.ignored_header(name).only(*_WRITES) for name in _DEAF if is_storm or dice.random() < 0.5)
    return (*chosen, *deaf)
