"""Checks resources against R4 and our profiles, without any server: `validate` gives what breaks which rule."""

from typing import Any

from horehab.errors import UnknownProfile
from horehab.fhir.validation.base_shape import shape_issues
from horehab.fhir.validation.issues import Issue, Severity
from horehab.fhir.validation.library import definition, our_profiles
from horehab.fhir.validation.references import bundled, entries_of_type
from horehab.fhir.validation.walk import check_resource

__all__ = ["Issue", "Severity", "validate"]


def validate(resource: Any, *, profile: str | None = None) -> tuple[Issue, ...]:
    """Check a resource, or each entry of a Bundle, by `profile`, the profiles that it names, and its base type.

    In a Bundle, `profile` is for the entries of its type. Gives errors first. UnknownProfile for a profile that we
    do not have.
    """
    asked = definition(profile) if profile is not None else None
    if profile is not None and asked is None:
        ours = ", ".join(each.url.rpartition("/")[2] for each in our_profiles())
        raise UnknownProfile(
            f"There is no profile {profile!r} here.",
            field="--profile",
            value=profile,
            remedy=f"Give the whole address of one of ours ({ours}) or of a type of R4.",
        )
    entries = entries_of_type(resource, asked.type) if asked else {}
    found = list(check_resource(resource, profile=None if entries else profile))
    for path, entry in entries.items():
        found += check_resource(entry, path=path, profile=profile, bundle=bundled(resource))
    found = list(dict.fromkeys(found))
    found += shape_issues(resource, found)
    order = list(Severity)
    return tuple(sorted(found, key=lambda issue: order.index(issue.severity)))
