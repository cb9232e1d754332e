"""How Alembic runs our migrations: on the connection that it is handed, with a version table of our own."""

from alembic import context

from horehab.store.heads import PREFIX, VERSION_TABLE, metadata


def _is_ours(_thing, name, kind, _is_reflected, _compared):
    return kind != "table" or str(name).startswith(PREFIX)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    include_object=_is_ours,
)
with context.begin_transaction():
    context.run_migrations()
