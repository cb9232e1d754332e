"""The shape of the database: made new, brought up to date, or refused when a newer version made it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, column, inspect, select, table

from horehab.errors import StoreTooNew
from horehab.store.engine import make_engine, read_url, reading, writing
from horehab.store.heads import VERSION_TABLE

HEAD = "0007"


def upgrade(url: str) -> None:
    """Bring a database up to date, making its tables when there are none; StoreTooNew for a newer one."""
    engine = make_engine(read_url(url))
    try:
        bring_up_to_date(engine)
    finally:
        engine.dispose()


def bring_up_to_date(engine: Engine) -> None:
    """Bring the database behind an engine up to date; nothing is done when it is."""
    with reading(engine) as connection:
        found = found_version(connection)
    if found == HEAD:
        return
    settings = config()
    with writing(engine) as connection:
        found = found_version(connection)
        known = {script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()}
        if found and found not in known:
            raise StoreTooNew(
                f"The database was made by a newer version of horehab (its schema is {found}).",
                remedy="Install that version again, or use another database.",
            )
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")


def found_version(connection: Connection) -> str | None:
    """Tell which revision the database has, or None when it has no tables of ours."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(select(column("version_num")).select_from(table(VERSION_TABLE))).scalar()
    return found


def config() -> Config:
    """Point Alembic at our migrations, without any file of settings."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings
