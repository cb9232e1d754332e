"""Bundles as they come: each entry kept as it was sent, `next` followed on the server's own ground alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from horehab.errors import NotAFhirServer
from horehab.fhir.wire.answers import Answer, issues
from horehab.fhir.wire.bundles import Entry, open_any, open_plain
from horehab.fhir.wire.client import Client

__all__ = ["Entry", "Obeyed", "Page", "PageExpired", "SearchRefused", "walk"]


class PageExpired(Exception):
    """The server no longer knows the page that its own link named (404, 410): the pass must start again."""


class SearchRefused(Exception):
    """The server does not take a search as it was asked (4xx); the text is its reason, without patient data."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.reason())
        self.status = answer.status


Obeyed = Mapping[str, frozenset[str]]
"""Parameters of a self link without their modifiers, each with all its values, parted at commas."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a Bundle. `served` is the server's time of it, `obeyed` the parameters that it says it obeyed.

    `obeyed` is None when the page has no self link. `notes` are what the server says of its record as a whole.
    """

    entries: tuple[Entry, ...] = ()
    total: int | None = None
    served: str | None = None
    date: str | None = None
    obeyed: Obeyed | None = None
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_last: bool = False

    @property
    def asked(self) -> frozenset[str] | None:
        """The names of the parameters that the server says it obeyed."""
        return None if self.obeyed is None else frozenset(self.obeyed)


def walk(client: Client, path: str, params: Mapping[str, str]) -> Iterator[Page]:
    """Read page after page; a fault that ends the walk is the last page's problem.

    Raises PageExpired, SearchRefused (the first page only), EhrUnavailable and EhrRefused.
    """
    url: str = f"{client.connection.base}/{path}"
    way = _Way()
    answer = client.get(path, params, is_search=True)
    if not answer.is_success:
        raise SearchRefused(answer)
    for number in range(1, client.connection.max_pages + 1):
        page, next_url = _read(answer, number)
        if next_url is None:
            yield page
            return
        url = urljoin(url, next_url)
        problem = _why_not(client, url, way) or way.why_no_further(page)
        yield _with(page, problem)
        if problem:
            return
        way.followed.add(url)
        answer = client.get(url, is_search=True)
        if answer.is_gone:
            raise PageExpired
        if not answer.is_success:
            yield Page(problems=(f"page {number + 1}: {answer.reason()}",), is_last=True)
            return
    yield Page(problems=(f"more than {client.connection.max_pages} pages; the rest was not read",), is_last=True)


@dataclass(slots=True, kw_only=True)
class _Way:
    """Where a walk has been: the links that it followed, and how often the same page came under another link."""

    followed: set[str] = field(default_factory=set)
    last: tuple[Entry, ...] | None = None
    repeats: int = 0

    def why_no_further(self, page: Page) -> str:
        """Say why a server that always names another page is not believed; "" as long as it is."""
        self.repeats = self.repeats + 1 if page.entries == self.last else 0
        self.last = page.entries
        return _ENDLESS if self.repeats >= (_SAME_PAGES if page.entries else _EMPTY_PAGES) else ""


_SAME_PAGES = 4
_EMPTY_PAGES = 100  # a server that hides what we may not see sends empty pages between others
_ENDLESS = "the server's pages go in circles"


def _why_not(client: Client, url: str, way: _Way) -> str:
    if not client.is_same_origin(url):
        return "the link to the next page leads to another server and was not followed; check HOREHAB_FHIR_URL"
    if url in way.followed:
        return "the links to the next page go in circles"
    return ""


def _with(page: Page, problem: str) -> Page:
    if not problem:
        return page
    return replace(page, problems=(*page.problems, problem), is_last=True)


def _read(answer: Answer, number: int) -> tuple[Page, str | None]:
    """Read one page and the link to the next; a page that cannot be read is a page with a problem."""
    body = answer.body.removeprefix(b"\xef\xbb\xbf")
    opened = open_plain(body) or open_any(body)
    if opened is None or opened[0].resource_type != "Bundle":
        return _broken(answer, number), None
    bundle, entries, said = opened
    links = _links(bundle.link)
    meta = bundle.meta if isinstance(bundle.meta, dict) else {}
    page = Page(
        entries=entries,
        total=bundle.total if isinstance(bundle.total, int) else None,
        served=meta.get("lastUpdated") if isinstance(meta.get("lastUpdated"), str) else None,
        date=answer.headers.get("date"),
        obeyed=_obeyed(links["self"]) if "self" in links else None,
        problems=tuple(f"page {number}: {each.problem}" for each in said if each.problem),
        notes=tuple(each.note for each in said if each.note),
        is_last="next" not in links,
    )
    return page, links.get("next")


def _broken(answer: Answer, number: int) -> Page:
    try:
        resource = answer.resource()
    except NotAFhirServer as error:
        return Page(problems=(f"page {number}: {error.message}",), is_last=True)
    words = "; ".join(issues(resource)) or "no Bundle"
    problem = f"page {number}: the server answered a {resource['resourceType'][:40]} ({words})"
    return Page(problems=(problem,), is_last=True)


def _links(value: Any) -> dict[str, str]:
    listed = [link for link in value if isinstance(link, dict)] if isinstance(value, list) else []
    return {str(link.get("relation")): link["url"] for link in listed if isinstance(link.get("url"), str)}


def _obeyed(url: str) -> Obeyed:
    found: dict[str, frozenset[str]] = {}
    for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        bare = name.partition(":")[0]
        found[bare] = found.get(bare, frozenset()) | frozenset(value.split(","))
    return found
