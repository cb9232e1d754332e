"""Keeps addresses of the FHIR server out of logs: urllib3 would print every query at DEBUG level."""

import logging

_LOGGERS = ("urllib3.connectionpool", "urllib3.util.retry")


class _Silence(logging.Filter):
    """Drops what urllib3 has to say about one host; what it says about others is not ours to drop."""

    def __init__(self, host: str) -> None:
        super().__init__()
        self.host = host

    def filter(self, record: logging.LogRecord) -> bool:
        words = record.args if isinstance(record.args, tuple) else ()
        return not any(self.host in str(word) for word in words)


def silence_addresses(host: str) -> None:
    """Drop urllib3's log lines about this host, whatever the level that somebody sets."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(known, _Silence) and known.host == host for known in logger.filters):
            logger.addFilter(_Silence(host))
