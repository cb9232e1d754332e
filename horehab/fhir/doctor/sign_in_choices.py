"""How we sign in at a server, tried once: the token, the key behind it, and what it lets us do."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from horehab.errors import EhrRefused, HorehabError
from horehab.fhir.basis.findings import Part, ill, well, worth_knowing
from horehab.fhir.basis.kinds import ESSENTIAL
from horehab.fhir.wire.auth import auth_mode
from horehab.fhir.wire.client import Client
from horehab.fhir.wire.scopes import lacking_scopes
from horehab.usecases.exchange import Choice

if TYPE_CHECKING:
    from horehab.fhir.wire.tokens import Granted, TokenDesk

_SIGNING_IN = Part.SIGNING_IN
_ASK_FOR = "Ask who runs the authorization server for them; HOREHAB_SCOPES says what we ask for."


def sign_in_choices(client: Client) -> Iterator[Choice]:
    """Get a token where we use them, then read one patient; the last finding says whether we are let in."""
    if client.sign_in.desk is not None:
        yield from _token(client.sign_in.desk)
    mode = auth_mode(client.connection)
    try:
        answer = client.get("Patient", {"_count": "1"}, is_search=True)
    except EhrRefused as refusal:
        hint = _smart_hint(client) if client.sign_in.desk is None else ""
        yield ill(_SIGNING_IN, "signing in", f"{mode}: {refusal.message}", refusal.remedy + hint)
    except HorehabError as error:
        yield ill(_SIGNING_IN, "signing in", f"{mode}: {error.message}", error.remedy)
    else:
        if answer.is_success:
            yield well(_SIGNING_IN, "signing in", f"{mode}; patients may be read", {"mode": mode})
        else:
            finding = f"{mode}: the search for patients answers {answer.reason()}"
            yield ill(_SIGNING_IN, "signing in", finding, "Check HOREHAB_FHIR_URL.")


def _token(desk: "TokenDesk") -> Iterator[Choice]:
    yield from _key_file(Path(desk.service.keys))
    try:
        granted = desk.granted()
    except HorehabError:
        return  # the trial after this says why, with its remedy
    host = urlsplit(granted.endpoint).hostname
    words = f"from {host} for {granted.seconds:.0f} s, signed {granted.algorithm} with the key {granted.kid}"
    yield well(_SIGNING_IN, "token", words, {"endpoint": granted.endpoint, "key": granted.kid})
    yield from _key_and_clock(desk, granted)
    yield from _scopes(desk, granted)


def _key_file(file: Path) -> Iterator[Choice]:
    from horehab.fhir.wire.client_keys import is_open_to_others  # noqa: PLC0415  # slow to read, and for these alone

    if file.is_file() and is_open_to_others(file):
        remedy = f"Run chmod 600 {file}, and horehab keys rotate if somebody may have read it."
        yield ill(_SIGNING_IN, "key file", f"every user of this machine may read {file}", remedy)


def _key_and_clock(desk: "TokenDesk", granted: "Granted") -> Iterator[Choice]:
    from horehab.fhir.wire.client_keys import read_keys  # noqa: PLC0415  # slow to read, and for these alone

    keys = read_keys(Path(desk.service.keys))
    if keys[0].kid != granted.kid:
        words = f"the server does not know our newest key {keys[0].kid} yet; {granted.kid} signed"
        yield worth_knowing(_SIGNING_IN, "keys", words, "Retire no key yet; see that it fetches our JWKS anew.")
    elif len(keys) > 1:
        words = f"the newest of {len(keys)} keys signs; the others are still published"
        yield worth_knowing(_SIGNING_IN, "keys", words, f"When you like: horehab keys retire {keys[-1].kid}.")
    seconds = abs(granted.ahead.total_seconds())
    if seconds:
        words = f"ours differs by {seconds:.0f} s from the authorization server's; signing in makes up for it"
        yield worth_knowing(_SIGNING_IN, "clock of sign-in", words, "Set our clock by NTP.")


def _scopes(desk: "TokenDesk", granted: "Granted") -> Iterator[Choice]:
    needs = desk.needs()
    lacking = lacking_scopes(granted.scopes, **needs)
    details = {"granted": granted.scopes, "asked": granted.asked, "missing": " ".join(lacking)}
    if not lacking:
        yield well(_SIGNING_IN, "scopes", "all that we need is granted", details)
        return
    must = (*ESSENTIAL, *desk.service.reads_too, *needs["writes"])
    needed = [scope for scope in lacking if scope.removeprefix("system/").partition(".")[0] in must]
    if needed:
        yield ill(_SIGNING_IN, "scopes", f"not granted: {', '.join(lacking)}", _ASK_FOR)
    else:
        words = f"enough is granted; without {', '.join(lacking)}, which is then not read"
        yield worth_knowing(_SIGNING_IN, "scopes", words, _ASK_FOR)


def _smart_hint(client: Client) -> str:
    try:
        is_offered = client.get(".well-known/smart-configuration").is_success
    except HorehabError:
        return ""
    if not is_offered:
        return ""
    return " It offers SMART on FHIR: run horehab keys new, and register us there (docs/in-step.md, Signing in)."
