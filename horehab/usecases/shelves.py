"""The shelves of our memory: each holds what belongs together, and is a door of its own."""

from typing import Protocol

from horehab.usecases.audit_trail import AuditTrail
from horehab.usecases.bedside import Bedside
from horehab.usecases.chart_copy import Loads
from horehab.usecases.conflict_queue import ConflictQueue
from horehab.usecases.contacts import Contacts
from horehab.usecases.local_codes import Codes
from horehab.usecases.logged_sessions import LoggedSessions
from horehab.usecases.reminding import Reminding
from horehab.usecases.signals import Signals


class Shelves(Protocol):
    """What our memory keeps apart."""

    @property
    def queue(self) -> ConflictQueue:
        """The entries about which a person must decide."""

    @property
    def signals(self) -> Signals:
        """What our processes tell each other: how the EHR answers, and hints that something changed there."""

    @property
    def contacts(self) -> Contacts:
        """Our memory of who is reminded how."""

    @property
    def trail(self) -> AuditTrail:
        """Who did what about whom."""

    @property
    def codes(self) -> Codes:
        """Our memory of the ward's own codes."""

    @property
    def sessions(self) -> LoggedSessions:
        """The sessions that were logged here, which are ours to correct."""

    @property
    def bedside(self) -> Bedside:
        """What is kept here alone: drafts, what was told at the bedside, suspicions that rest."""

    @property
    def loads(self) -> Loads:
        """Our memory of a first load under way."""

    @property
    def reminding(self) -> Reminding:
        """What became of each reminder, attempt by attempt; going live; the ticks."""
