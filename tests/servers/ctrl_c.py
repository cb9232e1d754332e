"""Programs that hear Ctrl-C, however the tests themselves were started: what runs behind `&` or nohup ignores it."""

import os
import sys
from pathlib import Path

HEARING = ("env", "--default-signal=INT", sys.executable)
"""The beginning of a command line: Python, with the signal of Ctrl-C as a terminal has it (GNU coreutils 8.31)."""

_ROOT = Path(__file__).parents[2]


def uncounted(**settings: str) -> dict[str, str]:
    """Give the environment of a program that runs this house and whose lines are not counted.

    A Ctrl-C that meets coverage while it notes a line leaves its lock taken, and the program hangs for ever
    (coverage 7.17; 3 of 50 demos stopped at once).
    """
    here = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    return here | {"PYTHONPATH": str(_ROOT)} | settings
