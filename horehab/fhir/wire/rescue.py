"""Cuts the entries out of a Bundle that cannot be read whole, so that one broken entry costs none of the others."""

import re

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
_IN_THE_LIST = 2
"""How many brackets are open there: the Bundle's, then its list's."""


def cut_entries(body: bytes) -> tuple[bytes, list[bytes]] | None:
    """Give the Bundle without its entries, and each entry as it was sent; None when the entries do not end.

    Looks at brackets and strings alone, so that a wrong number, a bad escape or a bottomless nesting inside
    one entry does not matter here.
    """
    depth, key = 0, b""
    begin = piece = -1
    pieces: list[bytes] = []
    for match in _TOKEN.finditer(body):
        token = match.group()
        is_inside = begin >= 0 and depth == _IN_THE_LIST
        if token[:1] == b'"':
            key = token if depth == 1 else key
        elif token in b"[{":
            depth += 1
            if begin < 0 and (token, depth, key) == (b"[", _IN_THE_LIST, b'"entry"'):
                begin = piece = match.end()
        elif token == b",":
            if is_inside:
                pieces.append(body[piece : match.start()].strip())
                piece = match.end()
        elif is_inside:
            pieces.append(body[piece : match.start()].strip())
            return body[:begin] + body[match.start() :], [each for each in pieces if each]
        else:
            depth -= 1
    return None
