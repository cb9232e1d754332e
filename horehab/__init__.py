"""Rehabilitation tracking after intensive care over FHIR; a Flask host writes `from horehab import HoRehab`."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from horehab._version import __version__

if TYPE_CHECKING:
    from horehab.plugin import HoRehab

__all__ = ["HoRehab", "__version__"]


def __getattr__(name: str) -> Any:
    """Resolve the plug-in only when a host asks for it, so that the quiet core stays light."""
    if name == "HoRehab":
        return import_module("horehab.plugin").HoRehab
    raise AttributeError(f"module 'horehab' has no attribute {name!r}")
