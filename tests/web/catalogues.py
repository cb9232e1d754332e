"""Makes the catalogues of the pages anew: collects what is said, keeps what was translated, compiles.

Run by `make translations`, or `python -m tests.web.catalogues`. A translator then fills in the empty `msgstr` of
horehab/web/translations/*/LC_MESSAGES/horehab.po and runs it again.
"""

import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import TypeGuard

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from horehab.detection.grounds import _COURSES, HANDS
from horehab.domain.exposure import BackgroundKind, ExposureKind
from horehab.domain.follow_up import GENTLE
from horehab.domain.input_quality import InputKind
from horehab.domain.joints import Joint, JointSide, Motion, Side
from horehab.domain.laboratory import Analyte
from horehab.domain.range_of_motion import Mode
from horehab.domain.record import ChartedStatus
from horehab.domain.reminder import ReminderState
from horehab.domain.session import SessionKind
from horehab.domain.signs import PainOccasion
from horehab.domain.wording import DIFFERENTIALS, OPTIONS, STRENGTHS, TEMPLATES
from horehab.fhir.basis.quarantine import CODES
from horehab.usecases.audit_trail import REFUSED
from horehab.web.language import LANGUAGES, RECORDED, RECORDED_IN, TRANSLATIONS
from horehab.web.options import Role
from horehab.web.session_page import MOBILITY_LEVELS
from horehab.web.words import _SOURCES, _SPOKEN

ROOT = Path(__file__).parents[2]
DOMAIN = "horehab"
_WEB = [("templates/**.html", "jinja2")]
_SAYING = {"_": 1, "gettext": 1, "phrase": 1, "ngettext": 2, "count": 2}
"""How many English sentences each function takes that says something."""
_KINDS: tuple[type[Enum], ...] = (
    Analyte, BackgroundKind, ChartedStatus, ExposureKind, InputKind, Joint, Mode, Motion, PainOccasion, ReminderState,
    Role, SessionKind, Side,
)  # fmt: skip
_RECORDING = (
    "domain/follow_up*.py", "domain/attendance.py", "domain/session_form*.py", "domain/reminder*.py",
    "usecases/decide_*.py", "usecases/tell_before.py", "usecases/work_off.py", "usecases/rest_suspicion.py",
    "usecases/settle_conflict.py", "usecases/*session*.py",
    "usecases/send_reminders.py", "usecases/deliver_entries.py", "store/engine.py", "store/reminders.py",
    "store/conflicts.py", "fhir/resources/occasion.py", "fhir/writing/delivery.py", "fhir/writing/placing.py",
)  # fmt: skip
"""The modules of the core whose sentences reach a page in the words of the record."""
_DETAILING = (
    "horehab/domain/acknowledgement.py", "horehab/domain/recipient.py", "horehab/usecases/asked_messages.py",
    "horehab/usecases/daily_digest.py", "horehab/usecases/deliver_entries.py", "horehab/usecases/hear_back.py",
    "horehab/usecases/opted_out.py", "horehab/usecases/send_reminders.py", "horehab/usecases/void_reminders.py",
    "horehab/store/attempts.py", "horehab/store/reminders.py", "horehab/store/reminding.py",
    "horehab/fhir/resources/order.py", "horehab/fhir/resources/timing.py", "scheduler/postboxes/*.py",
)  # fmt: skip
"""The modules that say in a part of a sentence what became of a reminder, or why an order plans nothing."""
_DETAIL = re.compile(r"(?=[^ ]+ [^ ])(?:\{\w+\}:? ?)?\(?[a-z](?:[\w ',;:/().-]|\{\w+\})*(?:[\w)]|\{\w+\})")
_NO_DETAILS = frozenset(
    {
        "application/x-www-form-urlencoded; charset=utf-8", "to be sent again", "true or false", "(with a password)",
        "a table", "answer lost", "never sent", "by a message of theirs", "session ordered", "e-mail address",
        "mobile number", "the letter", "the recipient", "entered in error", "on hold",
    }
)  # fmt: skip
"""What has the shape of such words and is none, or fills a hole in others."""
_SENTENCE = re.compile(r"(?!\{detail\})[A-Z{].*\s.*[.?]", re.DOTALL)
_LETTERS, _HOLES = re.compile(r"[^\W\d_]"), re.compile(r"\{\w+\}")
_LEAST_LETTERS = 6
"""Of fewer letters a sentence could be anything: its template would fit what it does not mean."""
_PARTS_OF_SENTENCES = (
    "no time of measurement is given: the time of issue is taken",
    "the time is given without zone: {zone} is taken",
    "read from text: {text}",
    "Please report it.",
)
_FIGURES = (
    *HANDS, "ICU", "lesion of nerve or muscle", GENTLE, GENTLE.capitalize(),
    "mobile number", "e-mail address", "the letter", "the recipient",
)  # fmt: skip
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
_WIDTH = 118


def collected() -> Catalog:
    """Collect everything that the pages say, from code, templates, tables of words and sentences of the record."""
    found = Catalog(project="horehab", charset="utf-8", creation_date=_NO_DATE)
    for _file, _line, message, _comments, context in extract_from_dir(ROOT / "horehab/web", _WEB):
        found.add(message, context=context)
    for file in (*(ROOT / "horehab/web").rglob("*.py"), ROOT / "horehab/domain/sentence.py"):
        for said in _said_in(ast.parse(file.read_text(encoding="utf-8"))):
            found.add(said)
    for message in _spoken():
        if any(letter.isalpha() for letter in message):
            found.add(message)
    for message in sorted({*CODES.values(), *_PARTS_OF_SENTENCES, *_recorded(), *details(), *_deeds()}):
        found.add(message, context=RECORDED)
    return found


def _said_in(tree: ast.AST) -> Iterator[str | tuple[str, ...]]:
    """Find what a module says; also inside an f-string, where Babel looks or not by the version of Python."""
    for node in filter(_is_call, ast.walk(tree)):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        words = [_constant(part) for part in node.args[: _SAYING.get(name, 0)]]
        if words and all(words):
            yield words[0] if len(words) == 1 else tuple(words)


def _constant(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _spoken() -> Iterator[str]:
    """List the words that are looked up by their name rather than written out in the code."""
    for table in (TEMPLATES, OPTIONS, DIFFERENTIALS, _SOURCES, _COURSES):
        yield from table.values()
    yield from (*STRENGTHS, *MOBILITY_LEVELS, *_FIGURES)
    yield from (str(JointSide(joint=joint, side=side)) for joint in Joint for side in Side)
    for kind in _KINDS:
        yield from (_SPOKEN.get(member.value, member.value) for member in kind)


def _recorded() -> Iterator[str]:
    for pattern in _RECORDING:
        for file in (ROOT / "horehab").glob(pattern):
            yield from templates_in(ast.parse(file.read_text(encoding="utf-8")))


def details() -> Iterator[str]:
    """Find what is said of a reminder, or of an order, in a part of a sentence."""
    for pattern in _DETAILING:
        files = sorted(ROOT.glob(pattern))
        assert files, pattern
        for file in files:
            yield from templates_in(ast.parse(file.read_text(encoding="utf-8")), _DETAIL)


def _deeds() -> Iterator[str]:
    """Find what is noted in the audit trail: each `what` that is said where somebody does something."""
    for folder in ("web", "usecases", "cli"):
        for file in (ROOT / "horehab" / folder).rglob("*.py"):
            for node in filter(_is_call, ast.walk(ast.parse(file.read_text(encoding="utf-8")))):
                said = [_template(word.value) for word in node.keywords if word.arg == "what"]
                said += [_template(part) for part in node.args] if getattr(node.func, "id", "") == "_audit" else []
                yield from (deed for deed in said if _is_telling(deed) and not deed.startswith(REFUSED))


def _is_call(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call)


def _is_telling(template: str) -> bool:
    return len(_LETTERS.findall(_HOLES.sub("", template))) >= _LEAST_LETTERS


def templates_in(tree: ast.AST, shape: re.Pattern[str] = _SENTENCE) -> Iterator[str]:
    """Find each sentence that is written out in a module, with its figures as names in braces."""
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    documented = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) in inner | documented:
            continue
        template = _template(node)
        if shape.fullmatch(template) and _is_telling(template) and template not in _NO_DETAILS:
            yield template


def _template(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_part(part) for part in node.values)
    return ""


def _part(node: ast.expr) -> str:
    if isinstance(node, ast.FormattedValue):
        return "{" + re.sub(r"\W+", "_", _named(node.value)).strip("_").lower() + "}"
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _named(node: ast.expr) -> str:
    """Name a figure by the last word of how the code calls it: `angle.motion.value` is the motion."""
    words = [word for word in re.split(r"\W+", ast.unparse(node)) if word and word not in ("value", "day_")]
    return words[-1] if words and not words[-1].isdigit() else "_".join(words) or "figure"


def updated(language: str, template: Catalog) -> Catalog:
    """Bring the catalogue of one language up to date; what is no longer said goes, nothing is guessed."""
    file = po_file(language)
    catalogue = Catalog(locale=language, domain=DOMAIN)
    if file.exists():
        with file.open("rb") as opened:
            catalogue = read_po(opened, locale=language, domain=DOMAIN)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.header_comment = f"# {LANGUAGES[language]} translation of the pages of horehab."
    catalogue.project, catalogue.creation_date, catalogue.revision_date = "horehab", _NO_DATE, _NO_DATE
    return catalogue


def po_file(language: str) -> Path:
    """Say where the translations of a language stand."""
    return TRANSLATIONS / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def written(catalogue: Catalog) -> bytes:
    """Write a catalogue as text, in an order that does not change with the code."""
    out = io.BytesIO()
    write_po(out, catalogue, width=_WIDTH, no_location=True, sort_output=True)
    return out.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """Compile a catalogue to what the pages read."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def is_translated(message: Message) -> bool:
    """Say whether a message is translated, in every plural form of its language."""
    return all(forms_of(message.string)) and not message.fuzzy


def forms_of(words: object) -> list[str]:
    """Give the plural forms of an English message or of its translation; one where there is but one."""
    return [str(form or "") for form in (words if isinstance(words, tuple | list) else (words,))]


def others() -> Iterable[str]:
    """List the languages into which the pages are translated."""
    return [language for language in LANGUAGES if language != RECORDED_IN]


def main() -> int:
    """Bring every catalogue up to date and say what is missing."""
    template, missing = collected(), 0
    for language in others():
        catalogue, file = updated(language, template), po_file(language)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(written(catalogue))
        file.with_suffix(".mo").write_bytes(compiled(catalogue))
        left = [str(message.id) for message in catalogue if message.id and not is_translated(message)]
        missing += len(left)
        click.echo("\n  ".join((f"{language}: {len(catalogue)} messages, {len(left)} to translate", *left)))
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
