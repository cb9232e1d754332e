"""Lines come out of a file the same, however it is packed and however the network cuts it up."""

import gzip
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from horehab.fhir.bulk.ndjson import CutOff, Line, NotAFile, lines, unpacked
from tests.servers.export_faults import as_binary, as_escaped_binary

Pack = Callable[[bytes], bytes]

PACKINGS: dict[str, Pack] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "two gzips": lambda text: gzip.compress(text[:7]) + gzip.compress(text[7:]),
    "Binary": as_binary,
    "escaped Binary": as_escaped_binary,
    "gzip of a Binary": lambda text: gzip.compress(as_binary(text)),
    "Binary on several lines": lambda text: as_binary(text).replace(b'"id"', b'\n "id"'),
}
LINES = st.lists(st.binary(max_size=60).map(lambda text: b"{" + text.replace(b"\n", b"") + b"}"), max_size=9)


def pieces(text: bytes, size: int) -> Iterator[bytes]:
    return (text[start : start + size] for start in range(0, len(text), size))


@pytest.mark.parametrize("pack", PACKINGS.values(), ids=PACKINGS.keys())
@given(written=LINES, size=st.integers(1, 200), has_end=st.booleans())
def test_lines_come_as_they_were_written(pack: Pack, written: list[bytes], size: int, *, has_end: bool) -> None:
    text = b"\n".join(written) + (b"\n" if has_end and written else b"")
    found = list(lines(unpacked(pieces(pack(text), size)).pieces, longest=1_000))
    assert [line.text for line in found] == [line.strip() for line in written]
    assert sum(line.size for line in found) == len(text)
    assert [line.is_whole for line in found][:-1] == [True] * (len(found) - 1 if found else 0)
    assert not found or found[-1].is_whole == has_end


@given(before=st.integers(0, 30), size=st.integers(1, 30), longest=st.integers(1, 20), after=st.integers(0, 30))
def test_a_line_that_is_too_long_takes_no_memory_and_harms_no_other(
    before: int, size: int, longest: int, after: int
) -> None:
    written = [b"a" * before, b"b" * after, b"c"]
    found = list(lines(pieces(b"\n".join(written), size), longest=longest))
    expected = [
        Line(text=b"", size=len(text) + end, is_whole=bool(end), is_too_large=True)
        if len(text) > longest
        else Line(text=text, size=len(text) + end, is_whole=bool(end))
        for text, end in zip(written, (1, 1, 0), strict=True)
    ]
    assert found == expected


@pytest.mark.parametrize("pack", [gzip.compress, as_binary], ids=["gzip", "Binary"])
@pytest.mark.parametrize("missing", [1, 9, 40])
def test_packing_that_ends_too_early_is_noticed(pack: Pack, missing: int) -> None:
    packed = pack(b'{"resourceType": "Patient"}\n' * 50)[:-missing]
    if pack is as_binary and missing == 1:
        packed = packed[:-1]  # the data end with the quote, not with the brace after it
    with pytest.raises(CutOff):
        list(unpacked(pieces(packed, 30)).pieces)


@pytest.mark.parametrize("text", [b"<html>", b"\xef\xbb\xbf  <!DOCTYPE html>", gzip.compress(b"<html>", mtime=0)])
def test_a_web_page_is_no_file(text: bytes) -> None:
    with pytest.raises(NotAFile, match="web page"):
        unpacked([text])


@pytest.mark.parametrize("text", [b"\x1f\x8b12345678", as_binary(b"x")[:-6] + b'*"}'])
def test_broken_packing_is_said(text: bytes) -> None:
    with pytest.raises(NotAFile):
        list(unpacked([text]).pieces)


def test_a_resource_that_holds_a_binary_is_no_binary() -> None:
    text = b'{"resourceType":"DocumentReference","contained":[{"resourceType":"Binary","data":"QUJD"}]}\n'
    assert b"".join(unpacked([text]).pieces) == text


def test_nothing_is_an_empty_file() -> None:
    assert list(lines(unpacked([]).pieces, longest=9)) == []


def test_a_small_file_cannot_fill_the_memory() -> None:
    """A gzip of 30 MB of zeros: pieces of at most 64 kB come out of it."""
    largest, total = 0, 0
    for piece in unpacked(pieces(gzip.compress(b"0" * 30_000_000), 65_536)).pieces:
        largest, total = max(largest, len(piece)), total + len(piece)
    assert total == 30_000_000
    assert largest <= 131_072
