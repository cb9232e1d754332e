"""The migrations make exactly the tables that the code works with, all under our own prefix."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from horehab.store import SqlLogbook, upgrade
from horehab.store.heads import VERSION_TABLE, metadata
from horehab.store.schema import HEAD, config
from horehab.store.tables import tables_of


def test_the_migrations_and_the_tables_say_the_same(logbook: SqlLogbook) -> None:
    with logbook._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
        names = set(inspect(connection).get_table_names())
    assert {name for name in names if not name.startswith("horehab_")} == set()


def test_the_newest_migration_is_the_one_that_the_code_expects() -> None:
    assert ScriptDirectory.from_config(config()).get_current_head() == HEAD


def test_every_table_is_either_pulled_again_or_backed_up() -> None:
    groups = {*tables_of("projection"), *tables_of("ledger")}
    assert groups == set(metadata.sorted_tables)


def test_upgrading_again_does_nothing(url: str, tmp_path: Path) -> None:
    upgrade(url)
    before = (tmp_path / "horehab.sqlite3").read_bytes()
    upgrade(url)
    assert (tmp_path / "horehab.sqlite3").read_bytes() == before
