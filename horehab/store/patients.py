"""Rows of patients: made when first heard of, flagged when something changed, united after a merge."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update
from sqlalchemy.sql.dml import Update

from horehab.domain.need import UNJUDGED
from horehab.domain.record import Patient
from horehab.errors import UnknownPatient
from horehab.store import names, tables
from horehab.store.payloads import encode
from horehab.store.ranks import rank_of

_LONGEST_CHAIN = 5
CHUNK = 500

# These run with every page of the chart, so they are made once.
_NAMED = tables.patient.c.reference.in_(bindparam("names", expanding=True))
_KNOWN = select(tables.patient.c.reference).where(_NAMED)
_TOUCH = (
    update(tables.patient)
    .where(_NAMED | tables.patient.c.reference.in_(select(tables.patient.c.survivor).where(_NAMED)))
    .values(changes=tables.patient.c.changes + 1)
)


def _listing() -> Update:
    t, f, s, merged = tables.patient, tables.fact, tables.set_aside, tables.patient.alias()
    is_known = exists().where(f.c.patient == t.c.reference) | exists().where(s.c.patient == t.c.reference)
    is_known = is_known | exists().where(merged.c.survivor == t.c.reference, merged.c.reference != t.c.reference)
    is_listed = (t.c.survivor == t.c.reference) & (t.c.identity.is_not(None) | is_known)
    return update(t).where(_NAMED).values(is_listed=is_listed)


_RELIST = _listing()


def chunks(values: Iterable[str]) -> Iterable[list[str]]:
    """Cut a list into pieces that any database takes in one statement."""
    ordered = sorted(values)
    return (ordered[i : i + CHUNK] for i in range(0, len(ordered), CHUNK))


def touch(connection: Connection, references: Iterable[str]) -> None:
    """Flag patients, and those into whom they were merged, for review; rows are made where there are none."""
    for chunk in chunks(set(references)):
        known = set(connection.execute(_KNOWN, {"names": chunk}).scalars())
        _add(connection, [name for name in chunk if name not in known])
        connection.execute(_TOUCH, {"names": chunk})


def _add(connection: Connection, references: list[str]) -> None:
    if not references:
        return
    installation = connection.execute(select(tables.installation.c.installation_id)).scalar_one()
    connection.execute(
        insert(tables.patient),
        [
            {
                "reference": reference,
                "key": names.address_key(installation, reference),
                "survivor": reference,
                "is_listed": True,
                "changes": 0,
                "reviewed": 0,
                "tier": UNJUDGED.tier.value,
                "need": rank_of(UNJUDGED),
                "name": names.sort_name(None),
            }
            for reference in references
        ],
    )
    note_listing_changed(connection)


def note_listing_changed(connection: Connection) -> None:
    """Note that the counts of the caseload have to be taken anew."""
    t = tables.installation
    connection.execute(update(t).values(patients_changed=t.c.patients_changed + 1))


def identify(connection: Connection, identities: Mapping[str, Patient | None]) -> None:
    """Put down who patients are (None: the chart has that patient no more), after they were touched."""
    if not identities:
        return
    t, words = tables.patient, tables.patient_word
    for chunk in chunks(identities):
        connection.execute(delete(words).where(words.c.patient.in_(chunk)))
    rows = [
        {
            "r": reference,
            "identity": encode(who) if who else None,
            "replaced_by": who.replaced_by if who else None,
            "name": names.sort_name(who),
        }
        for reference, who in identities.items()
    ]
    connection.execute(
        update(t)
        .where(t.c.reference == bindparam("r"))
        .values(identity=bindparam("identity"), replaced_by=bindparam("replaced_by"), name=bindparam("name")),
        rows,
    )
    need = _needs(connection, identities)
    found = [
        {"word": word, "need": need[reference], "name": names.sort_name(who), "patient": reference}
        for reference, who in identities.items()
        for word in names.search_words(who)
    ]
    if found:
        connection.execute(insert(words), found)
    note_listing_changed(connection)
    _follow_merges(connection, identities)


def _needs(connection: Connection, references: Iterable[str]) -> dict[str, int]:
    t = tables.patient
    found = (
        connection.execute(select(t.c.reference, t.c.need).where(t.c.reference.in_(c))) for c in chunks(references)
    )
    return {row.reference: row.need for rows in found for row in rows}


def relist(connection: Connection, references: Iterable[str]) -> None:
    """List patients who stand in the chart or of whom something is known; hide the merged and the deleted.

    A patient into whom others were merged is listed even before the chart has shown them: else all would vanish.
    """
    for chunk in chunks(references):
        connection.execute(_RELIST, {"names": chunk})


def _follow_merges(connection: Connection, identities: Mapping[str, Patient | None]) -> None:
    t = tables.patient
    links = {
        row.reference: row.replaced_by
        for row in connection.execute(select(t.c.reference, t.c.replaced_by).where(t.c.replaced_by.is_not(None)))
    }
    merged = connection.execute(select(t.c.reference, t.c.survivor).where(t.c.survivor != t.c.reference)).all()
    former = {row.reference: row.survivor for row in merged}
    if not links and not former:
        return
    wanted = {reference: survivor_of(reference, links) for reference in {*links, *former, *identities}}
    moved = {reference: to for reference, to in wanted.items() if former.get(reference, reference) != to}
    touch(connection, {*moved, *moved.values(), *(former[r] for r in moved if r in former)})
    for reference, to in moved.items():
        connection.execute(update(t).where(t.c.reference == reference).values(survivor=to))
    relist(connection, {*moved, *moved.values(), *(former[r] for r in moved if r in former)})


def survivor_of(reference: str, links: Mapping[str, str]) -> str:
    """Follow "replaced by" to its end; a circle or a chain of more than five leads nowhere, so nobody is hidden."""
    here = reference
    for _ in range(_LONGEST_CHAIN):
        if here not in links:
            return here
        here = links[here]
    return here if here not in links else reference


def not_followed(connection: Connection) -> int:
    """Count the patients whose "replaced by" leads nowhere, so that they stand by themselves."""
    t = tables.patient
    asked = select(func.count()).where(t.c.replaced_by.is_not(None), t.c.survivor == t.c.reference)
    return int(connection.execute(asked).scalar_one())


def not_read(connection: Connection) -> int:
    """Count the patients who were merged into a record that was not read yet, or is gone."""
    t, other = tables.patient, tables.patient.alias()
    is_read = exists().where(other.c.reference == t.c.survivor, other.c.identity.is_not(None))
    asked = select(func.count()).where(t.c.survivor != t.c.reference, ~is_read)
    return int(connection.execute(asked).scalar_one())


def survivor(connection: Connection, reference: str) -> str:
    """Find the patient as whom a patient is now known; UnknownPatient."""
    t = tables.patient
    found = connection.execute(select(t.c.survivor).where(t.c.reference == reference)).scalar()
    if found is None:
        raise UnknownPatient(reference)
    return str(found)


def united(connection: Connection, reference: str) -> tuple[str, ...]:
    """List a patient and those who were merged into them; UnknownPatient."""
    t = tables.patient
    known = survivor(connection, reference)
    found = connection.execute(select(t.c.reference).where(t.c.survivor == known).order_by(t.c.reference)).scalars()
    return tuple(found)


def together(connection: Connection, reference: str) -> tuple[str, ...]:
    """List a patient and all who are the same person after merges; one who is not known stands alone."""
    try:
        return united(connection, reference)
    except UnknownPatient:
        return (reference,)


def by_key(connection: Connection, key: str) -> str:
    """Find the patient of a page's address, as they are now known; UnknownPatient."""
    t = tables.patient
    found = connection.execute(select(t.c.survivor).where(t.c.key == key)).scalar()
    if found is None:
        raise UnknownPatient(key)
    return str(found)


def key_of(connection: Connection, reference: str) -> str:
    """Give the name under which a patient stands in addresses of pages; UnknownPatient."""
    t = tables.patient
    found = connection.execute(select(t.c.key).where(t.c.reference == reference)).scalar()
    if found is None:
        raise UnknownPatient(reference)
    return str(found)


def to_review(connection: Connection, *, day: date | None = None) -> tuple[str, ...]:
    """List the patients of whom something changed since their last review, or who were not reviewed as of `day`."""
    t = tables.patient
    is_due = t.c.changes > t.c.reviewed
    if day is not None:
        is_due = is_due | t.c.as_of.is_(None) | (t.c.as_of != day)
    asked = select(t.c.reference).where(is_due & t.c.is_listed).order_by(t.c.reference)
    return tuple(connection.execute(asked).scalars())


def basis(connection: Connection, reference: str) -> str | None:
    """Tell on which rule and evidence the last review of a patient rested that was acted on."""
    t = tables.patient
    found: str | None = connection.execute(select(t.c.basis).where(t.c.reference == reference)).scalar()
    return found


def listed(connection: Connection) -> tuple[str, ...]:
    """List every patient who was not merged away."""
    t = tables.patient
    return tuple(connection.execute(select(t.c.reference).where(t.c.is_listed).order_by(t.c.reference)).scalars())


def latest_review(connection: Connection) -> date | None:
    """Tell the latest day as of which a review was closed."""
    found: date | None = connection.execute(select(func.max(tables.review_pass.c.as_of))).scalar()
    return found
