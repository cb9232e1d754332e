"""Settings: HOREHAB_* from the environment or from a Flask config, read once into one frozen value."""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from ipaddress import ip_address
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from horehab.errors import ConfigurationError

_PREFIX = "HOREHAB_"
_TRUE = MappingProxyType(
    {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
)
_CHOICES = MappingProxyType(
    {
        "write": ("auto", "approve", "off"),
        "validate": ("off", "warn", "refuse"),
        "extension_sign": ("ask", "deficit", "hyperextension"),
        "suspicion_category": ("encounter-diagnosis", "problem-list-item"),
        "consent": ("recorded", "assumed"),
        "language": ("en", "es", "fr"),
    }
)
_TIME = re.compile("(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_MOST_SECONDS = 86_400.0
_BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "requests_per_second": (0, 1_000),
        "timeout": (0.1, 3_600),
        "page_size": (1, 1_000),
        "overlap": (0, _MOST_SECONDS),
        "max_body": (1_000, 10_000_000_000),
        "trusted_proxies": (0, 10),
        "port": (1, 65_535),
        "smtp_port": (1, 65_535),
    }
)
"""The least and the most that each numeric setting may be; outside of it the mistake is certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings; each is HOREHAB_ + its name in capitals (HOREHAB_FHIR_URL). Secrets come by file or environment.

    Durations are seconds, sizes bytes. `write` is auto, approve or off (fhir.md section 2). `extension_sign`
    says what "extension 15" means at knee and elbow: deficit, hyperextension, or ask (then it is set aside).
    """

    fhir_url: str = "http://127.0.0.1:8765/fhir"
    database_url: str = "sqlite:///horehab.sqlite3"
    time_zone: str = "UTC"
    write: str = "auto"
    ca_bundle: str = ""
    client_certificate: str = ""
    client_key: str = ""
    proxy: str = ""
    bearer_token: str = ""
    bearer_token_file: str = ""
    basic_user: str = ""
    basic_password: str = ""
    client_id: str = ""
    client_keys: str = ""
    token_url: str = ""
    scopes: str = ""
    requests_per_second: float = 0.0
    timeout: float = 30.0
    page_size: int = 100
    overlap: float = 300.0
    scope: str = "everything"
    max_body: int = 50_000_000
    concept_map: str = ""
    extension_sign: str = "ask"
    suspicion_code: str = "http://snomed.info/sct|128491006"
    suspicion_category: str = "encounter-diagnosis"
    has_profiles: bool = False
    forms: bool = False
    validate: str = "off"
    security_label: str = "DEVAST"
    known_by_last_updated: bool = False
    rules_file: str = ""
    hook_secret: str = ""
    hook_secret_file: str = ""
    secret_key: str = ""
    secret_key_file: str = ""
    trusted_proxies: int = 0
    trusted_hosts: str = ""
    host: str = "127.0.0.1"
    port: int = 5000
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_starttls: bool = True
    mail_from: str = "horehab@localhost"
    team: str = ""
    team_email: str = ""
    digest_at: str = "08:00"
    quiet_from: str = "21:00"
    quiet_until: str = "08:00"
    consent: str = "recorded"
    consent_code: str = ""
    language: str = "en"
    clinic_name: str = ""
    clinic_phone: str = ""
    texts_file: str = ""
    phone_prefix: str = ""
    sms_url: str = ""
    sms_user: str = ""
    sms_password: str = ""
    sms_password_file: str = ""
    sms_sender: str = ""
    sms_template: str = ""
    webhook_url: str = ""
    webhook_key: str = ""
    webhook_key_file: str = ""
    public_url: str = ""
    messages_by: str = "sms, email"
    messages_in_chart: bool = False
    state_folder: str = ""
    demo: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """The ward's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def is_loopback(self) -> bool:
        """Whether the FHIR server runs on this machine."""
        host = urlsplit(self.fhir_url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"


def read_settings(source: Mapping[str, Any]) -> Settings:
    """Read HOREHAB_* out of an environment or a Flask config; ConfigurationError names setting, value, remedy."""
    values: dict[str, Any] = {}
    for field in fields(Settings):
        name = _name_of(field.name)
        if source.get(name) not in (None, ""):
            values[field.name] = _converted(name, source[name], type(field.default))
    settings = Settings(**values)
    _check(settings)
    return settings


def unknown_settings(source: Iterable[str]) -> tuple[str, ...]:
    """Name what looks like a setting of ours and is none, such as HOREHAB_FHIR_URI: it is read by nobody."""
    known = setting_names()
    return tuple(sorted(name for name in source if name.startswith(_PREFIX) and name not in known))


def setting_names() -> tuple[str, ...]:
    """List every setting by its full name, HOREHAB_FHIR_URL first."""
    return tuple(_name_of(field.name) for field in fields(Settings))


def secret(text: str, path: str) -> str:
    """Take a secret from its setting, or from the file that the setting names; ConfigurationError names the file."""
    if text or not path:
        return text
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(
            f"The secret file {path!r} cannot be read ({error.strerror}).",
            remedy="Point the *_FILE setting at a readable file.",
        ) from error
    except ValueError as error:  # UnicodeDecodeError, or a path with a NUL in it
        raise ConfigurationError(
            f"The secret file {path!r} holds bytes that are no UTF-8 text.",
            remedy="Write the secret as one line of plain text into the file that the *_FILE setting names.",
        ) from error


def _name_of(field: str) -> str:
    return f"{_PREFIX}{field.upper()}"


def _converted(name: str, value: Any, kind: type) -> Any:
    if kind is bool:
        if isinstance(value, bool):
            return value
        if str(value).lower() in _TRUE:
            return _TRUE[str(value).lower()]
        raise _wrong(name, value, "Write true or false.")
    if kind is str and not isinstance(value, str | PurePath):  # a Flask config may hold anything, such as a list
        raise _wrong(name, value, "Write it as one text, several names with commas between them.")
    if kind is int and isinstance(value, bool | float):  # int() would take True for 1 and cut 1.5 to 1
        raise _wrong(name, value, "Write a whole number.")
    try:
        return kind(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise _wrong(name, value, f"Write a {'whole number' if kind is int else 'number'}.") from error


def _check(settings: Settings) -> None:
    _check_address(settings)
    try:
        _ = settings.zone
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        remedy = "Write an IANA zone such as Europe/Madrid."
        raise _wrong("HOREHAB_TIME_ZONE", settings.time_zone, remedy) from error
    _check_sign_in(settings)
    for field in ("digest_at", "quiet_from", "quiet_until"):
        if not _TIME.fullmatch(at := getattr(settings, field)):
            raise _wrong(_name_of(field), at, "Write a time of day such as 08:00.")
    for field, choices in _CHOICES.items():
        if (chosen := getattr(settings, field)) not in choices:
            raise _wrong(_name_of(field), chosen, f"Write one of {', '.join(choices)}.")
    for field, (least, most) in _BOUNDS.items():
        number = getattr(settings, field)
        if not math.isfinite(number) or not least <= number <= most:
            raise _wrong(_name_of(field), number, f"Write a number from {least:g} to {most:.12g}.")


def _check_address(settings: Settings) -> None:
    name, address = "HOREHAB_FHIR_URL", settings.fhir_url
    remedy = "Write the server's base, as in https://ehr.example/fhir."
    try:
        url = urlsplit(address)
        _ = url.port
    except ValueError as error:  # "http://[::1/fhir", or a port that is none
        raise _wrong(name, address if "@" not in address else "(with a password)", remedy) from error
    if url.username or url.password:
        raise _wrong(name, "(with a password)", "Use HOREHAB_BASIC_USER and HOREHAB_BASIC_PASSWORD instead.")
    if url.scheme not in ("http", "https") or not url.hostname:
        raise _wrong(name, address, remedy)
    if url.scheme == "http" and not settings.is_loopback:
        raise _wrong(name, address, "Use https: plain http is for this machine only.")


def _check_sign_in(settings: Settings) -> None:
    if settings.client_id and not settings.client_keys:
        raise ConfigurationError(
            "HOREHAB_CLIENT_ID is set, but HOREHAB_CLIENT_KEYS is not: nobody can sign in without a key.",
            remedy="Name a key file there, and make it with horehab keys new.",
        )
    for name in ("token_url", "scopes"):
        if getattr(settings, name) and not settings.client_id:
            raise ConfigurationError(
                f"{_name_of(name)} is set, but HOREHAB_CLIENT_ID is not: nothing would read it.",
                remedy=f"Set HOREHAB_CLIENT_ID too, or remove {_name_of(name)}.",
            )


def _wrong(name: str, value: object, remedy: str) -> ConfigurationError:
    return ConfigurationError(f"The setting {name} has the value {value!r}, which cannot be used.", remedy=remedy)
