"""Keeps values of the database out of logs: SQLAlchemy would print what it is asked with, and every row, at DEBUG."""

import logging

_LOGGER = "sqlalchemy.engine.Engine"


class _Silence(logging.Filter):
    """Lets statements through, which hold no values, and drops what comes with values: parameters and rows."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not record.args


def silence_values() -> None:
    """Drop SQLAlchemy's log lines that hold values, whatever the level that somebody sets."""
    logger = logging.getLogger(_LOGGER)
    if not any(isinstance(known, _Silence) for known in logger.filters):
        logger.addFilter(_Silence())
