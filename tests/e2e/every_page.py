"""Every page that a person can come to: each address that opens, each form that is refused, and what lies between."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from shutil import copy

from werkzeug.routing import Rule

from horehab.clock import new_id
from horehab.domain.entries import Delivery, Outcome, SuspicionEntry
from horehab.domain.local_code import LocalCode, UnreadCode
from horehab.domain.reminder import ReminderState
from horehab.usecases.exchange import ChartItem
from horehab.usecases.ports import Ports
from horehab.web.access import MACHINES, SIGNED, rule_of
from horehab.web.codes import key_of
from horehab.web.options import Role, Viewer
from tests.web.conftest import PHYSICIAN, Ward, as_role, make_ward
from tests.web.settled import settled
from tests.web.test_conflicts import REFUSED
from tests.web.test_correct_session import TYPED
from tests.web.test_decisions import image
from tests.web.test_reminders import asked, put
from tests.web.ward import ANA, STORE, fill, open_ward, ward_items

NOT_THERE = "horehab.absent"
ELSEWHERE = "horehab.look"
"""The one address that only leads on: to the page from which a language or a theme was chosen."""
_PART = re.compile(r"(\w+)/<(?:\w+:)?\w+>")
_CODE = LocalCode(system="urn:hospital:goniometry", code="KFPL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page as somebody comes to it: an address that is opened, or a form that is sent; and how it answers."""

    name: str
    path: str
    status: int = 200
    viewer: Viewer | None = PHYSICIAN
    form: Mapping[str, str] | None = None


def standing_ward(folder: Path) -> Ports:
    """Open a ward on which every page has something to show; the EHR has refused one entry of it."""
    ports = open_ward(folder)
    unread = UnreadCode(local=_CODE, text="Flex P G1", offered="", why="code-not-mapped")
    coded = ChartItem(
        reference="Observation/coded", version="1", patient=ANA.reference, source=b"{}", unread=(unread,)
    )
    pictured = ChartItem(
        reference="DiagnosticReport/ct", version="1", patient=ANA.reference, source=b"{}", facts=(image("ct"),)
    )
    fill(ports, [*ward_items(), coded, pictured])
    ports.logbook.check_binding(address=ports.chart.address)
    _let_the_ehr_refuse(ports)
    ward = make_ward(ports)
    put(ward, asked(channel="email", window="w0"))
    for channel in ("call", "letter"):
        reminder = asked(channel=channel)
        put(ward, reminder)
        settled(ports, reminder, ReminderState.SENT)
    assert ward.send("/calendar", action="make").status_code == 303
    assert ward.send(f"/patients/{ward.ana}/log", **TYPED).status_code == 303
    told = ward.send(f"/patients/{ward.ana}/before", kind="ecmo", start="2026-01-20", end="", text="told by her son")
    assert told.status_code == 303
    return ports


def copied(folder: Path, into: Path) -> Ports:
    """Open a copy of a ward that is closed: what is tried on it changes nothing on the ward itself."""
    into.mkdir()
    copy(folder / STORE, into / STORE)
    return open_ward(into)


def pages_of(ward: Ward) -> Iterator[Shown]:
    """Ask each route in each way in which a person does: all that answer with a page, an empty form that is refused.

    A route of which this ward has no example fails here: it is to be given one.
    """
    for rule, path in _routes(ward):
        ward.viewer = _who(rule_of(ward.app.view_functions[rule.endpoint]))
        for method in sorted({"GET", "POST"} & (rule.methods or set())):
            found = _shown(ward, rule, path, method)
            if found:
                yield found


def with_little_to_show(ward: Ward) -> Iterator[Shown]:
    """List pages that are looked for in vain, of somebody never measured, of a joint that is not watched."""
    ana, ben = f"/patients/{ward.ana}", f"/patients/{ward.ben}"
    paths = (
        "/?text=nobody", "/audit?who=nobody", "/audit?check=yes", "/reminders?state=failed",
        f"{ana}/joints/left-knee", f"{ana}/suspicions/left-wrist",
        ben, f"{ben}/suspicions/left-hip", f"{ben}/summary",
    )  # fmt: skip
    for path in paths:
        viewer = as_role(PHYSICIAN, Role.INTEGRATOR) if path.startswith("/audit") else PHYSICIAN
        yield Shown(name=path, path=f"/horehab{path}", viewer=viewer)


def of_an_empty_ward() -> Iterator[Shown]:
    """List the pages of a ward to which nobody was admitted yet."""
    for path in ("/", "/reminders", "/reminders/calls", "/conflicts", "/quality", "/calendar"):
        yield Shown(name=f"an empty ward: {path}", path=f"/horehab{path}")


def at_the_door() -> Iterator[Shown]:
    """List the pages of an app that stands alone before somebody has signed in."""
    yield Shown(name="sign in", path="/sign-in")
    stale = {"csrf_token": "of yesterday", "name": "ruiz"}
    yield Shown(name="a sign-in that was open for too long", path="/sign-in", status=400, form=stale)
    yield Shown(name="a wrong password", path="/sign-in", status=401, form={"name": "ruiz", "password": "guess"})


def forms_that_ask_back(ward: Ward) -> Iterator[Shown]:
    """List forms that come back: a refusal beside each field, "measured again?", both versions of a session."""
    ana, session, flexion = f"/horehab/patients/{ward.ana}", _session(ward), "angle.passive.left-hip.flexion"
    log, hip, one = f"{ana}/log", f"{ana}/suspicions/left-hip", f"{ana}/sessions/{session}"
    wrong = {flexion: "300", "minutes": "forty", "day": "2031-01-01", "exertion": "12", "pain.left-hip.rest": "11"}
    yield _sent("a session that cannot be", log, 422, {**TYPED, "token": new_id(), **wrong})
    yield _sent("measured again?", log, 422, {**TYPED, "token": new_id(), flexion: "40"})
    yield _sent("a form that was saved already", log, 409, {**TYPED, "token": session, "minutes": "55"})
    meanwhile = {**TYPED, "token": new_id(), "state": "another", "minutes": "55", "reason": "typing error"}
    yield _sent("two people, one session", one, 409, meanwhile)
    confirm = {"token": new_id(), "decision": "confirm"}
    yield _sent("a decision without its imaging", f"{hip}/decide", 422, confirm)
    early = {"imaging_kind": "CT", "imaging_day": "2025-01-01", "imaging_finding": "bone in front of the hip"}
    yield _sent("imaging before the stay?", f"{hip}/decide", 422, {**confirm, **early})
    too_long = {"token": new_id(), "days": "7", "rest_reason": "x" * 501}
    yield _sent("a rest whose reason is too long", f"{hip}/rest", 422, too_long)
    never = {"token": new_id(), "kind": "ecmo", "start": "2031-01-01", "end": "2030-01-01"}
    yield _sent("what cannot have been", f"{ana}/before", 422, never)
    yield _sent("whose session is it?", f"{one}/remove", 200, {"search": "yes", "text": "Ben"})
    yield Shown(name="nobody is signed in", path=log, status=401, viewer=None, form={"minutes": "40"})


def _sent(name: str, path: str, status: int, form: Mapping[str, str]) -> Shown:
    return Shown(name=name, path=path, status=status, form=form)


def _routes(ward: Ward) -> list[tuple[Rule, str]]:
    """List our routes that people ask for, each with the address of an example."""
    named, found = _named(ward), []
    for rule in ward.app.url_map.iter_rules():
        allowed = rule_of(ward.app.view_functions[rule.endpoint])
        is_page = allowed not in (MACHINES, SIGNED) and not PurePath(rule.rule).suffix  # with one it is a file
        if rule.endpoint.startswith("horehab.") and is_page:
            found.append((rule, _PART.sub(lambda part: f"{part[1]}/{named[part[1]]}", rule.rule)))
    return found


def _shown(ward: Ward, rule: Rule, path: str, method: str) -> Shown | None:
    """Ask once: the page that a person sees, or None for a picture, a file, or a way to another page."""
    client = ward.client
    form: dict[str, str] | None = None
    if method == "POST":
        form = {}
        seal = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/horehab/calendar").text)
        assert seal
        answer = client.post(path, data={"csrf_token": seal[1]})
        if answer.status_code < 400:
            return None
        is_expected = answer.status_code in (400, 422)
    else:
        answer = client.get(path, buffered=True)
        if answer.mimetype != "text/html" or rule.endpoint == ELSEWHERE:
            assert answer.status_code in (200, 303), f"no example of {rule.rule}: {answer.status_code}"
            return None
        is_expected = answer.status_code == (404 if rule.endpoint == NOT_THERE else 200)
    assert is_expected, f"no example of {method} {rule.rule}: {answer.status_code}"
    name = f"{method} {rule.rule}"
    return Shown(name=name, path=path, status=answer.status_code, viewer=ward.viewer, form=form)


def _named(ward: Ward) -> dict[str, str]:
    """Name the example that this ward has of each thing, by the word that goes before it in an address."""
    row = next(row.row for row in ward.ports.logbook.reminders() if row.reminder.channel == "email")
    (report,) = ward.ports.logbook.bedside.reports(ANA.reference)
    return {
        "patients": ward.ana, "joints": "left-hip", "suspicions": "left-hip", "sessions": _session(ward),
        "before": report.report_id, "reminders": str(row), "codes": key_of(_CODE),
        "conflicts": str(ward.ports.logbook.queue.listed()[0].row), "static": "horehab.css",
        "horehab": "no/such/page",
    }  # fmt: skip


def _session(ward: Ward) -> str:
    return next(one for one in ward.ports.logbook.sessions.of(ANA.reference).values() if len(one) == 36)


def _who(allowed: frozenset[Role] | str | None) -> Viewer:
    """Choose somebody who may open it, the physician before others."""
    may = allowed if isinstance(allowed, frozenset) else frozenset(Role)
    return PHYSICIAN if PHYSICIAN.role in may else as_role(PHYSICIAN, next(role for role in Role if role in may))


def _let_the_ehr_refuse(ports: Ports) -> None:
    """Have the EHR take all that waits but the suspicion."""
    logbook, now = ports.logbook, ports.clock.now()
    while rows := logbook.claim_entries(owner="test", now=now, limit=20):
        for row in rows:
            is_it = isinstance(row.entry, SuspicionEntry)
            done = Delivery(outcome=Outcome.DONE, reference=f"Task/{row.row}", version="1")
            logbook.settle(row, REFUSED if is_it else done, now=now)
