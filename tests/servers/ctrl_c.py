"""Programs that hear Ctrl-C, however the tests themselves were started: what runs behind `&` or nohup ignores it."""

import sys

HEARING = ("env", "--default-signal=INT", sys.executable)
"""The beginning of a command line: Python, with the signal of Ctrl-C as a terminal has it (GNU coreutils 8.31)."""
