"""JSON as the server sent it: read for understanding, or edited with every number kept as it was written."""

from decimal import Decimal
from typing import Any

import msgspec

DEPTH_LIMIT = 64
"""How deeply a resource may be nested before it is set aside (fhir.md, section 1)."""

_READER = msgspec.json.Decoder()
_KEEPER = msgspec.json.Decoder(float_hook=Decimal)
_WRITER = msgspec.json.Encoder(decimal_format="number")
_BOM = b"\xef\xbb\xbf"


class NotJson(ValueError):
    """The bytes are no JSON, are cut off, or are nested too deeply; the text says which, without quoting them."""


def read(body: bytes) -> Any:
    """Read JSON into plain values; NotJson."""
    return _decode(_READER, body)


def keep(body: bytes) -> Any:
    """Read JSON for editing: 85.10 stays 85.10 when it is written again; NotJson."""
    return _decode(_KEEPER, body)


def write(resource: Any) -> bytes:
    """Write JSON; numbers that were kept are written as they came."""
    return _WRITER.encode(resource)


def _decode(decoder: msgspec.json.Decoder[Any], body: bytes) -> Any:
    try:
        tree = decoder.decode(body.removeprefix(_BOM))
    except RecursionError as error:
        raise NotJson(f"nested deeper than {DEPTH_LIMIT} levels") from error
    except UnicodeDecodeError as error:
        raise NotJson("not UTF-8 text") from error
    except msgspec.DecodeError as error:
        raise NotJson("cut off" if "truncated" in str(error) else "no valid JSON") from error
    if body.count(b"{") + body.count(b"[") > DEPTH_LIMIT and _is_too_deep(tree):
        raise NotJson(f"nested deeper than {DEPTH_LIMIT} levels")
    return tree


def _is_too_deep(tree: Any) -> bool:
    level = [tree]
    for _ in range(DEPTH_LIMIT):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: Any) -> list[Any]:
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [child for child in inner if isinstance(child, dict | list)]
