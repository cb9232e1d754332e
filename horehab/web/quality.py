"""Data quality: what could not be read and whom it concerns, what waits for the EHR, and how up to date we are."""

from collections import Counter
from dataclasses import dataclass

from flask import Blueprint, render_template

from horehab.errors import UnknownPatient
from horehab.usecases.exchange import SetAside
from horehab.web.access import TEAM, allow
from horehab.web.codes import MAPPING, mapped_rows, unread_rows
from horehab.web.room import room, viewer
from horehab.web.words import entry_word

_SHOWN = 200
_OF_A_KIND = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Resources of which the same is wrong: how many, of how many patients, and the first with their patients."""

    path: str
    detail: str
    count: int
    patients: int
    items: tuple[tuple[str, str | None], ...]


def add_to(pages: Blueprint) -> None:
    """Add the page on data quality to our pages."""
    pages.add_url_rule("/quality", "quality", quality)


@allow(*TEAM)
def quality() -> str:
    """Show codes that are not read, quarantine with the patients it concerns, the outbox, the last pass and tick."""
    ports, options, asked_by = room().ports(), room().options, viewer()
    ports.logbook.audit(who=asked_by.name, what="read data quality", patient=None, now=ports.clock.now())
    aside = [s for s in ports.logbook.set_aside() if not s.patient or options.may_see(asked_by, s.patient)]
    rows = [row for row in ports.logbook.outbox() if options.may_see(asked_by, row.patient)]
    codes, groups = unread_rows(), alike(aside)
    return render_template(
        "horehab/quality.html",
        codes=codes[:_SHOWN],
        more_codes=max(0, len(codes) - _SHOWN),
        mapped=mapped_rows(),
        may_map=asked_by.role in MAPPING,
        health=ports.logbook.health(now=ports.clock.now()),
        reasons=by_reason(aside),
        aside=groups[:_SHOWN],
        more=max(0, len(groups) - _SHOWN),
        rows=[(entry_word(row.entry), row, _key(row.patient)) for row in rows[:_SHOWN]],
        more_rows=max(0, len(rows) - _SHOWN),
    )


def alike(aside: list[SetAside]) -> list[Alike]:
    """Put together what says the same of several resources, the most frequent first."""
    groups: dict[tuple[str, str, str], list[SetAside]] = {}
    for item in aside:
        groups.setdefault((item.code, item.path, item.detail), []).append(item)
    found = [
        Alike(
            path=path,
            detail=detail,
            count=len(items),
            patients=len({item.patient for item in items if item.patient}),
            items=tuple((item.reference, _key(item.patient)) for item in items[:_OF_A_KIND]),
        )
        for (_code, path, detail), items in groups.items()
    ]
    return sorted(found, key=lambda group: -group.count)


def by_reason(aside: list[SetAside]) -> list[tuple[str, int, int]]:
    """Count what was set aside by reason: resources, and patients concerned; the most frequent first."""
    counts = Counter(item.code for item in aside)
    patients = {code: {i.patient for i in aside if i.code == code and i.patient} for code in counts}
    return [(code, count, len(patients[code])) for code, count in counts.most_common()]


def _key(patient: str | None) -> str | None:
    try:
        return room().ports().logbook.key_of(patient) if patient else None
    except UnknownPatient:
        return None
