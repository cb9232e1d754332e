"""The evidence of a suspicion, entry by entry: the day, what it says, and where it stands in the EHR."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from horehab.domain.exposure import Background, Exposure
from horehab.domain.laboratory import LabResult
from horehab.domain.range_of_motion import Reading
from horehab.domain.record import Fact, Imaging, PatientRecord, base_reference, base_references
from horehab.domain.signs import PainRating, Sign
from horehab.web.language import degrees, multiple, number
from horehab.web.language import gettext as _
from horehab.web.recorded import as_told
from horehab.web.words import capital, place_word, sign_word, word


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of the EHR that a suspicion rests on; `says` is empty when it is no longer there."""

    reference: str
    day: date | None
    says: tuple[str, ...]


def evidence_entries(record: PatientRecord, references: Iterable[str]) -> list[Entry]:
    """Look up what each cited resource says, the newest first; what is gone is listed all the same."""
    facts: dict[str, list[Fact]] = {}
    for fact in _citable(record):
        facts.setdefault(base_reference(fact.source), []).append(fact)
    entries = [_entry(reference, facts.get(reference, [])) for reference in base_references(references)]
    return sorted(entries, key=lambda entry: (entry.day or date.min, entry.reference), reverse=True)


def cited_facts(record: PatientRecord, references: Iterable[str]) -> list[Entry]:
    """Look up just what a reason cites, the newest first: of an entry with several values only those it rests on."""
    wanted = set(references)
    facts = [fact for fact in _citable(record) if fact.source in wanted]
    entries = [_entry(reference, [f for f in facts if f.source == reference]) for reference in wanted]
    return sorted(entries, key=lambda entry: (entry.day or date.min, entry.reference), reverse=True)


def _citable(record: PatientRecord) -> tuple[Fact, ...]:
    return (
        *record.readings, *record.pains, *record.signs, *record.labs, *record.exposures, *record.backgrounds,
        *record.images,
    )  # fmt: skip


def _entry(reference: str, facts: list[Fact]) -> Entry:
    days = [day for fact in facts if (day := _day(fact)) is not None]
    return Entry(reference=reference, day=min(days, default=None), says=tuple(_says(fact) for fact in facts))


def _day(fact: Fact) -> date | None:
    when = fact.start if isinstance(fact, Exposure | Background) else fact.when
    return when.day if when else None


def _says(fact: Fact) -> str:
    pain = _("Pain")
    match fact:
        case Reading():
            said = _of(f"{place_word(fact.place)}, {word(fact.motion)}, {word(fact.mode)}", degrees(fact.degrees))
        case PainRating():
            said = _of(f"{pain}, {word(fact.occasion)}", number(fact.score, 1))
        case Sign():
            said = sign_word(fact.kind) if fact.is_present else _of(sign_word(fact.kind), _("absent"))
        case LabResult():
            times = _("%(multiple)s times the upper limit", multiple=multiple(fact.multiple))
            said = _of(word(fact.analyte), f"{number(fact.value, 1)} {fact.unit}, {times}")
        case Exposure():
            said = word(fact.kind)
        case Imaging():
            said = _of(fact.text, fact.conclusion) if fact.conclusion else fact.text
        case Background():
            said = fact.text or word(fact.kind)
        case _:
            said = ""
    return capital("; ".join((said, *_assumed(fact))))


def _of(what: str, says: str) -> str:
    """Put a value after what it is of, as the reader's language puts a colon."""
    return _("%(place)s: %(gap)s", place=what, gap=says)


def _assumed(fact: Fact) -> tuple[str, ...]:
    """Say what had to be assumed to read a measurement, such as that it stands in words alone."""
    if not isinstance(fact, Reading | PainRating | Sign | LabResult):
        return ()
    return tuple(_("assumed: %(what)s", what=as_told(each)) for each in fact.assumptions)
