"""Pictures set into a PDF, as lines and letters, where its pages kept room for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import cast

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, IndirectObject, NameObject, StreamObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where a picture goes: its page, counted from 0, and its left and upper edge and width, in points."""

    page: int
    left: float
    top: float
    width: float


def with_pictures(document: bytes, pictures: Iterable[tuple[Frame, bytes]]) -> bytes:
    """Set pictures, each a PDF of one page, into a document; the same bytes for the same content."""
    writer = PdfWriter(clone_from=BytesIO(document))
    for number, (frame, picture) in enumerate(pictures, start=1):
        page, drawn = writer.pages[frame.page], PdfReader(BytesIO(picture)).pages[0]
        name = f"/Picture{number}"
        shared = cast("DictionaryObject", page["/Resources"]).setdefault(NameObject("/XObject"), DictionaryObject())
        shared[NameObject(name)] = _form(drawn).clone(writer)
        _draw(page, f"{_to_fit(drawn, page, frame)} cm {name} Do")
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def _form(picture: PageObject) -> IndirectObject:
    """Make of what a page draws something that another page can draw."""
    content = cast("IndirectObject", picture.raw_get("/Contents"))
    cast("DictionaryObject", content.get_object()).update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): picture.mediabox,
            NameObject("/Resources"): _in_order(cast("DictionaryObject", picture["/Resources"])),
        }
    )
    return content


def _in_order(resources: DictionaryObject) -> DictionaryObject:
    """Put the names of what is drawn with in order: vl-convert gives them in another one each time."""
    return DictionaryObject(
        (kind, DictionaryObject(sorted(named.items())) if isinstance(named, DictionaryObject) else named)
        for kind, named in sorted(resources.items())
    )


def _to_fit(picture: PageObject, page: PageObject, frame: Frame) -> str:
    """Say how a picture is scaled and moved: a PDF counts upwards from the lower edge of the page."""
    scale = frame.width / float(picture.mediabox.width)
    bottom = float(page.mediabox.height) - frame.top - scale * float(picture.mediabox.height)
    return f"{scale:.5f} 0 0 {scale:.5f} {frame.left:.3f} {bottom:.3f}"


def _draw(page: PageObject, order: str) -> None:
    """Draw something more on a page, after all that is on it, whatever was scaled or moved for that."""
    content = cast("StreamObject", page["/Contents"])
    content.set_data(b"q\n" + content.get_data() + f"\nQ\nq {order} Q\n".encode())
