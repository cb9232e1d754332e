"""The process that is killed: `horehab review` again and again, forked from one that has imported everything.

Read orders as JSON, a line each, from stdin; for each one a child is forked that works until it is killed, or until
its passes are done. Lines on stdout: {"pid"} when it begins, {"exit", "said"} after each pass.
"""

import json
import os
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import Any

from horehab import clock, wiring
from horehab.cli import main
from horehab.fhir.wire.client import Client
from tests.soak.ablations import ABLATIONS
from tests.soak.hurry import FastClock

assert wiring  # imported ahead of the fork: a child then starts in a few milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a child shall do: `settings` go into its environment, `passes` 0 means until it is killed."""

    settings: dict[str, str]
    since: float
    speed: float
    as_of: str
    passes: int = 0
    ablation: str = ""


def _hurry(order: Order) -> None:
    fast = FastClock(since=order.since, speed=order.speed)

    def now(_: object) -> datetime:
        return fast.now()

    def sleep(seconds: float) -> None:
        time.sleep(seconds / order.speed)

    vars(clock)["SystemClock"].now = now
    defaults: dict[str, Any] = Client.__init__.__kwdefaults__ or {}
    defaults["sleep"] = sleep


def _one_pass(as_of: str) -> dict[str, object]:
    said = StringIO()
    code: object = 0
    with redirect_stdout(said), redirect_stderr(said):
        try:
            main.main(args=["review", "--as-of", as_of], standalone_mode=False)
        except SystemExit as end:
            code = end.code
    return {"exit": code, "said": said.getvalue()[-2000:]}


def _say(told: dict[str, object]) -> None:
    os.write(1, (json.dumps(told) + "\n").encode())


def _work(order: Order) -> None:
    os.environ.update(order.settings)
    _hurry(order)
    if order.ablation:
        ABLATIONS[order.ablation].take_away()
    done = 0
    while order.passes == 0 or done < order.passes:
        _say(_one_pass(order.as_of))
        done += 1


def serve() -> None:
    """Fork a child for each order that comes in; the next one begins when the one before is dead."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                _work(Order(**json.loads(line)))
            finally:
                os._exit(0)
        _say({"pid": child})
        os.waitpid(child, 0)
        _say({"dead": child})


if __name__ == "__main__":
    serve()
