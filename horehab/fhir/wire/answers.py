"""What a server answers: status, version and body; and its reasons for refusing, without patient data."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from horehab.errors import NotAFhirServer
from horehab.fhir.basis import verbatim

_VERSION_TAG = re.compile(r'^(?:W/)?"([^"]+)"$')
_VERSION_PATH = re.compile(r"/_history/([A-Za-z0-9.\-]{1,64})/?$")
_ID_PATH = re.compile(r"/([A-Za-z0-9.\-]{1,64})(?:/_history/[^/]*)?/?$")
_WORD = re.compile(r"[a-z]+|HAPI-\d+|[A-Z][A-Za-z]+(?:\.[a-z][A-Za-z]*(?:\[\w+\])?)+")
_LONGEST_REASON = 240
SENDS_ON = (
    HTTPStatus.MOVED_PERMANENTLY,
    HTTPStatus.FOUND,
    HTTPStatus.SEE_OTHER,
    HTTPStatus.TEMPORARY_REDIRECT,
    HTTPStatus.PERMANENT_REDIRECT,
)
"""What a server says that names another address to ask at."""

_REMEDY = "Check HOREHAB_FHIR_URL: it must be the base of a FHIR R4 server, as in https://ehr.example/fhir."


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of the server; `headers` have lower-case names; the body never shows in its printed form."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)

    @property
    def is_gone(self) -> bool:
        """Whether the server says that there is nothing (404), or nothing any more (410)."""
        return self.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES

    @property
    def version(self) -> str | None:
        """The version that the answer is about, from ETag, Location or the body; None when it does not say."""
        tag = _VERSION_TAG.match(self.headers.get("etag", "").strip())
        if tag:
            return tag.group(1)
        for name in ("content-location", "location"):
            place = _VERSION_PATH.search(self.headers.get(name, ""))
            if place:
                return place.group(1)
        return version_of(_read_or_none(self.body))

    @property
    def new_id(self) -> str | None:
        """The id that the server gave to what was created."""
        place = _ID_PATH.search(self.headers.get("location", ""))
        if place:
            return place.group(1)
        body = _read_or_none(self.body)
        return str(body["id"]) if isinstance(body, dict) and "id" in body else None

    def resource(self, *, keep_numbers: bool = False) -> dict[str, Any]:
        """Read the body as a resource; NotAFhirServer when it is HTML, cut off, or no resource."""
        try:
            tree = verbatim.keep(self.body) if keep_numbers else verbatim.read(self.body)
        except verbatim.NotJson as error:
            raise NotAFhirServer(f"The server answered {self._kind()} ({error}).", remedy=_REMEDY) from error
        if not isinstance(tree, dict) or not isinstance(tree.get("resourceType"), str):
            raise NotAFhirServer("The server answered JSON that is no FHIR resource.", remedy=_REMEDY)
        return tree

    def reason(self) -> str:
        """Say why the server refused, as far as that can be said without patient data."""
        return f"status {self.status}" + "".join(f"; {issue}" for issue in issues(_read_or_none(self.body)))

    def _kind(self) -> str:
        start = self.body[:200].lstrip().lower()
        return "a web page" if start.startswith((b"<!doctype html", b"<html")) else "something that is no FHIR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """An answer whose body comes in pieces; `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    pieces: Iterator[bytes] = field(repr=False)


def version_of(resource: Any) -> str | None:
    """Tell the version id inside a resource; None when it has none."""
    meta = resource.get("meta") if isinstance(resource, dict) else None
    version = meta.get("versionId") if isinstance(meta, dict) else None
    return version if isinstance(version, str) and version else None


def issues(outcome: Any) -> list[str]:
    """List what an OperationOutcome says: severity, code, place and plain words; names and values left out."""
    if not isinstance(outcome, dict) or outcome.get("resourceType") != "OperationOutcome":
        return []
    found = outcome.get("issue")
    return [_issue(issue) for issue in found[:5] if isinstance(issue, dict)] if isinstance(found, list) else []


def is_incomplete(outcome: Mapping[str, Any]) -> bool:
    """Tell whether an OperationOutcome means that something was not sent: error, fatal, or code incomplete."""
    found = outcome.get("issue")
    listed = [issue for issue in found if isinstance(issue, dict)] if isinstance(found, list) else []
    return any(i.get("severity") in ("error", "fatal") or i.get("code") == "incomplete" for i in listed)


def _issue(issue: Mapping[str, Any]) -> str:
    places = issue.get("expression") or issue.get("location")
    place = f" at {places[0]}" if isinstance(places, list) and places and isinstance(places[0], str) else ""
    head = f"{_plain(issue.get('severity'))} {_plain(issue.get('code'))}{_plain(place)}".strip()
    words = _plain(issue.get("diagnostics"))
    return f"{head}: {words}" if words else head


def _plain(text: Any) -> str:
    """Keep lower-case words, element paths and error numbers: everything else could be about a patient."""
    if not isinstance(text, str):
        return ""
    unquoted = re.sub(r"\"[^\"]*\"|'[^']*'", "…", text)
    kept = [word if _WORD.fullmatch(word.strip(".,:;()")) else "…" for word in unquoted.split()[:60]]
    shown = re.sub(r"(?:… ?)+", "… ", " ".join(kept)).strip()
    return (" " if text.startswith(" ") else "") + shown[:_LONGEST_REASON]


def _read_or_none(body: bytes) -> Any:
    try:
        return verbatim.read(body)
    except verbatim.NotJson:
        return None
