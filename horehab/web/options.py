"""What the pages need to know besides the ports: who asks, whose frame they stand in, and where the EHR is."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from horehab.errors import ConfigurationError

PERSON_IN_EHR = re.compile(r"(Practitioner|PractitionerRole)/[A-Za-z0-9.-]{1,64}")
"""How a reference to a person of the EHR looks."""


class Role(Enum):
    """What someone does on the ward; it decides which pages they may open and what they may decide."""

    PHYSIOTHERAPIST = "physiotherapist"
    PHYSICIAN = "physician"
    COORDINATOR = "coordinator"
    INTEGRATOR = "integrator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """The person before the screen.

    `name` is what they sign in with and what the audit trail says; `practitioner` their reference in the EHR
    ("Practitioner/7"), where they have one: without it, what they write bears `display` alone. ConfigurationError for
    one that is no such reference, since the EHR would take it for a name.
    """

    name: str
    display: str
    role: Role
    practitioner: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no reference to a person in the EHR."""
        if self.practitioner is not None and not PERSON_IN_EHR.fullmatch(self.practitioner):
            raise ConfigurationError(
                f"The practitioner {self.practitioner!r} of a viewer is no reference to a person in the EHR.",
                remedy="Give Practitioner/<id> or PractitionerRole/<id>, as the FHIR server has it, or None.",
            )

    @property
    def signature(self) -> str:
        """How what they write is signed: by their reference in the EHR, else by name."""
        return self.practitioner or self.display


def nobody() -> Viewer | None:
    """Say that nobody is signed in: what holds until a host tells who asks."""
    return None


def everyone(viewer: Viewer, patient: str) -> bool:
    """Let each member of the team see each patient of this installation: what holds until a host narrows it."""
    return bool(viewer.name and patient)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """How the pages stand in a Flask app.

    `current_user` says who asks (None: nobody signed in), `viewer_named` who somebody is today by `Viewer.name`
    (None: they may not sign in any more); where it is None nobody can tell, and there are no calendar feeds.
    `may_see` says whether they may see a patient (given by reference), and a patient whom they may not see looks
    exactly like one who does not exist. `base_template`
    is the host's frame, with blocks `title`, `head` and `content`. `ehr_address` is the base of the FHIR
    server, to which evidence is linked. `sign_in_endpoint` is where someone unknown is sent, "" for nowhere.
    `hook_secret` is what the EHR shows when it rings a hook; without one every hook is refused.
    `public_keys` reads the public halves of our keys anew; None where there are none.
    """

    new_id: Callable[[], str]
    current_user: Callable[[], Viewer | None] = nobody
    viewer_named: Callable[[str], Viewer | None] | None = None
    may_see: Callable[[Viewer, str], bool] = everyone
    url_prefix: str = "/horehab"
    base_template: str = "horehab/frame.html"
    ehr_address: str = ""
    sign_in_endpoint: str = ""
    sign_out_endpoint: str = ""
    is_demo: bool = False
    hook_secret: str = field(default="", repr=False)
    public_keys: Callable[[], Mapping[str, Any]] | None = None
