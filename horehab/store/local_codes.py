"""Our memory of local codes: what people mapped, what is not read yet, what is to be read again after a change."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, LargeBinary, delete, func, insert, literal, or_, select

from horehab.domain.local_code import LocalCode, meaning_of
from horehab.store import code_tables, keeping, patients, tables, unread
from horehab.store.engine import reading, writing
from horehab.usecases.exchange import ChartItem
from horehab.usecases.local_codes import CodeMapping, CodeToMap, ReadAnew, Understanding

_NAME = "chart"
_MOST_AT_ONCE = 50
"""Codes that are looked for by the database; for more of them every stored entry is read again."""
_ALWAYS_PLAIN = re.compile(r"[^\"\\/\x00-\x1f\x7f]+")
"""What JSON writes in one way only, or in two of which the other begins with a backslash and u."""
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


class _Noted(msgspec.Struct):
    """An understanding as it is written down; `codes` are system, code and meaning."""

    reader: str
    codes: list[tuple[str, str, str]]


class SqlCodes:
    """Local codes in SQLite or PostgreSQL; each call is one short transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def mappings(self) -> tuple[CodeMapping, ...]:
        """List what people mapped, by code system and code."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(code_tables.mapping)).all()
        found = (
            CodeMapping(
                local=LocalCode(system=row.system, code=row.code),
                meaning=meaning_of(row.meaning),
                who=row.who,
                at=row.at,
            )
            for row in rows
        )
        return tuple(sorted(found, key=lambda each: (each.local.system, each.local.code)))

    def map(self, mappings: Sequence[CodeMapping]) -> None:
        """Keep what people mapped, in place of what the same codes meant before; all or nothing."""
        with writing(self._engine) as connection:
            for each in mappings:
                _drop(connection, each.local)
                connection.execute(
                    insert(code_tables.mapping).values(
                        system=each.local.system, code=each.local.code, meaning=str(each.meaning), who=each.who,
                        at=each.at,
                    )
                )  # fmt: skip

    def forget(self, local: LocalCode) -> bool:
        """Forget what a person mapped; False when nobody had."""
        with writing(self._engine) as connection:
            return _drop(connection, local)

    def to_map(self) -> tuple[CodeToMap, ...]:
        """List the codes that are not read, those that concern most patients first."""
        with reading(self._engine) as connection:
            return unread.to_map(connection)

    def understanding(self) -> Understanding | None:
        """Tell how all that is stored was last understood; None when that was never noted."""
        t = code_tables.understanding
        with reading(self._engine) as connection:
            payload = connection.execute(select(t.c.payload).where(t.c.name == _NAME)).scalar()
        if payload is None:
            return None
        noted = msgspec.json.decode(payload, type=_Noted)
        codes = {LocalCode(system=system, code=code): says for system, code, says in noted.codes}
        return Understanding(reader=noted.reader, codes=codes)

    def note_understanding(self, understanding: Understanding) -> None:
        """Note that all that is stored is now understood so."""
        t = code_tables.understanding
        codes = sorted((local.system, local.code, says) for local, says in understanding.codes.items())
        payload = msgspec.json.encode(_Noted(reader=understanding.reader, codes=codes)).decode()
        with writing(self._engine) as connection:
            connection.execute(delete(t).where(t.c.name == _NAME))
            connection.execute(insert(t).values(name=_NAME, payload=payload))

    def sources_with(self, codes: Collection[LocalCode]) -> Iterator[tuple[str, bytes]]:
        """Give reference and verbatim text of each stored entry that may bear one of the codes."""
        if not codes:
            return
        t = tables.resource
        bearing = ~t.c.is_gone
        if len(codes) <= _MOST_AT_ONCE:
            bearing &= _may_bear(self._engine, codes)
        with reading(self._engine) as connection:
            references = list(connection.execute(select(t.c.reference).where(bearing)).scalars())
        for chunk in patients.chunks(references):
            with reading(self._engine) as connection:
                asked = select(t.c.reference, t.c.source).where(t.c.reference.in_(chunk), ~t.c.is_gone)
                rows = connection.execute(asked.order_by(t.c.reference)).all()
            sources = ((row.reference, keeping.inflate(row.source)) for row in rows)
            yield from ((name, source) for name, source in sources if _bears(source, codes))

    def keep_again(self, items: Sequence[ChartItem], *, now: datetime) -> ReadAnew:  # noqa: ARG002  # the port's signature
        """Keep entries that were read again, unless a newer version of them came in meanwhile."""
        references = [item.reference for item in items]
        with writing(self._engine) as connection:
            before, aside = _facts(connection, references), _aside(connection, references)
            kept = keeping.keep(connection, items, is_read_again=True)
            after, still = _facts(connection, references), _aside(connection, references)
        changed = {reference for reference in references if before.get(reference) != after.get(reference)}
        whose = {item.reference: item.patient for item in items}
        return ReadAnew(
            entries=kept.changed,
            gained=_more(before, after),
            lost=_more(after, before),
            patients=frozenset(patient for reference in changed if (patient := whose[reference])),
            understood=len(aside - still),
        )


def _drop(connection: Connection, local: LocalCode) -> bool:
    t = code_tables.mapping
    gone = connection.execute(delete(t).where(t.c.system == local.system, t.c.code == local.code))
    return bool(gone.rowcount)


def _bears(source: bytes, codes: Collection[LocalCode]) -> bool:
    """Say whether one of the codes stands in a text, escaped or not; for very many codes everything counts."""
    if len(codes) > _MOST_AT_ONCE:
        return True
    text = source.decode("utf-8", "replace")
    if "\\u" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return any(_plainest(code) in text for code in codes)


def _plainest(code: LocalCode) -> str:
    return max(_ALWAYS_PLAIN.findall(code.code), key=len, default="")


def _may_bear(engine: Engine, codes: Iterable[LocalCode]) -> ColumnElement[bool]:
    """Let the database narrow down: the code stands in the text, or the text is deflated or escapes letters."""
    t = tables.resource
    needles = {_plainest(code).encode() for code in codes}
    where = [_holds(engine, needle) for needle in (*sorted(needles), b"\\u")]
    return or_(*where, func.substr(t.c.source, 1, 1) == literal(b"x", LargeBinary))


def _holds(engine: Engine, needle: bytes) -> ColumnElement[bool]:
    source, sought = tables.resource.c.source, literal(needle, LargeBinary)
    if engine.dialect.name == "postgresql":
        return func.position(sought.op("IN")(source)) > 0
    return func.instr(source, sought) > 0


Facts = Mapping[str, Sequence[tuple[str, str]]]
"""Reference -> kind and payload of each of its facts that count."""


def _facts(connection: Connection, references: Iterable[str]) -> Facts:
    t = tables.fact
    found: dict[str, list[tuple[str, str]]] = {}
    for chunk in patients.chunks(references):
        asked = select(t.c.reference, t.c.kind, t.c.payload).where(t.c.reference.in_(chunk), t.c.kind != "NotCounted")
        for row in connection.execute(asked.order_by(t.c.reference, t.c.ordinal)):
            found.setdefault(row.reference, []).append((row.kind, row.payload))
    return found


def _aside(connection: Connection, references: Iterable[str]) -> frozenset[str]:
    t = tables.resource
    return frozenset(
        reference
        for chunk in patients.chunks(references)
        for reference in connection.execute(
            select(t.c.reference).where(t.c.reference.in_(chunk), t.c.is_set_aside)
        ).scalars()
    )


def _more(before: Facts, after: Facts) -> Mapping[str, int]:
    """Count, by kind, what is there after and was not there before, or not so."""
    gained: Counter[str] = Counter()
    for reference, facts in after.items():
        new = Counter(facts) - Counter(before.get(reference, ()))
        gained.update(kind for kind, _ in new.elements())
    return dict(gained)
