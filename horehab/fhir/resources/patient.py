"""Who it is about: a Patient resource, and the person that the ward knows."""

from datetime import date

from horehab.domain.postal import PostalAddress
from horehab.domain.recipient import ContactWay
from horehab.domain.record import Patient
from horehab.fhir.basis.elements import Tree, child, children, own_reference, said, word
from horehab.fhir.basis.references import target_of
from horehab.fhir.basis.site import Site

_SYSTEMS = ("phone", "sms", "email")
_NAME_ORDER = ("official", "usual", None)


def patient_from(resource: Tree, site: Site) -> Patient:
    """Read who a patient is; what is missing or misshapen stays unknown."""
    return Patient(
        reference=own_reference(resource),
        name=_name(resource),
        birth_date=word(resource, "birthDate"),
        sex=word(resource, "gender"),
        record_number=_record_number(resource),
        is_deceased=bool(resource.get("deceasedBoolean") or resource.get("deceasedDateTime")),
        replaced_by=_survivor(resource, site),
        language=_language(resource),
        email=_contact(resource, "email"),
        phone=_contact(resource, "phone"),
        ways=_ways(resource),
        addresses=_addresses(resource),
    )


def _name(resource: Tree) -> str | None:
    names = [name for name in children(resource, "name") if name.get("use") != "old"]
    ordered = [name for use in _NAME_ORDER for name in names if name.get("use") == use] + names
    return next((text for text in map(_full_name, ordered) if text), None)


def _full_name(name: Tree) -> str | None:
    given = name.get("given")
    parts = [*(given if isinstance(given, list) else [given]), name.get("family")]
    spelled = " ".join(part.strip() for part in parts if isinstance(part, str) and part.strip())
    return word(name, "text") or spelled or None


def _record_number(resource: Tree) -> str | None:
    numbers = [each for each in children(resource, "identifier") if word(each, "value")]
    records = [each for each in numbers if _is_record_number(each)]
    return word(next(iter(records or numbers), {}), "value")


def _is_record_number(identifier: Tree) -> bool:
    return any(coding.get("code") == "MR" for coding in children(child(identifier, "type"), "coding"))


def _survivor(resource: Tree, site: Site) -> str | None:
    links = [link for link in children(resource, "link") if link.get("type") == "replaced-by"]
    target = target_of(child(links[0], "other"), site) if links else None
    return target if target and target.startswith("Patient/") else None


def _language(resource: Tree) -> str | None:
    spoken = children(resource, "communication")
    first = sorted(spoken, key=lambda each: each.get("preferred") is not True)[:1]
    language = child(first[0], "language") if first else {}
    return word(child(language, "coding"), "code") or said(language)


def _contact(resource: Tree, kind: str) -> str | None:
    ways = [way for way in children(resource, "telecom") if way.get("system") == kind and way.get("use") != "old"]
    return next((value for value in (word(way, "value") for way in ways) if value), None)


def _ways(resource: Tree) -> tuple[ContactWay, ...]:
    """Read by which telephones and addresses the patient can be reached, and how much each is preferred."""
    return tuple(
        ContactWay(
            system=system,
            value=value,
            use=word(way, "use"),
            rank=rank if isinstance(rank := way.get("rank"), int) and not isinstance(rank, bool) else None,
            since=_day(child(way, "period"), "start"),
            until=_day(child(way, "period"), "end"),
        )
        for way in children(resource, "telecom")
        if (system := word(way, "system")) in _SYSTEMS and (value := word(way, "value"))
    )


def _addresses(resource: Tree) -> tuple[PostalAddress, ...]:
    """Read where the patient lives or takes mail; the lines where they are given, else the whole as one text."""
    return tuple(
        PostalAddress(
            lines=lines,
            use=word(each, "use"),
            is_visited_only=word(each, "type") == "physical",
            since=_day(child(each, "period"), "start"),
            until=_day(child(each, "period"), "end"),
        )
        for each in children(resource, "address")
        if (lines := _lines(each))
    )


def _lines(address: Tree) -> tuple[str, ...]:
    listed = address.get("line")
    street = [line for line in (listed if isinstance(listed, list) else [listed]) if isinstance(line, str)]
    town = " ".join(part for part in (word(address, "postalCode"), word(address, "city")) if part)
    parts = [*street, town, word(address, "district"), word(address, "state"), word(address, "country")]
    written = tuple(part.strip() for part in parts if part and part.strip())
    if written and (street or town):
        return written
    return tuple(line.strip() for line in (word(address, "text") or "").splitlines() if line.strip()) or written


def _day(period: Tree, name: str) -> date | None:
    """Read the day of a period's end; a month or a year alone is left open, since it does not name one."""
    try:
        return date.fromisoformat((word(period, name) or "")[:10])
    except ValueError:
        return None
