"""Each idea behind the promise for reminders taken away: what the harness then finds. A table.

    python -m tests.soak.reminders_ablate

Exit codes: 0 each was noticed, 1 one was not.
"""

import sys

import click

from tests.soak.reminder_ablations import ABLATIONS
from tests.soak.reminders import Report, databases, soak


@click.command()
@click.option("--seed", type=int, default=1, show_default=True, help="The dice of faults, kills and stops.")
@click.option("--reminders", type=click.IntRange(40), default=240, show_default=True, help="How many, in each run.")
def main(seed: int, reminders: int) -> None:
    """Run once with all ideas in place and once without each, and print what was found."""
    is_right = True
    click.echo(f"{'taken away':<12} {'noticed':<8} found")
    with databases(is_postgresql=False) as fresh:
        for name in ("", *ABLATIONS):
            drops = ABLATIONS[name].drops_repeats if name else False
            report = soak(
                reminders=reminders,
                schedulers=2,
                database=next(fresh),
                seed=seed,
                drops_repeats=drops,
                ablation=name,
            )
            is_noticed = any(getattr(report.findings, kind) for kind in ABLATIONS[name].shows) if name else False
            is_right = is_right and (is_noticed if name else not report.findings)
            click.echo(f"{name or 'nothing':<12} {'yes' if is_noticed else 'no':<8} {_found(report)}")
    sys.exit(0 if is_right else 1)


def _found(report: Report) -> str:
    found = ", ".join(f"{count} {name}" for name, count in report.findings.counts().items() if count)
    return f"{found or 'nothing'} of {report.reminders} reminders"


if __name__ == "__main__":
    main()
