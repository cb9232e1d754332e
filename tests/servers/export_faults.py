"""Faults of a bulk export, as values for the proxy of faults.py: at its order, its status, its list and its files."""

import gzip
import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from horehab.sandbox.exporting import FILES, STATUS
from tests.servers.faults import Fault, FaultyProxy, Forward, Reply, Seen

Change = Callable[[bytes], bytes]


def preparing(times: int, *, retry_after: str | None = None, progress: str = "") -> Fault:
    """The copy is not ready yet, so many times."""
    said = {"Retry-After": retry_after, "X-Progress": progress or None}
    headers = {name: value for name, value in said.items() if value is not None}
    return Fault(strike=lambda *_: Reply(status=202, headers=headers), path=STATUS, methods=("GET",), times=times)


def manifest(change: Callable[[dict[str, Any]], None]) -> Fault:
    """The list of files says something else."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        reply = forward(seen)
        if reply.status != 200:  # OK
            return reply
        listed = json.loads(reply.body)
        change(listed)
        return replace(reply, body=json.dumps(listed).encode())

    return Fault(strike=strike, path=STATUS, methods=("GET",))


def file_body(change: Change, *, times: int = 0, path: str = FILES, **headers: str) -> Fault:
    """The files hold something else."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        reply = forward(seen)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(reply, body=change(reply.body), headers={**reply.headers, **named})

    return Fault(strike=strike, path=path, methods=("GET",), times=times)


def as_binary(text: bytes) -> bytes:
    """Wrap a text in a Binary resource, as HAPI does for who asks for JSON."""
    head = b'{"resourceType":"Binary","id":"b1","contentType":"application/fhir+ndjson","data":"'
    return head + b64encode(text) + b'"}'


def as_escaped_binary(text: bytes) -> bytes:
    """Wrap a text in a Binary whose base64 is escaped as some writers of JSON do."""
    head, data, end = as_binary(text).rpartition(b'"data":"')[0], b64encode(text), b'"}'
    return head + b'"data":"' + data.replace(b"/", b"\\/").replace(b"+", b"\\u002B").replace(b"=", b"\\u003d") + end


def wrapped(*, is_escaped: bool = False) -> Fault:
    """The files come as Binary resources with their text in base64, perhaps with each special sign escaped."""
    return file_body(as_escaped_binary if is_escaped else as_binary, Content_Type="application/fhir+json")


def zipped_on_the_way() -> Fault:
    """The files are packed for the journey."""
    return file_body(gzip.compress, Content_Encoding="gzip")


def zipped() -> Fault:
    """The files themselves are gzip, two one after the other."""
    return file_body(lambda body: gzip.compress(body[:500]) + gzip.compress(body[500:]))


def cut_file(after: int, *, times: int = 1) -> Fault:
    """The connection breaks after so many bytes of a file."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        reply = forward(seen)
        return replace(reply, sent=min(after, max(len(reply.body) - 1, 0)))

    return Fault(strike=strike, path=FILES, methods=("GET",), times=times)


def ranges() -> Fault:
    """The server knows how to send a file from a byte on."""

    def strike(seen: Seen, forward: Forward, _: FaultyProxy) -> Reply:
        reply = forward(seen)
        found = re.fullmatch(r"bytes=(\d+)-", seen.headers.get("range", ""))
        if found is None:
            return reply
        start, size = int(found.group(1)), len(reply.body)
        if start >= size:
            return Reply(status=416, headers={"Content-Range": f"bytes */{size}"})
        headers = {**reply.headers, "Content-Range": f"bytes {start}-{size - 1}/{size}"}
        return replace(reply, status=206, headers=headers, body=reply.body[start:])

    return Fault(strike=strike, path=FILES, methods=("GET",))


def files_sent_on(to: str, *, status: int = 302) -> Fault:
    """The files are elsewhere; `to` is the origin."""
    return Fault(
        strike=lambda seen, *_: Reply(status=status, headers={"Location": to + seen.path}),
        path=FILES,
        methods=("GET",),
    )


def files_at(origin: str, *, needs_token: bool) -> Fault:
    """The list says that the files lie at another origin."""

    def change(listed: dict[str, Any]) -> None:
        listed["requiresAccessToken"] = needs_token
        for file in listed["output"]:
            file["url"] = re.sub(r"^http://[^/]+", origin, file["url"])

    return manifest(change)
