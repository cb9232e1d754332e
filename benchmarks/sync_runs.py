"""Runs of the sync benchmark: each contender in a process of its own, warmed up, timed, and read back."""

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from benchmarks import sync_keep, sync_ours, sync_peers
from benchmarks.sync_interpret import Row

OURS = "horehab"
NAMES = (OURS, *sync_peers.PEERS)
"""Contenders, ours first."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run: entries, seconds by the clock and of the processor, first and again, peak memory in MB."""

    entries: int
    wall: float
    cpu: float
    wall_again: float
    cpu_again: float
    peak: float


def title_of(name: str) -> str:
    """Give a contender's title for the table."""
    return sync_ours.TITLE if name == OURS else sync_peers.PEERS[name].title


def run_alone(name: str, base: str, warm: str) -> tuple[Run, set[Row]]:
    """Run a contender in a fresh process and give its figures and what it kept."""
    with TemporaryDirectory(prefix="horehab-bench-") as folder:
        path = str(Path(folder) / "kept.sqlite3")
        command = [sys.executable, "-m", "benchmarks.sync", "--contender", name, base, warm, path]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        rows = sync_ours.rows_kept(path) if name == OURS else sync_keep.rows_kept(path)
        return msgspec.json.decode(done.stdout, type=Run), rows


def run_here(name: str, base: str, *, warm: str, path: str) -> Run:
    """Read the pages twice in this process, after a warm-up with a few others into a file of its own."""
    with _opened(name, warm, f"{path}.warm") as read:
        read()
    with _opened(name, base, path) as read:
        wall, cpu, entries = _timed(read)
        peak = _peak_memory()
        wall_again, cpu_again, _ = _timed(read)
    return Run(entries=entries, wall=wall, cpu=cpu, wall_again=wall_again, cpu_again=cpu_again, peak=peak)


def _opened(name: str, base: str, path: str) -> AbstractContextManager[Callable[[], int]]:
    if name == OURS:
        return sync_ours.opened(base, path)
    return sync_peers.opened(sync_peers.PEERS[name], base, path)


def _timed(read: Callable[[], int]) -> tuple[float, float, int]:
    wall, cpu = time.perf_counter(), time.process_time()
    entries = read()
    return time.perf_counter() - wall, time.process_time() - cpu, entries


def _peak_memory() -> float:
    """Read the most memory that this process ever held, in MB; what its parent held before it does not count."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
