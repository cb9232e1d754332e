"""Our public keys, for the EHR's authorization server: what it checks our signature with, and nothing else."""

from typing import Any

from flask import Blueprint, abort, jsonify, request

from horehab.errors import HorehabError
from horehab.web.access import allow_everyone
from horehab.web.room import NAME, room

ENDPOINT = f"{NAME}.jwks"
_MAX_AGE = 300
"""Seconds for which a copy may be kept: how long a new key may stay unknown to who keeps one."""


def add_to(pages: Blueprint) -> None:
    """Add the address that is given to the EHR when it registers us."""
    pages.add_url_rule("/.well-known/jwks.json", "jwks", jwks)


@allow_everyone
def jwks() -> Any:
    """Answer the public halves of the keys in HOREHAB_CLIENT_KEYS; 404 where none is set, 503 for a bad file."""
    read = room().options.public_keys
    if read is None:
        abort(404)
    try:
        answer = jsonify(read())
    except HorehabError as error:
        return jsonify(code=error.code), 503, {"Cache-Control": "no-store"}
    answer.headers["Cache-Control"] = f"public, max-age={_MAX_AGE}"
    answer.add_etag()
    return answer.make_conditional(request)
