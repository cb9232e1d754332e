"""How a patient is named in addresses, found by a search, and placed in an order of names."""

import re
import unicodedata
from hashlib import sha256

from horehab.domain.record import Patient
from horehab.store.payloads import plain

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 12
_LONGEST = 150
"""So many characters of a name count for its place, and so many of a word for a search: an index takes no more."""


def address_key(installation: str, reference: str) -> str:
    """Name a patient for the addresses of pages: 20 hex digits that tell nothing about the patient."""
    return sha256(f"{installation}|{reference}".encode("utf-8", "replace")).hexdigest()[:20]


def sort_name(identity: Patient | None) -> str:
    """Give the name as it is put in order: small letters without accents; nameless patients come last."""
    return folded((identity and identity.name) or "")[:_LONGEST] or "~"


def search_words(identity: Patient | None) -> frozenset[str]:
    """List the words by whose beginning a patient is found: of the name and of the record number."""
    if identity is None:
        return frozenset()
    words = _words(identity.name or "")
    number = folded(identity.record_number or "")
    return frozenset((*words, *_words(number), *((number[:_LONGEST],) if number else ())))


def wanted_words(text: str) -> tuple[str, ...]:
    """Split what was typed into the search field into the beginnings of words."""
    return _words(text)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word[:_LONGEST] for word in _WORD.findall(folded(text))[:_MOST_WORDS])


def folded(text: str) -> str:
    """Write a text in small letters without accents: "Núñez" is found by "nunez"."""
    parts = unicodedata.normalize("NFKD", plain(text))
    return "".join(c for c in parts if not unicodedata.combining(c)).casefold().strip()
