"""An appointment, and whether the patient came."""

from functools import partial
from types import MappingProxyType

from horehab.domain.record import Attendance, Visit
from horehab.fhir.basis.elements import Tree, child, own_reference, refuse_modifiers, said, word
from horehab.fhir.basis.moments import known_on, moment_at
from horehab.fhir.basis.quarantine import CannotRead, Found, each_alone
from horehab.fhir.basis.site import Site

_ATTENDANCE = MappingProxyType(
    {
        "booked": Attendance.BOOKED,
        "arrived": Attendance.BOOKED,
        "checked-in": Attendance.BOOKED,
        "fulfilled": Attendance.ATTENDED,
        "cancelled": Attendance.CANCELLED,
        "noshow": Attendance.MISSED,
    }
)


def facts_in_appointment(resource: Tree, site: Site) -> Found:
    """Read an appointment; empty while it is only proposed, and for one entered in error.

    What became of it is known on its day; that it is planned, from the day on which it was made.
    """
    attendance = _ATTENDANCE.get(word(resource, "status") or "")
    if attendance is None or (resource.get("start") is None and attendance is Attendance.CANCELLED):
        return ()
    return each_alone([partial(_visit, resource, site, attendance)])


def _visit(resource: Tree, site: Site, attendance: Attendance) -> tuple[Visit, ...]:
    refuse_modifiers(resource)
    when = moment_at(resource, "start", site)
    made = moment_at(resource, "created", site) or moment_at(child(resource, "meta"), "lastUpdated", site)
    if when is None:
        raise CannotRead("no-time", "start")
    is_planned = attendance in (Attendance.BOOKED, Attendance.CANCELLED)
    visit = Visit(
        source=own_reference(resource),
        attendance=attendance,
        when=when,
        known_on=known_on(resource, made if is_planned else None, when, site),
        text=word(resource, "description") or said(child(resource, "serviceType")),
    )
    return (visit,)
