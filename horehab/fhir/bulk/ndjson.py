"""Lines out of a file that comes in pieces: plain, gzipped or wrapped in a Binary; it is never whole in memory."""

import re
import zlib
from binascii import Error as NotBase64
from binascii import a2b_base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_GZIP = b"\x1f\x8b"
_BOM = b"\xef\xbb\xbf"
_HEAD = 65_536
"""Bytes of a file that are looked at to see what it is; the data of a Binary begin within them."""

_BINARY = re.compile(rb'\s*\{[^{}\[\]]*"resourceType"\s*:\s*"Binary"')
_DATA = re.compile(rb'"data"\s*:\s*"')
_ESCAPED = re.compile(rb"\\u00(2[bBfF]|3[dD])")
_NO_BASE64 = re.compile(rb"\\[nrt]|[\\\s]")
_LONGEST_ESCAPE = 5
"""Bytes of an escape such as \\u002B that may be missing when a piece ends in its middle."""

_PAGE = re.compile(rb"\s*<")


class NotAFile(Exception):
    """What came is no file of a chart; the words say what it is, without quoting it."""


class CutOff(Exception):
    """The packing ends before its end: the rest did not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line without its end; `size` bytes with it. `is_whole` when its end came; too large ones have no text."""

    text: bytes
    size: int
    is_whole: bool = True
    is_too_large: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """The text of a file in pieces; `is_plain` when it came unpacked, so that its bytes are those of the file."""

    pieces: Iterator[bytes]
    is_plain: bool


def unpacked(pieces: Iterable[bytes]) -> Unpacked:
    """Take a file out of gzip or a Binary; NotAFile for anything else. While it is read: NotAFile, CutOff."""
    coming = iter(pieces)
    head = _head(coming)
    is_zipped = head.startswith(_GZIP)
    if is_zipped:
        coming = _gunzipped(head, coming)
        head = _head(coming)
    text = head.removeprefix(_BOM)
    if _PAGE.match(text):
        raise NotAFile("a web page")
    if _BINARY.match(text) and _DATA.search(text):
        return Unpacked(pieces=_unwrapped(text, coming), is_plain=False)
    return Unpacked(pieces=_chained(head, coming), is_plain=not is_zipped)


def lines(pieces: Iterable[bytes], *, longest: int) -> Iterator[Line]:
    """Cut a text into lines; what is longer than `longest` bytes is passed over, and said so."""
    rest = bytearray()
    dropped = 0
    for piece in pieces:
        *ended, tail = piece.split(b"\n")
        for text in ended:
            rest += text
            yield _line(bytes(rest), dropped, end=1, longest=longest)
            rest.clear()
            dropped = 0
        rest += tail
        if len(rest) > longest:
            dropped += len(rest)
            rest.clear()
    if rest or dropped:
        yield _line(bytes(rest), dropped, end=0, longest=longest)


def _line(text: bytes, dropped: int, *, end: int, longest: int) -> Line:
    size = dropped + len(text) + end
    if dropped or len(text) > longest:
        return Line(text=b"", size=size, is_whole=bool(end), is_too_large=True)
    return Line(text=text.strip(), size=size, is_whole=bool(end))


def _head(coming: Iterator[bytes]) -> bytes:
    head = bytearray()
    for piece in coming:
        head += piece
        if len(head) >= _HEAD:
            break
    return bytes(head)


def _gunzipped(head: bytes, coming: Iterator[bytes]) -> Iterator[bytes]:
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for piece in _chained(head, coming):
            left = piece
            while left:
                if unzip.eof:  # several gzip files one after the other are one
                    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
                yield unzip.decompress(left, _HEAD)  # in portions: a small file cannot swell up and fill the memory
                left = unzip.unconsumed_tail or unzip.unused_data
    except zlib.error as error:
        raise NotAFile("broken gzip") from error
    if not unzip.eof:
        raise CutOff


def _unwrapped(head: bytes, coming: Iterator[bytes]) -> Iterator[bytes]:
    """Decode the data of a Binary as they come, up to the quote that ends them."""
    found = _DATA.search(head)
    assert found is not None  # it was looked for
    left = b""
    for piece in _chained(head[found.end() :], coming):
        text, quote, _ = (left + piece).partition(b'"')
        escape = text.rfind(b"\\", -_LONGEST_ESCAPE)
        cut = escape if escape >= 0 and not quote else len(text)
        clean = _NO_BASE64.sub(b"", _ESCAPED.sub(_plain, text[:cut]))
        usable = len(clean) if quote else len(clean) // 4 * 4
        left = clean[usable:] + text[cut:]
        try:
            yield a2b_base64(clean[:usable], strict_mode=True)
        except NotBase64 as error:
            raise NotAFile("a Binary whose data are no base64") from error
        if quote:
            return
    raise CutOff


def _plain(escaped: re.Match[bytes]) -> bytes:
    return bytes.fromhex(escaped.group(1).decode())


def _chained(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest
