"""Each idea behind the promise taken away: after how many kills it is noticed, and by what. A table.

    python -m tests.soak.ablate

Exit codes: 0 each was noticed within a hundred kills, 1 one was not.
"""

import sys
import tempfile

import click

from tests.soak.ablations import ABLATIONS
from tests.soak.crashes import Report, soak

MOST = 100


@click.command()
@click.option("--seed", type=int, default=1, show_default=True, help="The dice of ward, weather and kills.")
def main(seed: int) -> None:
    """Run each ablation until it is noticed, a hundred kills at the most, and print the table."""
    click.echo(f"{'taken away':<20} {'kills':>5}  found")
    is_each_noticed = True
    for name, ablation in ABLATIONS.items():
        with tempfile.TemporaryDirectory(prefix="horehab-soak-") as folder:
            report = soak(kills=MOST, seed=seed, database=f"sqlite:///{folder}/horehab.sqlite3", ablation=name)
        is_noticed = any(getattr(report.losses, kind) for kind in ablation.shows)
        is_each_noticed = is_each_noticed and is_noticed
        click.echo(f"{name:<20} {report.kills:>5}  {_found(report) if is_noticed else 'NOTHING: the test is none'}")
    sys.exit(0 if is_each_noticed else 1)


def _found(report: Report) -> str:
    return ", ".join(f"{count} {name}" for name, count in report.losses.counts().items() if count)


if __name__ == "__main__":
    main()
