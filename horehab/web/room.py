"""What a page has at hand while it answers: the ports, the options, who asks, and the patient asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, g, request

from horehab.domain.joints import Joint, JointSide, Side
from horehab.domain.record import PatientRecord
from horehab.errors import UnknownPatient
from horehab.usecases.ports import Ports
from horehab.web.options import Viewer, WebOptions

NAME = "horehab"


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """The pages of one installation: how to open its ports, and its options."""

    ports: Callable[[], Ports]
    options: WebOptions

    def today(self) -> date:
        """Say which day it is on the ward."""
        return self.ports().clock.today()

    def zone(self) -> ZoneInfo:
        """Give the ward's time zone."""
        return ZoneInfo(self.ports().zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPatient:
    """A patient whom the viewer may see: name in addresses, reference, and all that is known."""

    key: str
    reference: str
    record: PatientRecord


def room() -> Room:
    """Give the room of the app that answers now: two apps in one process have two."""
    found: Room = current_app.extensions[f"{NAME}-room"]
    return found


def enter(blueprint: Blueprint, opened: Room) -> None:
    """Remember the room in each app on which the pages are registered."""
    blueprint.record(lambda state: state.app.extensions.__setitem__(f"{NAME}-room", opened))


def viewer() -> Viewer:
    """Say who asks; the guard before each page has made sure that somebody does."""
    found: Viewer = g.horehab_viewer
    return found


def open_patient(key: str, *, what: str, is_noted: bool = True) -> OpenPatient:
    """Open a patient by the key in the address and note it in the audit trail.

    `is_noted` is false for what a page that is open already does by itself, again and again.
    UnknownPatient when there is none or when the viewer may not see them: both look alike, and both are noted.
    """
    ports, asked_by = room().ports(), viewer()
    reference = _visible(key)
    if reference is None:
        ports.logbook.audit(who=asked_by.name, what=f"refused: {what}", patient=None, now=ports.clock.now())
        raise UnknownPatient(key)
    if is_noted:
        ports.logbook.audit(who=asked_by.name, what=what, patient=reference, now=ports.clock.now())
    return OpenPatient(key=key, reference=reference, record=ports.logbook.record(reference))


def _visible(key: str) -> str | None:
    """Find the patient of an address, unless the viewer may not see them."""
    try:
        reference = room().ports().logbook.patient_by_key(key)
    except UnknownPatient:
        return None
    return reference if room().options.may_see(viewer(), reference) else None


def place_of(text: str, key: str) -> JointSide:
    """Read a place from an address ("left-hip"); one that is none answers as an unknown patient does."""
    side, _, joint = text.partition("-")
    try:
        return JointSide(joint=Joint(joint), side=Side(side))
    except ValueError:
        raise UnknownPatient(key) from None


def slug(place: JointSide) -> str:
    """Write a place for an address: "left-hip"."""
    return f"{place.side.value}-{place.joint.value}"


def is_post() -> bool:
    """Say whether something was sent to us."""
    return request.method == "POST"
