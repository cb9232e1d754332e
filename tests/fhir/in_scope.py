"""What the tests of scopes share: a proxy before the sandbox that holds a Group, and pulls that remember."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from horehab.clock import SetClock
from horehab.fhir.chart import FhirChart
from horehab.usecases.exchange import ChartItem, ChartPage, Item
from tests.fhir.ward import NOW, chart_at, clock, observation
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen
from tests.servers.proxying import faulty_proxy
from tests.servers.sandbox import RunningSandbox

OLD = NOW - timedelta(days=30)
Edit = Callable[[dict[str, Any]], None]


def standing(path: str, resource: dict[str, Any], *, status: int = 200) -> Fault:
    """Let a resource stand at the server that the sandbox itself cannot hold, such as a Group."""
    body = json.dumps(resource).encode()
    return Fault(strike=lambda *_: Reply(status=status, body=body), methods=("GET",), path=f"/fhir/{path}")


def group(*patients: str, **more: Any) -> Fault:
    """Let Group/7 have these members."""
    members = [{"entity": {"reference": f"Patient/{each}"}} for each in patients]
    return standing("Group/7", {"resourceType": "Group", "id": "7", "actual": True, "member": members, **more})


def edited(path: str, edit: Edit) -> Fault:
    """Change what the server answers at a path."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        reply = forward(seen)
        tree = json.loads(reply.body)
        if tree["resourceType"] != "OperationOutcome":
            edit(tree)
        return Reply(status=reply.status, headers=reply.headers, body=json.dumps(tree).encode())

    return Fault(strike=strike, methods=("GET",), path=path)


def of_kinds(edit: Callable[[dict[str, Any]], None], *kinds: str) -> Fault:
    """Change what the server says that it can do with some kinds."""

    def change(statement: dict[str, Any]) -> None:
        for each in statement["rest"][0]["resource"]:
            if each["type"] in kinds:
                edit(each)

    return edited("/metadata", change)


def without_interaction(code: str, *kinds: str) -> Fault:
    """Take an interaction such as history-type away from some kinds."""

    def edit(kind: dict[str, Any]) -> None:
        kind["interaction"] = [each for each in kind["interaction"] if each["code"] != code]

    return of_kinds(edit, *kinds)


BLIND = without_interaction("history-type", "Patient", "Observation", "Procedure", "Condition")
"""A server whose history tells of no deletion."""


@dataclass(kw_only=True)
class Pulls:
    """A chart that is pulled as the use case does it: marks move when a kind was read whole, what came is kept.

    `held` are the references that are kept and not gone, with whose they are; `versions` tells which version.
    """

    sandbox: RunningSandbox
    proxy: FaultyProxy
    at: SetClock = field(default_factory=clock)
    marks: dict[str, str] = field(default_factory=dict)
    held: dict[str, str | None] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def pull(self, scope: str = "everything", **options: Any) -> list[ChartPage]:
        """Pull once, with a chart of its own, as each process has."""
        with chart_at(self.proxy.url, scope=scope, at=self.at, **{"page_size": 10, **options}) as chart:
            return self.step(chart)

    def step(self, chart: FhirChart) -> list[ChartPage]:
        """Pull once with this chart."""
        before = dict(self.marks)
        vanished = chart.vanished(before, self._held)  # asked for before anything is read, as in a pull
        pages = [*self._kept(chart.changes(before)), *self._kept(vanished)]
        troubled = {page.kind for page in pages if page.problems}
        self.marks |= {p.kind: p.mark for p in pages if p.is_last and p.mark and p.kind not in troubled}
        return pages

    def _kept(self, pages: Iterator[ChartPage]) -> Iterator[ChartPage]:
        for page in pages:
            for item in page.items:
                if item.is_gone:
                    self.held.pop(item.reference, None)
                else:
                    self.held[item.reference] = item.patient
                    self.versions[item.reference] = item.version
            yield page

    def _held(self, kind: str, *, patients: Any = None) -> Iterator[str]:
        for reference, patient in sorted(self.held.items()):
            if reference.startswith(f"{kind}/") and (patients is None or patient in patients):
                yield reference

    def put(self, *resources: dict[str, Any]) -> None:
        """Let the EHR hold these now."""
        for resource in resources:
            self.sandbox.store.put(resource, at=self.at.now())

    def asked(self, kind: str) -> list[dict[str, list[str]]]:
        """List the parameters of all searches for a kind, first pages only."""
        found = (urlsplit(seen.path) for seen in self.proxy.requests("GET"))
        return [parse_qs(url.query) for url in found if url.path == f"/fhir/{kind}"]


@contextmanager
def open_pulls(sandbox: RunningSandbox) -> Iterator[Pulls]:
    """Stand before the sandbox for as long as the block lasts."""
    with faulty_proxy(sandbox.url) as proxy:
        yield Pulls(sandbox=sandbox, proxy=proxy)


def person(name: str, **more: Any) -> dict[str, Any]:
    """Somebody who is called as their id."""
    return {"resourceType": "Patient", "id": name, "name": [{"text": name}], **more}


def seen_of(patient: str, name: str, **more: Any) -> dict[str, Any]:
    """Something that was observed of a patient."""
    return observation(name, subject={"reference": f"Patient/{patient}"}, **more)


@contextmanager
def a_night_later(sandbox: RunningSandbox) -> Iterator[Pulls]:
    """Ana, of whom three things were observed, on a server without history; read once, and a night has passed."""
    sandbox.store.put(person("ana"))
    for name in ("o1", "o2", "o3"):
        sandbox.store.put(seen_of("ana", name))
    with open_pulls(sandbox) as opened:
        opened.proxy.set(BLIND)
        opened.pull()
        opened.at.advance(timedelta(days=1))
        yield opened


@contextmanager
def a_month_later(sandbox: RunningSandbox) -> Iterator[Pulls]:
    """Ana, Ben and Cleo, of each of whom something was observed a month ago."""
    for name in ("ana", "ben", "cleo"):
        sandbox.store.put(person(name), at=OLD)
        sandbox.store.put(seen_of(name, f"{name}-1"), at=OLD)
    with open_pulls(sandbox) as opened:
        yield opened


def items(pages: Sequence[ChartPage], kind: str = "Observation") -> set[str]:
    """Name what came of a kind."""
    return {item.reference for item in all_items(pages) if item.reference.startswith(f"{kind}/") and not item.is_gone}


def all_items(pages: Sequence[ChartPage]) -> list[Item]:
    """List all that came."""
    return [item for page in pages for item in page.items]


def told(item: Item) -> list[str]:
    """Name the kinds of fact that were read of an item, however they are kept."""
    if isinstance(item, ChartItem):
        return [type(fact).__name__ for fact in item.facts]
    return [name for name, *_ in item.written]


def whose(pages: Sequence[ChartPage]) -> set[str]:
    """Name the patients of whom something came."""
    return {item.patient for item in all_items(pages) if item.patient}


def gone(pages: Sequence[ChartPage]) -> set[str]:
    """Name what was found to be gone."""
    return {item.reference for item in all_items(pages) if item.is_gone}


def problems(pages: Sequence[ChartPage]) -> list[str]:
    """List what was wrong."""
    return [problem for page in pages for problem in page.problems]


def notes(pages: Sequence[ChartPage]) -> list[str]:
    """List what is to be known besides."""
    return [note for page in pages for note in page.notes]
