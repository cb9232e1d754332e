"""How long the server works for each page of the demo's ward: the first time, and again when its charts are drawn.

`python -m benchmarks.pages` plays the published patients and the synthetic ward into a store of its own, as
`make demo` does, and makes ready what draws charts, as `horehab serve` does. Then it asks for every page that a
person opens, as a physician who has not seen any yet, and at once for each a second time; what a physician may not
open, as the integrator. Pages about one thing, such as a reminder, are those to which the pages before them lead.
Time is of the processor, so that it does not go by what else the machine does; wall time stands beside it.
"""

import argparse
import json
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from benchmarks.sync_table import Goal, told
from horehab.app import create_app
from horehab.clock import SetClock
from horehab.demo import run_demo
from horehab.demo.resources import ZONE
from horehab.demo.story import Story
from horehab.domain.joints import WATCHED_PLACES, JointSide
from horehab.sandbox import create_sandbox
from horehab.sandbox.serving import serve
from horehab.sandbox.store import SandboxStore
from horehab.settings import Settings
from horehab.usecases.exchange import CaseloadQuery, ChartPage
from horehab.usecases.ports import Ports
from horehab.web.chart_live import make_ready
from horehab.web.options import Role
from horehab.web.room import slug
from horehab.wiring import opened_ports

DOCS = Path(__file__).parents[1] / "docs" / "performance.md"
_BEGIN = "<!-- pages: made by `make bench-pages BENCH=--write-docs` -->"
_END = "<!-- pages: end -->"
_MOST = 150.0
_NAMED = frozenset({"key", "place"})
NO_PAGES = frozenset(
    {
        "static", "absent", "sign_in", "look",  # what all pages share, and what leads back to the page before
        "metrics", "hook", "jwks", "hook_of_resource", "sms_inbound", "sms_report", "feed",  # what machines ask for
    }
)  # fmt: skip
"""What no person opens, or what is no page of its own."""
_MOST_OF_ONE = 3  # pages that others lead to, of each kind
_OK, _PERCENTILES = 200, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of a page: seconds of processor and of wall time, the first time and again."""

    first: float
    again: float
    first_wall: float
    again_wall: float


def main() -> int:
    """Run the benchmark; 1 when a goal is missed and --check is said."""
    asked = _arguments()
    started = time.process_time()
    make_ready()
    ready = time.process_time() - started
    with demo_pages() as app:
        answers = visited(app, patients=asked.patients)
    goal = worst(answers)
    before = f"- what draws charts was made ready before, in {ready * 1e3:.0f} ms of processor time"
    words = "\n".join([*table(answers), "", told(goal), before])
    print(words)
    if asked.write_docs:
        _write(words)
    return int(asked.check and not goal.is_reached)


@contextmanager
def demo_pages(published: tuple[Story, ...] | None = None, ward: tuple[Story, ...] | None = None) -> Iterator[Flask]:
    """Play the demo, or the stories given, into a store of its own, and open the pages over it."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="horehab-bench-"))
        clock = SetClock(zone=ZONE)
        store = SandboxStore(clock=clock)
        stack.callback(store.close)
        server = stack.enter_context(serve(create_sandbox(store, clock=clock)))
        url = f"sqlite:///{folder}/horehab.sqlite3"
        settings = Settings(fhir_url=server.url, database_url=url, time_zone=str(ZONE), demo=True)
        with opened_ports(settings, clock=clock) as ports:
            result = run_demo(ports, store.put, published=published, ward=ward)
            _measure_by_a_code_of_the_house(ports)
        print(f"Played {result.days} ward days up to {result.last_day}", flush=True)
        app = create_app(settings, clock=clock)
        yield app
        app.extensions["horehab"].ports().logbook.close()


def _measure_by_a_code_of_the_house(ports: Ports) -> None:
    """Measure a knee by a code that nobody has explained yet, so that there is a page on which to do so."""
    (patient,) = (row.patient.reference for row in ports.logbook.caseload(CaseloadQuery(limit=1)).rows)
    code = {"system": "urn:example:ward", "code": "KFPL", "display": "Flex knee P L"}
    angle = {
        "resourceType": "Observation", "id": "by-a-code-of-the-house", "status": "final", "code": {"coding": [code]},
        "subject": {"reference": patient}, "effectiveDateTime": ports.clock.today().isoformat(),
        "valueQuantity": {"value": 90, "unit": "deg", "system": "http://unitsofmeasure.org", "code": "deg"},
    }  # fmt: skip
    item = ports.chart.read_again(f"Observation/{angle['id']}", json.dumps(angle).encode())
    ports.logbook.keep(ChartPage(kind="Observation", items=(item,)), now=ports.clock.now())


def visited(app: Flask, *, patients: int, joints: Sequence[JointSide] = WATCHED_PLACES) -> dict[str, list[Answer]]:
    """Ask for each page about the first patients of the caseload and their joints, and at once again; by page."""
    logbook = app.extensions["horehab"].ports().logbook
    keys = [row.key for row in logbook.caseload(CaseloadQuery(limit=patients)).rows]
    browsers = [_signed_in(app, role) for role in (Role.PHYSICIAN, Role.INTEGRATOR)]
    for key in keys:
        _log(browsers[0], key, day=app.extensions["horehab"].ports().clock.today().isoformat())
    answers: dict[str, list[Answer]] = defaultdict(list)
    links: set[str] = set()
    for rule in sorted(pages_of(app), key=_order):
        for path in [*_paths(rule, keys, joints), *_led_to(rule, links)]:
            answer = next(filter(None, (_asked(browser, path, links) for browser in browsers)), None)
            if answer is not None:
                answers[rule.endpoint.removeprefix("horehab.")].append(answer)
    return dict(answers)


def _signed_in(app: Flask, role: Role) -> FlaskClient:
    """Come in as somebody of the demo; the first answers of a process also load what all pages share."""
    browser = app.test_client()
    token = re.search(r'name="csrf_token"[^>]* value="([^"]*)"', browser.get("/sign-in").text)
    assert token is not None
    browser.post("/sign-in/demo", data={"csrf_token": token[1], "role": role.value})
    assert browser.get("/").status_code == _OK
    return browser


def _log(browser: FlaskClient, key: str, *, day: str) -> None:
    """Log a session, so that there is one to be corrected."""
    hidden = dict(
        re.findall(r'name="(csrf_token|token)"[^>]* value="([^"]*)"', browser.get(f"/patients/{key}/log").text)
    )
    browser.post(f"/patients/{key}/log", data={**hidden, "kind": "walking", "minutes": "30", "day": day})


def _order(rule: Rule) -> tuple[bool, bool, int, str]:
    """Ask first for what can be named, then for what pages lead to, the shorter addresses first.

    A PDF comes last: whoever opened the page that leads to it has seen its charts.
    """
    is_led_to = not rule.arguments <= _NAMED or _is_of_a_code(rule)
    return rule.rule.endswith(".pdf"), is_led_to, len(rule.arguments), rule.rule


def _is_of_a_code(rule: Rule) -> bool:
    """Say whether the key in an address is not a patient's."""
    return "key" in rule.arguments and not rule.rule.startswith("/patients/")


def pages_of(app: Flask) -> list[Rule]:
    """List the pages that a person opens."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("horehab.")
        and rule.endpoint.removeprefix("horehab.") not in NO_PAGES
        and "GET" in (rule.methods or ())
    ]


def _paths(rule: Rule, keys: Sequence[str], joints: Sequence[JointSide]) -> Iterator[str]:
    if not rule.arguments:
        yield rule.rule
    if not rule.arguments or not rule.arguments <= _NAMED or _is_of_a_code(rule):
        return
    for key in keys:
        about = rule.rule.replace("<key>", key)
        places = map(slug, joints) if "place" in rule.arguments else ("",)
        yield from (about.replace("<place>", place) for place in places)


def _led_to(rule: Rule, links: Iterable[str]) -> list[str]:
    """Find the first pages of a kind to which the pages before led."""
    if rule.arguments <= _NAMED and not _is_of_a_code(rule):
        return []
    shape = re.compile(re.sub(r"<(int:)?[^>]+>", lambda found: "[0-9]+" if found[1] else "[^/]+", rule.rule))
    return sorted(filter(shape.fullmatch, links))[:_MOST_OF_ONE]


def _asked(browser: FlaskClient, path: str, links: set[str]) -> Answer | None:
    """Ask twice, and note where it leads; None for a page that there is not, such as one of no suspicion."""
    took = []
    for _time in range(2):
        wall, processor = time.perf_counter(), time.process_time()
        answer = browser.get(path, buffered=True)
        took += [time.process_time() - processor, time.perf_counter() - wall]
        if answer.status_code != _OK:
            return None
        if answer.mimetype == "text/html":
            links.update(re.findall(r'href="([^"?#]+)', answer.text))
    first, first_wall, again, again_wall = took
    return Answer(first=first, again=again, first_wall=first_wall, again_wall=again_wall)


def table(answers: Mapping[str, Sequence[Answer]]) -> list[str]:
    """Write one line for each page, in ms."""
    heads = (
        "page",
        "asked for",
        "p50 first",
        "p95 first",
        "p50 again",
        "p95 again",
        "p95 first, wall",
        "again, wall",
    )
    lines = [f"| {' | '.join(heads)} | goal |", f"|---|{'---:|' * (len(heads) - 1)}---|"]
    for name, each in sorted(answers.items(), key=lambda item: -p95([a.first for a in item[1]])):
        firsts, agains = [a.first for a in each], [a.again for a in each]
        figures = [median(firsts), p95(firsts), median(agains), p95(agains)]
        figures += [p95([a.first_wall for a in each]), p95([a.again_wall for a in each])]
        cells = " | ".join(f"{figure * 1e3:.0f}" for figure in figures)
        lines.append(f"| {name} | {len(each)} | {cells} | {_reached(figures[1], figures[3])} |")
    return lines


def _reached(first: float, again: float) -> str:
    """Say whether a page reaches the goal: at the first time, only when asked again, or not."""
    if first * 1e3 <= _MOST:
        return "reached"
    return "reached again" if again * 1e3 <= _MOST else "NOT reached"


def p95(seconds: Sequence[float]) -> float:
    """Give what 95 in 100 stay below; of one alone, itself."""
    return quantiles(seconds, n=_PERCENTILES, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]


def worst(answers: Mapping[str, Sequence[Answer]]) -> Goal:
    """Compare the page with the highest p95 with the goal."""
    found = {name: p95([answer.first for answer in each]) * 1e3 for name, each in answers.items()}
    name = max(found, key=found.__getitem__)
    words = f"ms of processor time, p95 of the slowest page the first time ({name})"
    return Goal(words=words, least=_MOST, measured=found[name], is_most=True)


def _write(words: str) -> None:
    text = DOCS.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    DOCS.write_text(f"{before}{_BEGIN}\n{words}\n{_END}{rest.partition(_END)[2]}", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--patients", type=int, default=50, help="the first of the caseload (50: all of the demo)")
    parser.add_argument("--write-docs", action="store_true", help="put the figures into docs/performance.md")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
