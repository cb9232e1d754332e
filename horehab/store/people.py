"""Who may sign in when horehab stands alone."""

from sqlalchemy import Connection, delete, insert, select

from horehab.errors import InputError
from horehab.store import tables
from horehab.usecases.exchange import User

ROLES = ("physiotherapist", "coordinator", "physician", "integrator")
WRITERS = ("physiotherapist", "physician")
"""Who logs sessions and decides about suspicions."""


def find(connection: Connection, name: str) -> User | None:
    """Find someone who may sign in."""
    t = tables.user
    row = connection.execute(select(t).where(t.c.name == name)).first()
    return User(**row._asdict()) if row else None


def unsigned(connection: Connection) -> tuple[str, ...]:
    """Name those who log or decide and whom the EHR does not know: what they write bears their name alone."""
    t = tables.user
    is_unknown = t.c.practitioner.is_(None) & t.c.is_active & t.c.role.in_(WRITERS)
    return tuple(connection.execute(select(t.c.name).where(is_unknown).order_by(t.c.name)).scalars())


def add(connection: Connection, user: User) -> None:
    """Add someone who may sign in, or replace them; InputError for a role that is none or an empty name."""
    t = tables.user
    if user.role not in ROLES:
        remedy = f"Write one of {', '.join(ROLES)}."
        raise InputError(f"The role {user.role!r} is none.", field="role", value=user.role, remedy=remedy)
    if not user.name.strip():
        raise InputError("The name to sign in with is empty.", field="name", value=user.name, remedy="Give a name.")
    connection.execute(delete(t).where(t.c.name == user.name))
    connection.execute(
        insert(t).values(
            name=user.name,
            display=user.display,
            role=user.role,
            password_hash=user.password_hash,
            practitioner=user.practitioner,
            is_active=user.is_active,
        )
    )
