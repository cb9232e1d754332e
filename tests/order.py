"""In which order the files of tests are begun: the longest first, so that no process idles while another ends."""

from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]

FIRST_ON_HAPI = (
    "tests/e2e/test_hooks_on_hapi.py",
    "tests/e2e/test_load_hapi.py",
    "tests/fhir/test_reading_on_hapi.py",
)
"""They read all that the shared HAPI holds, which is little only at first."""

LONGEST = (
    "tests/soak/test_any_sequence.py",
    "tests/cli/test_demo.py",
    "tests/detection/test_invariance.py",
    "tests/fhir/test_understanding_never_raises.py",
    "tests/cli/test_doctor.py",
    "tests/detection/test_further.py",
    "tests/soak/test_loads.py",
    "tests/soak/test_any_order_of_a_chart.py",
    "tests/stories/test_replay.py",
    "tests/fhir/test_official_examples.py",
    "tests/web/test_isolation.py",
    "tests/detection/test_history.py",
    "tests/soak/test_crashes.py",
    "tests/soak/test_reminders.py",
    "tests/e2e/test_every_page.py",
    "tests/e2e/test_other_tasks.py",
)
"""Half a minute and more on two cores while lines are counted."""


@cache
def starts_hapi(file: str) -> bool:
    """Say whether a file of tests asks for a HAPI."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return any(name in text for name in ("hapi_url", "start_hapi"))


def group_of(nodeid: str) -> str:
    """Name what goes to one process together: a file, or all files that ask for a HAPI, so that it starts once."""
    file = nodeid.partition("::")[0]
    return "hapi" if starts_hapi(file) else file


def place_of(nodeid: str) -> int:
    """Give a test its place: what waits for a HAPI, then the longest, then the rest as it was found."""
    file = nodeid.partition("::")[0]
    begun = (*FIRST_ON_HAPI, "hapi", *LONGEST)
    return begun.index(file) if file in begun else begun.index("hapi") if starts_hapi(file) else len(begun)
