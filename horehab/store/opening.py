"""How our memory is opened: its address read, its tables brought up to date, then handed out."""

from zoneinfo import ZoneInfo

from horehab.store.engine import make_engine, read_url
from horehab.store.logbook import SqlLogbook
from horehab.store.schema import bring_up_to_date


def open_logbook(url: str, *, zone: ZoneInfo, state_folder: str = "") -> SqlLogbook:
    """Open our memory, bringing a fresh or older database up to date first.

    `zone` is the ward's time zone, `state_folder` where it stands on this machine how far a database elsewhere has
    come. ConfigurationError for a URL, path or driver that cannot be used,
    StoreTooNew for a database of a newer version, StoreUnavailable when it does not answer.
    """
    engine = make_engine(read_url(url))
    try:
        bring_up_to_date(engine)
        return SqlLogbook(engine, zone=zone, state_folder=state_folder)
    except BaseException:
        engine.dispose()
        raise
