"""Whose an Observation is, when it was made, by whom, with what and in which session: found once for each text."""

from dataclasses import dataclass
from functools import lru_cache

from horehab.domain.moment import Moment
from horehab.fhir.basis import verbatim
from horehab.fhir.basis.elements import child
from horehab.fhir.basis.moments import moment
from horehab.fhir.basis.references import called, patient_of
from horehab.fhir.basis.site import Site
from horehab.fhir.plain.forms import json_text
from horehab.fhir.plain.observation import MOST_BRACKETS, PlainObservation, brackets
from horehab.fhir.resources.occasion import session_of

_MOST_TEXTS = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is the same in all Observations that were made together.

    `filling` is what goes into the blanks of a form after id and number, as JSON text; None where something has to
    be assumed, or cannot be read, or nobody's: each such Observation is read by itself. `day` and `known_on` are
    ward days.
    """

    patient: str | None
    day: str = ""
    known_on: str = ""
    filling: tuple[str, ...] | None = None


class CircumstancesReader:
    """Reads the circumstances of plain Observations for one site, and remembers a limited number of texts."""

    def __init__(self, site: Site) -> None:
        remember = lru_cache(maxsize=_MOST_TEXTS)
        self._patient = remember(lambda text: patient_of({"subject": _read(text)}, site))
        self._session = remember(lambda text: json_text(session_of({"partOf": _read(text)}, site)))
        self._person = remember(lambda text: json_text(called(child({"who": _read(text)}, "who"), site)))
        self._moment = remember(lambda text: _moment(_read(text), site))
        self._written = remember(json_text)

    def read(self, plain: PlainObservation) -> Circumstances:
        """Find them; ValueError, or an error of JSON, where even whose it is cannot be told so."""
        patient = self._patient(bytes(plain.subject))
        persons = [self._person(bytes(each)) for each in (plain.performer, plain.device)]
        session = self._session(bytes(plain.part_of))
        when, issued = self._moment(bytes(plain.effective_date_time)), self._moment(bytes(plain.issued))
        is_issued = bool(bytes(plain.issued))
        if patient is None or when is None or when.is_zone_assumed or (is_issued and issued is None):
            return Circumstances(patient=patient)
        known_on = (issued or when).day.isoformat()
        return Circumstances(
            patient=patient,
            day=when.day.isoformat(),
            known_on=known_on,
            filling=(self._written(when), f'"{known_on}"', *persons, session),
        )


def _read(text: bytes) -> object:
    if brackets(text) > MOST_BRACKETS:
        raise ValueError("nested too deeply to be taken as a part")
    return verbatim.read(text) if text else None


def _moment(value: object, site: Site) -> Moment | None:
    return moment(value.strip(), site.zone) if isinstance(value, str) else None
