"""One proxy with faults, to stand before any FHIR server: what goes wrong is a value, switched while it runs.

It forwards to a base URL, rewrites that origin in answers to its own, and writes down every request that it saw, also
those that reach its second origin (another port): so a test can say "no token was sent to another origin".
"""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

_OF_ONE_HOP = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "accept-encoding"}
)
_JSON = MappingProxyType({"Content-Type": "application/fhir+json"})
_UPSTREAM_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One request as it arrived; header names in lower case; `origin` is "server" or "elsewhere"."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""
    origin: str = "server"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer on its way back: cut after `sent` bytes of its body, or never sent when `is_lost`."""

    status: int
    headers: Mapping[str, str] = field(default_factory=lambda: _JSON)
    body: bytes = b""
    sent: int | None = None
    is_lost: bool = False


Forward = Callable[[Seen], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong, for requests of these methods whose path contains `path`, so many `times` (0: always)."""

    strike: Callable[[Seen, Forward, "FaultyProxy"], Reply]
    methods: tuple[str, ...] = ()
    path: str = ""
    times: int = 0

    def only(self, *methods: str, path: str = "", times: int = 0) -> "Fault":
        """Narrow it down: fault.only("PUT", path="/Condition", times=1)."""
        return replace(self, methods=methods, path=path, times=times)

    def meets(self, seen: Seen) -> bool:
        """Tell whether it strikes this request."""
        return seen.method in (self.methods or (seen.method,)) and self.path in seen.path


@dataclass(slots=True)
class FaultyProxy:
    """The running proxy: its base URL, the other origin, what it saw, and the faults that hold now."""

    upstream: str
    url: str = ""
    elsewhere: str = ""
    seen: list[Seen] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    _faults: list[Fault] = field(default_factory=list)
    _left: list[int] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def set(self, *faults: Fault) -> None:
        """Let exactly these faults hold from now on, the first one nearest to the client; none: all is well."""
        with self._lock:
            self._faults = list(faults)
            self._left = [fault.times or -1 for fault in faults]

    def requests(self, method: str = "", path: str = "", *, origin: str = "server") -> list[Seen]:
        """List what was seen, by method and a part of the path."""
        with self._lock:
            return [
                seen
                for seen in self.seen
                if seen.origin == origin and method in ("", seen.method) and path in seen.path
            ]

    def handle(self, seen: Seen) -> Reply:
        """Write a request down and answer it through the faults that hold."""
        with self._lock:
            self.seen.append(seen)
            if seen.origin == "elsewhere":
                return Reply(status=200, body=b'{"resourceType": "Bundle", "type": "searchset", "total": 0}')
            striking = []
            for place, fault in enumerate(self._faults):
                if self._left[place] != 0 and fault.meets(seen):
                    self._left[place] -= 1
                    striking.append(fault)
        return self._through(tuple(striking), seen)

    def _through(self, faults: tuple[Fault, ...], seen: Seen) -> Reply:
        if not faults:
            return self._forward(seen)
        return faults[0].strike(seen, lambda changed: self._through(faults[1:], changed), self)

    def _forward(self, seen: Seen) -> Reply:
        target = urlsplit(self.upstream)
        connection = HTTPConnection(target.netloc, timeout=_UPSTREAM_SECONDS)
        headers = {name: value for name, value in seen.headers.items() if name not in _OF_ONE_HOP}
        try:
            connection.request(seen.method, seen.path, body=seen.body or None, headers=headers)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        theirs, ours = _origin(self.upstream), _origin(self.url)
        kept = {
            name: value.replace(theirs, ours)
            for name, value in response.getheaders()
            if name.lower() not in _OF_ONE_HOP
        }
        return Reply(status=response.status, headers=kept, body=body.replace(theirs.encode(), ours.encode()))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def answers(status: int, *, retry_after: str = "") -> Fault:
    """The server answers 500, 503, 429 ..., perhaps with Retry-After, and does nothing."""
    headers = {**_JSON, **({"Retry-After": retry_after} if retry_after else {})}
    body = json.dumps({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "transient"}]})
    return Fault(strike=lambda *_: Reply(status=status, headers=headers, body=body.encode()))


def cut_mid_body() -> Fault:
    """The connection breaks in the middle of the answer."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        reply = forward(seen)
        return replace(reply, sent=len(reply.body) // 2)

    return Fault(strike=strike)


def lost_answer() -> Fault:
    """The server did it, but the answer never arrives."""
    return Fault(strike=lambda seen, forward, _: replace(forward(seen), is_lost=True))


def slow(seconds: float) -> Fault:
    """The server did it, but the answer comes late; ends at once when the proxy closes."""

    def strike(seen: Seen, forward: Forward, proxy: FaultyProxy) -> Reply:
        reply = forward(seen)
        proxy.closing.wait(seconds)
        return reply

    return Fault(strike=strike)


def html() -> Fault:
    """A page for people instead of JSON, with status 200: a sign-in page or a proxy's."""
    page = b"<!DOCTYPE html><html><body><h1>Please sign in</h1></body></html>"
    return Fault(strike=lambda *_: Reply(status=200, headers={"Content-Type": "text/html"}, body=page))


def outcome_as_body() -> Fault:
    """Status 200, but the body is an OperationOutcome that says it failed."""
    issue = {"severity": "error", "code": "processing", "diagnostics": "The record may be incomplete."}
    body = json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode()
    return Fault(strike=lambda *_: Reply(status=200, body=body))


def truncated_json() -> Fault:
    """JSON that ends in the middle, with a Content-Length that fits it."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        reply = forward(seen)
        return replace(reply, body=reply.body[: len(reply.body) // 2])

    return Fault(strike=strike)


def _with_next(change: Callable[[str, Seen, FaultyProxy], str]) -> Fault:
    def strike(seen: Seen, forward: Forward, proxy: FaultyProxy) -> Reply:
        reply = forward(seen)
        bundle: dict[str, Any] = json.loads(reply.body)
        for link in bundle.get("link", ()):
            if link["relation"] == "next":
                link["url"] = change(link["url"], seen, proxy)
        return replace(reply, body=json.dumps(bundle).encode())

    return Fault(strike=strike, methods=("GET",))


def next_link_elsewhere() -> Fault:
    """The next page lies on another origin."""
    return _with_next(lambda url, _, proxy: url.replace(_origin(proxy.url), proxy.elsewhere))


def next_link_loop() -> Fault:
    """The next page is this page again, for ever."""
    return _with_next(lambda _, seen, proxy: _origin(proxy.url) + seen.path)


def expired_page() -> Fault:
    """Every page after the first has expired."""
    return answers(410).only("GET", path="_getpages=")


def redirect_elsewhere(status: int = 307) -> Fault:
    """A redirect to another origin."""

    def strike(seen: Seen, _: Forward, proxy: FaultyProxy) -> Reply:
        return Reply(status=status, headers={"Location": proxy.elsewhere + seen.path})

    return Fault(strike=strike)


def ignored_header(name: str) -> Fault:
    """The server does as if it had not read a header: If-Match, If-None-Match, If-None-Exist."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        kept = {header: value for header, value in seen.headers.items() if header != name.lower()}
        return forward(replace(seen, headers=kept))

    return Fault(strike=strike)


def ignored_parameter(name: str) -> Fault:
    """Search does as if it had not read a parameter: the self link does not name it, everybody's data come."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        path, _mark, query = seen.path.partition("?")
        kept = urlencode([(key, value) for key, value in parse_qsl(query) if key.partition(":")[0] != name])
        return forward(replace(seen, path=f"{path}?{kept}" if kept else path))

    return Fault(strike=strike, methods=("GET",))


def stale_search(*, honours_no_cache: bool = True) -> Fault:
    """Equal searches are answered out of a cache, unless the request says no-cache (and the server honours it)."""
    cache: dict[str, Reply] = {}

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        is_fresh = honours_no_cache and "no-cache" in seen.headers.get("cache-control", "")
        if is_fresh or seen.path not in cache:
            cache[seen.path] = forward(seen)
        return cache[seen.path]

    return Fault(strike=strike, methods=("GET",), path="?")


def oversize(size: int) -> Fault:
    """The answer is at least that many bytes long: correct JSON, blown up."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        reply = forward(seen)
        return replace(reply, body=reply.body + b" " * size)

    return Fault(strike=strike)


def twice() -> Fault:
    """A request is delivered twice; the client hears of the second only."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        forward(seen)
        return forward(seen)

    return Fault(strike=strike, methods=("POST", "PUT"))
