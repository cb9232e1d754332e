"""SMS through any HTTP gateway: a site's TOML file says address, method, headers and fields of the request."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from horehab.domain.reminder import ReminderState
from horehab.errors import ConfigurationError
from horehab.usecases.letters import Letter
from horehab.usecases.ports import Receipt
from scheduler.postboxes.wire import Lost, Wire, refusal, without_answer
from scheduler.texts import fields_of

FIELDS = frozenset({"to", "digits", "text", "sender", "message", "user", "password", "report_to"})
"""All that a template may send: digits is the number without its plus, message the stable name of the reminder."""

SETTING = "HOREHAB_SMS_TEMPLATE"
_KEYS = frozenset({"url", "method", "encoding", "headers", "fields", "accepted", "refused", "deduplicates"})
_METHODS, _ENCODINGS = ("POST", "GET", "PUT"), ("json", "form")
_CODE = "HR-1452"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """How a gateway wants to be asked.

    `accepted` and `refused` are patterns: an answer that lacks the first or holds the second failed, whatever its
    status says.
    """

    url: str
    method: str = "POST"
    encoding: str = "json"
    headers: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)
    accepted: str = ""
    refused: str = ""
    deduplicates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePostbox:
    """SMS by a template; `constants` are sender, user and password, `report_to` where deliveries are reported."""

    template: Template
    constants: Mapping[str, str] = field(repr=False)
    report_to: Callable[[str], str | None] = field(default=lambda _: None)
    ca_bundle: str = ""

    def __post_init__(self) -> None:
        """Refuse an address that carries messages in the open; ConfigurationError."""
        self._wire()

    @property
    def deduplicates(self) -> bool:
        """Whether the gateway drops a repeat, as its template says."""
        return self.template.deduplicates

    def carry(self, letter: Letter) -> Receipt:
        """Hand one SMS to the gateway and read what it really says."""
        values = {
            **self.constants,
            "to": letter.address,
            "digits": letter.address.removeprefix("+"),
            "text": letter.text,
            "message": letter.message,
            "report_to": self.report_to(letter.message) or "",
        }
        fields = _filled(self.template.fields, values)
        headers = _filled(self.template.headers, values)
        wire = self._wire()
        if wire.method == "GET":
            answer = wire.ask(params=fields, headers=headers)
        elif self.template.encoding == "form":
            kind = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
            answer = wire.ask(body=urlencode(fields).encode(), headers=kind | headers)
        else:
            kind = {"Content-Type": "application/json"}
            answer = wire.ask(body=json.dumps(fields).encode(), headers=kind | headers)
        if isinstance(answer, Lost):
            return without_answer(answer, deduplicates=self.deduplicates)
        return refusal(answer.status, deduplicates=self.deduplicates) or self._believed(answer.text)

    def _believed(self, text: str) -> Receipt:
        is_refused = bool(self.template.refused) and re.search(self.template.refused, text) is not None
        is_accepted = not self.template.accepted or re.search(self.template.accepted, text) is not None
        if is_accepted and not is_refused:
            return Receipt(state=ReminderState.SENT, detail="taken by the SMS gateway")
        return Receipt(
            state=ReminderState.FAILED, detail="the gateway answered as if it took it, and says it did not"
        )

    def _wire(self) -> Wire:
        return Wire(url=self.template.url, setting=SETTING, method=self.template.method, ca_bundle=self.ca_bundle)


def read_template(path: str) -> Template:
    """Read a gateway's template; ConfigurationError names the file, what is wrong in it and what may stand there."""
    try:
        tree = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        remedy = "Point it at a readable TOML file."
        raise ConfigurationError(
            f"{SETTING} names {path!r}, which cannot be read ({error}).", remedy=remedy
        ) from error
    _check_entries(path, tree)
    for name in ("accepted", "refused"):
        _check_pattern(path, name, tree.get(name, ""))
    for name in ("headers", "fields"):
        _check_fields(path, name, tree.get(name, {}))
    for name, value in tree.get("headers", {}).items():
        if not isinstance(value, str):
            raise _wrong(path, f"headers.{name}", "Write it as text, in quotes.")
    return Template(**tree)


def _check_entries(path: str, tree: Mapping[str, Any]) -> None:
    unknown = sorted(set(tree) - _KEYS)
    if unknown:
        raise _wrong(path, unknown[0], f"There are only {', '.join(sorted(_KEYS))}.")
    if not isinstance(tree.get("url"), str):
        raise _wrong(path, "url", "Write the gateway's address.")
    for name, choices in (("method", _METHODS), ("encoding", _ENCODINGS)):
        if tree.get(name, choices[0]) not in choices:
            raise _wrong(path, name, f"Write one of {', '.join(choices)}.")
    for name, kind, words in (
        ("headers", dict, "a table"),
        ("fields", dict, "a table"),
        ("deduplicates", bool, "true or false"),
    ):
        if not isinstance(tree.get(name, kind()), kind):
            raise _wrong(path, name, f"Write {words}.")


def _check_pattern(path: str, name: str, pattern: object) -> None:
    try:
        re.compile(str(pattern))
    except re.error as error:
        raise _wrong(path, name, f"It is no pattern ({error}).") from error
    if not isinstance(pattern, str):
        raise _wrong(path, name, "Write a pattern as text.")


def _check_fields(path: str, place: str, value: object) -> None:
    """Look through texts, lists and tables for a field that there is not."""
    if isinstance(value, dict):
        for name, inner in value.items():
            _check_fields(path, f"{place}.{name}", inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _check_fields(path, f"{place}[{number}]", inner)
    elif isinstance(value, str):
        try:
            unknown = sorted(fields_of(value) - FIELDS)
        except ValueError as error:
            raise _wrong(path, place, f"Its braces do not match ({error}).") from error
        if unknown:
            remedy = f"It has the unknown field {unknown[0]!r}. There are only {', '.join(sorted(FIELDS))}."
            raise _wrong(path, place, remedy)


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {name: _filled(inner, values) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, values) for inner in value]
    return value.format_map(values) if isinstance(value, str) else value


def _wrong(path: str, place: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(f"The template {path!r} has a mistake at {place!r}.", remedy=remedy, code=_CODE)
