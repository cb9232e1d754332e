"""Sentences for whoever looks after the machine: what went wrong, without the ids of patients and entries."""

import re

_REFERENCE = re.compile(r"\b([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}")


def without_ids(words: str) -> str:
    """Say the same without ids: "Patient/7 cannot be read" becomes "Patient/… cannot be read"."""
    return _REFERENCE.sub(r"\1/…", words)
