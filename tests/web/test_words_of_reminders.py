"""Why a reminder is due and what became of it is said in the reader's language, wherever the house says it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from horehab.web.language import RECORDED
from horehab.web.recorded import in_own_words
from tests.web.catalogues import ROOT, _template, collected, others
from tests.web.conftest import Ward

_SAYING = {"Receipt", "Outcome", "Route", "_waits", "cancelled", "cancel_for"}
"""What makes known what becomes of a reminder; the words that it is given reach a page."""
_FOLDERS = ("horehab/domain", "horehab/usecases", "horehab/store", "scheduler")


_NOT_ALL = (
    "Of the sessions planned from 2026-03-02 to 2026-03-08 (3), not all are logged: log them, or say that they were "
    "missed."
)


def _said() -> Iterator[tuple[Path, str]]:
    for file in (file for folder in _FOLDERS for file in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in _SAYING:
                parts = [*node.args, *(word.value for word in node.keywords)]
                yield from ((file, words) for part in parts if " " in (words := _template(part)))


def test_each_word_that_is_given_for_what_became_of_a_reminder_is_in_the_catalogues() -> None:
    """One that is new stands in a module that tests/web/catalogues.py does not read: add it there."""
    known = {message.id for message in collected() if message.context == RECORDED}
    found = list(_said())
    assert len(found) > 20
    assert [(file.name, words) for file, words in found if words not in known] == []


@pytest.mark.parametrize("language", others())
@pytest.mark.parametrize(
    "words",
    [
        "An appointment is booked for 2026-03-31 10:00.",
        "The appointment of 2026-03-31 was missed, and no other is booked.",
        "The session planned for 2026-03-31 is not logged: log it, or say that it was missed.",
        _NOT_ALL,
        "Planned sessions were not done since 2026-03-31: 2. Plan the next one.",
        "the order ended or was changed",
        "acknowledged in the EHR by Dr Sanz on 2026-03-31",
        "the gateway answered 503 (the answer came late)",
        "the mail server does not take the letter now (450)",
    ],
)
def test_the_sentences_of_planned_sessions_and_of_what_became_of_them_are_said_anew(
    ward: Ward, language: str, words: str
) -> None:
    with ward.app.test_request_context(headers={"Accept-Language": language}):
        said = in_own_words(words)
    assert said is not None
    for english in ("appointment", "session", "planned", "gateway", "answer", "order", "letter", "acknowledged"):
        assert english not in said.split()
