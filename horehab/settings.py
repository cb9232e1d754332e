"""Settings: HOREHAB_* from the environment or from a Flask config, read once into one frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from horehab.errors import ConfigurationError

_WRITE_CHOICES = ("auto", "approve", "off")
_TRUE = MappingProxyType(
    {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
)


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
    requests_per_second: float = 0.0
    timeout: float = 30.0
    page_size: int = 100
    overlap: float = 300.0
    max_body: int = 50_000_000
    concept_map: str = ""
    extension_sign: str = "ask"
    suspicion_code: str = "http://snomed.info/sct|128491006"
    security_label: str = "DEVAST"
    known_by_last_updated: bool = False
    rules_file: str = ""
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
    team_email: str = ""
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
        name = f"HOREHAB_{field.name.upper()}"
        if source.get(name) not in (None, ""):
            values[field.name] = _converted(name, source[name], type(field.default))
    settings = Settings(**values)
    _check(settings)
    return settings


def secret(text: str, path: str) -> str:
    """Take a secret from its setting, or from the file that the setting names."""
    if text or not path:
        return text
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(
            f"The secret file {path!r} cannot be read ({error.strerror}).",
            remedy="Point the *_FILE setting at a readable file.",
        ) from error


def _converted(name: str, value: Any, kind: type) -> Any:
    if kind is bool:
        if isinstance(value, bool):
            return value
        if str(value).lower() in _TRUE:
            return _TRUE[str(value).lower()]
        raise _wrong(name, value, "Write true or false.")
    try:
        return kind(value)
    except ValueError as error:
        raise _wrong(name, value, f"Write a {'whole number' if kind is int else 'number'}.") from error


def _check(settings: Settings) -> None:
    url = urlsplit(settings.fhir_url)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise _wrong(
            "HOREHAB_FHIR_URL", settings.fhir_url, "Write the server's base, as in https://ehr.example/fhir."
        )
    if url.scheme == "http" and not settings.is_loopback:
        raise _wrong("HOREHAB_FHIR_URL", settings.fhir_url, "Use https: plain http is for this machine only.")
    if url.username or url.password:
        raise _wrong("HOREHAB_FHIR_URL", "(with a password)", "Use HOREHAB_BASIC_USER and _PASSWORD instead.")
    try:
        _ = settings.zone
    except (ZoneInfoNotFoundError, ValueError) as error:
        remedy = "Write an IANA zone such as Europe/Madrid."
        raise _wrong("HOREHAB_TIME_ZONE", settings.time_zone, remedy) from error
    if settings.write not in _WRITE_CHOICES:
        raise _wrong("HOREHAB_WRITE", settings.write, f"Write one of {', '.join(_WRITE_CHOICES)}.")
    if settings.extension_sign not in ("ask", "deficit", "hyperextension"):
        raise _wrong("HOREHAB_EXTENSION_SIGN", settings.extension_sign, "ask, deficit or hyperextension.")
    if settings.timeout <= 0 or settings.page_size < 1 or settings.overlap < 0:
        raise _wrong("HOREHAB_TIMEOUT, _PAGE_SIZE, _OVERLAP", "", "Write numbers above zero.")


def _wrong(name: str, value: object, remedy: str) -> ConfigurationError:
    return ConfigurationError(f"The setting {name} has the value {value!r}, which cannot be used.", remedy=remedy)
