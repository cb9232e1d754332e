"""Which addresses lead back to a page of this server, so that a link cannot send a reader on to somebody else's."""

from urllib.parse import urlsplit

from werkzeug.urls import iri_to_uri

_FIRST_VISIBLE = "!"


def leads_back(wanted: str) -> bool:
    """Say whether an address is a path on this server, as a browser will read it once it was written out."""
    if "\\" in wanted or any(character < _FIRST_VISIBLE for character in wanted):
        return False
    if not wanted.startswith("/") or wanted.startswith("//"):
        return False
    parts = urlsplit(iri_to_uri(wanted))
    return not parts.scheme and not parts.netloc
