"""A million spoilt examples of FHIR, in two processes: each is read, ignored, or set aside with its reason.

    python -m tests.soak.mutants --count 1000000

Exit codes: 0 none stopped the work, 1 one did (its text is shown).
"""

import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from zoneinfo import ZoneInfo

import click

from horehab.store import open_logbook
from tests.fhir.mutants import Mutants
from tests.fhir.reading_mutants import FATES, read_mutants
from tests.fhir.test_understanding_never_raises import WHOLE
from tests.servers.official_examples import official_examples

_AT_ONCE = 25_000
_PROCESSES = 2


def _part(task: tuple[int, int]) -> Counter[str]:
    seed, count = task
    originals = (*official_examples(), *WHOLE * 4)
    with tempfile.TemporaryDirectory(prefix="horehab-mutants-") as folder:
        logbook = open_logbook(f"sqlite:///{folder}/x.sqlite3", zone=ZoneInfo("UTC"))
        try:
            return read_mutants(Mutants(originals=originals, seed=seed), count, logbook)
        finally:
            logbook.close()


@click.command()
@click.option("--count", type=click.IntRange(1), default=1_000_000, show_default=True, help="How many are read.")
@click.option("--seed", type=int, default=1, show_default=True, help="The dice.")
def main(count: int, seed: int) -> None:
    """Read so many mutants of the official examples, and say what became of them."""
    began, fates = time.monotonic(), Counter[str]()
    parts = [(seed * 1_000_000 + start, min(_AT_ONCE, count - start)) for start in range(0, count, _AT_ONCE)]
    official_examples()
    with ProcessPoolExecutor(_PROCESSES) as pool:
        for done in pool.map(_part, parts):
            fates += done
            click.echo(f"  {sum(fates.values())} of {count}, {time.monotonic() - began:.0f} s", err=True)
    words = ", ".join(f"{fates[fate]} {fate}" for fate in FATES)
    click.echo(f"{sum(fates.values())} mutants in {time.monotonic() - began:.0f} s: {words}; 0 uncaught")
    sys.exit(0 if sum(fates.values()) == count else 1)


if __name__ == "__main__":
    main()
