"""Who is in the scope just now: the server's Group, List, place or search, read whole or said to be in doubt."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from horehab.errors import HorehabError, NotAFhirServer
from horehab.fhir.basis import verbatim
from horehab.fhir.basis.elements import Tree, child, children, own_reference, word
from horehab.fhir.basis.kinds import ESSENTIAL, kinds_of
from horehab.fhir.basis.references import target_of
from horehab.fhir.basis.site import Site
from horehab.fhir.sync.whose import parameter_for
from horehab.fhir.wire.capability import Capability
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.pages import Entry, PageExpired, SearchRefused, walk
from horehab.usecases.exchange import Choice

_DEEPEST = 5
_NOT_SO = ("cancelled", "entered-in-error")


@dataclass(slots=True, kw_only=True)
class Members:
    """Who was found, in order; `problems` when the list may not be whole, `notes` of those who cannot be followed."""

    found: dict[str, None] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def members_of(client: Client, site: Site) -> Members:
    """Ask the server who is in the scope just now; EhrUnavailable and EhrRefused are raised."""
    members = Members()
    for part in site.scope.parts:
        try:
            _add(client, members, part, site)
        except (NotAFhirServer, SearchRefused, PageExpired) as error:
            words = str(error) or "the server forgot its own pages"
            members.problems.append(f"HOREHAB_SCOPE: {_shown(part)}: {words}")
    return members


def _add(client: Client, members: Members, part: str, site: Site) -> None:
    kind = part.partition("/")[0]
    if "?" in part:
        _add_found(client, members, part, site)
    elif kind == "Location":
        _add_found(client, members, f"Encounter?location={part}", site)
    elif kind == "Patient":
        members.found[part] = None
    else:
        _add_listed(client, members, [part], site)


def _add_listed(client: Client, members: Members, path: list[str], site: Site) -> None:
    """Add the members of a Group or a List; a Group in a Group is opened too, but no circle."""
    place = path[-1]
    answer = client.get(place)
    if not answer.is_success:
        members.problems.append(f"HOREHAB_SCOPE: {place} cannot be read ({answer.reason()})")
        return
    resource = answer.resource()
    if own_reference(resource) != place:
        members.problems.append(f"HOREHAB_SCOPE: {place}: the server sent something else")
        return
    listed = [*_members(resource)]
    if not listed and children(resource, "characteristic"):
        members.problems.append(f"HOREHAB_SCOPE: {place} describes its members and does not list them")
    targets = [target_of(reference, site) for reference in listed]
    members.found |= dict.fromkeys(target for target in targets if target and target.startswith("Patient/"))
    inner = [target for target in targets if target and target.startswith(("Group/", "List/")) and target not in path]
    for target in inner if len(path) < _DEEPEST else ():
        _add_listed(client, members, [*path, target], site)
    if None in targets:
        count = targets.count(None)
        members.notes.append(f"HOREHAB_SCOPE: {count} in {place} are named in a way that cannot be followed")


def _members(resource: Tree) -> Iterator[Tree]:
    for member in children(resource, "member"):
        if member.get("inactive") is not True:
            yield child(member, "entity")
    for entry in children(resource, "entry"):
        if entry.get("deleted") is not True:
            yield child(entry, "item")


def _add_found(client: Client, members: Members, search: str, site: Site) -> None:
    """Add who is found by a search, unless the server leaves out a part of the question: then nobody is."""
    kind, _, query = search.partition("?")
    shown = _shown(search)
    wanted = {name.partition(":")[0] for name, _ in parse_qsl(query)}
    found: dict[str, None] = {}
    seen, total = 0, None
    for number, page in enumerate(walk(client, search, {"_count": str(client.connection.page_size)})):
        if number == 0 and page.entries and not wanted <= (page.asked or frozenset()):
            members.problems.append(f"HOREHAB_SCOPE: {shown}: the server does not say that it obeyed the search")
            return
        members.problems += [f"HOREHAB_SCOPE: {shown}: {problem}" for problem in page.problems]
        members.notes += [f"HOREHAB_SCOPE: {shown}: {note}" for note in page.notes]
        seen += sum(entry.mode == "match" for entry in page.entries)
        found |= dict.fromkeys(_named(kind, page.entries, site))
        total = total if page.total is None else page.total
    if total is not None and seen < total:
        members.problems.append(f"HOREHAB_SCOPE: {shown}: {seen} came of {total} that the server counts")
    members.found |= found


def _shown(part: str) -> str:
    """Name a part for a log: what a search asks for may be about a patient."""
    kind, mark, _ = part.partition("?")
    return f"{kind}?…" if mark else part


def _named(kind: str, entries: tuple[Entry, ...], site: Site) -> Iterator[str]:
    for entry in entries:
        resource = _read(entry.source)
        if not isinstance(resource, dict) or resource.get("resourceType") != kind:
            continue
        target = own_reference(resource) if kind == "Patient" else target_of(child(resource, "subject"), site)
        if target and target.startswith("Patient/") and word(resource, "status") not in _NOT_SO:
            yield target


def _read(source: bytes) -> Any:
    try:
        return verbatim.read(source)
    except verbatim.NotJson:
        return None


def scope_choices(client: Client, capability: Capability, site: Site) -> Iterator[Choice]:
    """Tell `doctor` which patients are read, how many they are just now, and what hinders reading them alone.

    EhrUnavailable and EhrRefused are raised.
    """
    scope = site.scope
    if scope.is_everything:
        total = _count(client)
        many = "every patient that the server lets us see" + ("" if total is None else f"; it counts {total}")
        yield Choice(subject="scope", is_well=True, finding=many)
        return
    members = members_of(client, site)
    found = f"{scope.text}: {len(members.found)} patients just now"
    doubts = "; ".join((*members.problems, *members.notes))
    if doubts or not members.found:
        remedy = "Correct HOREHAB_SCOPE, or ask who keeps that list on the server. Nobody is dropped meanwhile."
        yield Choice(subject="scope", is_well=False, finding=f"{found}; {doubts}".rstrip("; "), remedy=remedy)
    else:
        yield Choice(subject="scope", is_well=True, finding=found)
    closed = [k for k in kinds_of(site) if capability.offers_reading(k) and parameter_for(capability, k) is None]
    if closed:
        is_well = not set(closed) & set(ESSENTIAL)
        words = f"the server searches {', '.join(closed)} neither by patient nor by subject: not read in this scope"
        remedy = "" if is_well else "Set HOREHAB_SCOPE=everything, or ask for the search parameter patient."
        yield Choice(subject="scope of kinds", is_well=is_well, finding=words, remedy=remedy)


def _count(client: Client) -> int | None:
    try:
        answer = client.get("Patient", {"_summary": "count"}, is_search=True)
        total = answer.resource().get("total") if answer.is_success else None
    except HorehabError:
        return None
    return total if isinstance(total, int) else None
