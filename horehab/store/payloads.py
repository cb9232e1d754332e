"""Values of the ward as JSON text and back: facts, entries, verdicts, reminders, patients. Nothing is lost."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from horehab.domain.acknowledgement import Acknowledgement
from horehab.domain.amendment import AmendmentEntry, Validity
from horehab.domain.entries import (
    ChartEntry,
    DecisionEntry,
    MeasurementEntry,
    ReasonsEntry,
    SessionEntry,
    SuspicionEntry,
    TaskEntry,
)
from horehab.domain.exposure import Background, Exposure
from horehab.domain.laboratory import LabResult
from horehab.domain.message import MessageEntry, MessageRequestEntry
from horehab.domain.plan import Plan
from horehab.domain.range_of_motion import Reading
from horehab.domain.record import ChartedOssification, Fact, Imaging, NotCounted, Patient, Visit
from horehab.domain.reminder import Reminder
from horehab.domain.session import Session
from horehab.domain.signs import PainRating, Sign
from horehab.domain.suspicion import Verdict
from horehab.domain.ward_stay import WardStay

_FACTS: tuple[type[Fact], ...] = (
    Reading, PainRating, Sign, Session, Exposure, Background, LabResult, Imaging, Visit, ChartedOssification,
    WardStay, NotCounted, Acknowledgement, Plan,
)  # fmt: skip
_ENTRIES: tuple[type[ChartEntry], ...] = (
    SuspicionEntry, ReasonsEntry, DecisionEntry, SessionEntry, MeasurementEntry, AmendmentEntry, TaskEntry,
    MessageRequestEntry, MessageEntry,
)  # fmt: skip


_NOTHING = b"null"


class _Measurement(msgspec.Struct):
    """A measurement of ours as it is written down: which kind of fact it holds stands beside the fact."""

    measurement_id: str
    session_id: str
    patient: str
    kind: str
    fact: msgspec.Raw
    performer: str
    validity: Validity = Validity.FINAL
    before: msgspec.Raw = msgspec.Raw(_NOTHING)


def _decoders(types: tuple[type[Any], ...]) -> Mapping[str, msgspec.json.Decoder[Any]]:
    return MappingProxyType(
        {t.__name__: msgspec.json.Decoder(_Measurement if t is MeasurementEntry else t) for t in types}
    )


_FACT_DECODERS = _decoders(_FACTS)
_ENTRY_DECODERS = _decoders(_ENTRIES)
_ENCODER = msgspec.json.Encoder()
_PATIENT = msgspec.json.Decoder(Patient)
_VERDICT = msgspec.json.Decoder(Verdict)
_REMINDER = msgspec.json.Decoder(Reminder)
_REMINDERS = msgspec.json.Decoder(list[Reminder])


def plain(text: str) -> str:
    """Make a text safe for any database: without NUL and lone surrogates, which PostgreSQL refuses."""
    if "\x00" in text:
        text = text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def encode(value: Fact | Patient | Verdict | Reminder) -> str:
    """Write a value down as JSON text; a lone surrogate in a text of the chart becomes a question mark."""
    try:
        return _ENCODER.encode(value).decode()
    except UnicodeEncodeError:
        return _ENCODER.encode(_without_surrogates(msgspec.to_builtins(value))).decode()


def decode_fact(kind: str, payload: str) -> Fact:
    """Read a fact back; `kind` is the name of its class."""
    fact: Fact = _FACT_DECODERS[kind].decode(payload)
    return fact


def encode_entry(entry: ChartEntry) -> str:
    """Write an entry for the chart down as JSON text."""
    if isinstance(entry, MeasurementEntry):
        return _ENCODER.encode(
            _Measurement(
                measurement_id=entry.measurement_id,
                session_id=entry.session_id,
                patient=entry.patient,
                kind=type(entry.fact).__name__,
                fact=msgspec.Raw(encode(entry.fact).encode()),
                performer=entry.performer,
                validity=entry.validity,
                before=msgspec.Raw(encode(entry.before).encode() if entry.before else _NOTHING),
            )
        ).decode()
    return _ENCODER.encode(entry).decode()


def decode_entry(kind: str, payload: str) -> ChartEntry:
    """Read an entry back; `kind` is the name of its class."""
    value = _ENTRY_DECODERS[kind].decode(payload)
    if isinstance(value, _Measurement):
        decoder = _FACT_DECODERS[value.kind]
        return MeasurementEntry(
            measurement_id=value.measurement_id,
            session_id=value.session_id,
            patient=value.patient,
            fact=decoder.decode(value.fact),
            performer=value.performer,
            validity=value.validity,
            before=decoder.decode(value.before) if bytes(value.before) != _NOTHING else None,
        )
    entry: ChartEntry = value
    return entry


def decode_patient(payload: str) -> Patient:
    """Read a patient's identity back."""
    return _PATIENT.decode(payload)


def decode_verdict(payload: str) -> Verdict:
    """Read a verdict back."""
    return _VERDICT.decode(payload)


def decode_reminder(payload: str) -> Reminder:
    """Read a reminder back."""
    return _REMINDER.decode(payload)


def decode_reminders(payloads: Iterable[str]) -> list[Reminder]:
    """Read many reminders back at once, in their order."""
    return _REMINDERS.decode(f"[{','.join(payloads)}]")


def _without_surrogates(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {key: _without_surrogates(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_without_surrogates(part) for part in value]
    return value
