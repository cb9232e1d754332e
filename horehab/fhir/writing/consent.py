"""Whether a patient agreed to be reminded, as a Consent of the chart says; asked when a message is about to go."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from horehab.errors import ConfigurationError, EhrUnavailable
from horehab.fhir.basis.elements import Tree, child, children, word
from horehab.fhir.basis.moments import moment
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.connection import Connection
from horehab.fhir.writing.server_ids import search
from horehab.fhir.writing.standing import Settled
from horehab.usecases.ports import Clock

_UTC = ZoneInfo("UTC")
_OPT_OUT = "OPTOUT"  # and OPTOUTE, with exceptions (v3-ActCode)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartConsents:
    """The consents of the chart under one code of the site's, `system` and `code`; nothing of them is kept."""

    connection: Connection
    system: str
    code: str
    clock: Clock

    def __call__(self, patient: str) -> bool | None:
        """Ask for the consents of a patient: True, False, or None where there is none.

        EhrUnavailable, EhrRefused when it cannot be asked now.
        """
        client = Client(self.connection, self.clock)
        try:
            found = search(client, "Consent", {"patient": patient, "status": "active"})
        except Settled as settled:
            raise EhrUnavailable(f"The consents cannot be asked for. {settled.delivery.detail}") from settled
        finally:
            client.close()
        resources = (dict(each.resource) for each in found)
        return consent_in(resources, self.system, self.code, self.clock.today())


def open_consents(setting: str, connection: Connection, clock: Clock) -> ChartConsents | None:
    """Open the way to the consents under "system|code", None for no code; ConfigurationError for what is none."""
    if not setting:
        return None
    system, bar, code = setting.partition("|")
    if not (system and bar and code):
        raise ConfigurationError(
            f"The setting HOREHAB_CONSENT_CODE has the value {setting!r}, which cannot be used.",
            remedy="Write system|code, the category of the Consents that count.",
        )
    return ChartConsents(connection=connection, system=system, code=code, clock=clock)


def consent_in(resources: Iterable[dict[str, Any]], system: str, code: str, day: date) -> bool | None:
    """Read what the newest active consent under a code says on a day: permitted, denied, or None for no such one.

    Where the times do not tell which of several is the newest, a no among these is a no.
    """
    mine = [one for one in resources if one.get("status") == "active" and _is_under(one, system, code)]
    valid = [one for one in mine if _holds_on(child(child(one, "provision"), "period"), day)]
    dated = [(one, moment(word(one, "dateTime") or "", _UTC)) for one in valid]
    last = max((when.earliest for _, when in dated if when), default=None)
    newest = [one for one, when in dated if when is None or last is None or when.latest >= last]
    return not any(map(_is_denied, newest)) if newest else None


def _is_denied(consent: Tree) -> bool:
    """Whether it says no, in its provision or, where that says nothing, by its policy."""
    said = child(consent, "provision").get("type")
    policies = (coding.get("code") for coding in children(child(consent, "policyRule"), "coding"))
    return said == "deny" or (said is None and any(str(code).startswith(_OPT_OUT) for code in policies))


def _is_under(consent: Tree, system: str, code: str) -> bool:
    codings = [coding for category in children(consent, "category") for coding in children(category, "coding")]
    return any((coding.get("system"), coding.get("code")) == (system, code) for coding in codings)


def _holds_on(period: Tree, day: date) -> bool:
    """Whether a period holds on a day; a month or a year is compared as far as it is written."""
    start, end = word(period, "start") or "", word(period, "end")
    return start[:10] <= day.isoformat() and (end is None or day.isoformat()[: len(end[:10])] <= end[:10])
