"""How a FHIR server is reached: its address, who we are to it, and how patient and how polite we are."""

from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from horehab.errors import ConfigurationError

LEAST_OVERLAP = 122.0
"""Seconds that every pull re-reads at the least: a transaction may become visible 120 s late (fhir.md, section 3)."""

CONTRADICTION = "HR-1364"
"""The code of a ConfigurationError for settings of signing in that do not go together."""

Origin = tuple[str, str, int]
"""Scheme, host and port: what must be the same for a token to be sent."""


@lru_cache(maxsize=256)  # each request asks several times whose address it goes to
def origin_of(url: str) -> Origin:
    """Tell scheme, host and port of an address; ValueError when the port is none."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    return parts.scheme, parts.hostname or "", port


@dataclass(frozen=True, slots=True, kw_only=True)
class BackendService:
    """How we sign in by SMART Backend Services: who we are, the file with our keys, and what to ask for.

    `token_url` is where tokens are given, "" for where the server says; `scopes` what to ask for, "" for the fewest
    that suffice. `may_write` is false where nothing is ever written (HOREHAB_WRITE=off); `reads_too` are kinds that
    are read besides the usual ones (Group, List), because HOREHAB_SCOPE names them; `writes_too` are written besides.
    """

    client_id: str
    keys: str
    token_url: str = ""
    scopes: str = ""
    may_write: bool = True
    reads_too: tuple[str, ...] = ()
    writes_too: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """The options of one connection; secrets are kept out of its printed form.

    `url` is the server's base without query. Seconds: `timeout` (to an answer), `overlap` (re-read before the
    mark, raised to 122 when less), `patience` (the longest that one request may wait for a re-try). `max_body`
    is bytes after unpacking. `requests_per_second` 0 means no limit. Empty texts mean "not set". A bearer token,
    or a user with a password, or a backend service; ConfigurationError for a base that must not be used.
    """

    url: str
    bearer_token: str = field(default="", repr=False)
    basic_user: str = field(default="", repr=False)
    basic_password: str = field(default="", repr=False)
    ca_bundle: str = ""
    client_certificate: str = ""
    client_key: str = ""
    proxy: str = field(default="", repr=False)
    timeout: float = 30.0
    patience: float = 60.0
    requests_per_second: float = 0.0
    page_size: int = 100
    max_pages: int = 20_000
    overlap: float = 300.0
    max_body: int = 50_000_000
    user_agent: str = "horehab"
    service: BackendService | None = None

    def __post_init__(self) -> None:
        """Refuse an address over which patient data or a token must not travel."""
        try:
            scheme, host, _ = origin_of(self.url)
        except ValueError as error:
            raise _bad_base("has a port that is no number", "Write a port from 1 to 65535.") from error
        if scheme not in ("http", "https") or not host:
            raise _bad_base("is no web address", "Write it as in https://ehr.example/fhir.")
        if scheme == "http" and not is_loopback(host):
            raise _bad_base("is plain http", "Use https: plain http is for this machine only.")
        parts = urlsplit(self.url)
        if parts.query or parts.fragment or parts.username or parts.password:
            raise _bad_base("holds more than an address", "Leave out ?, # and user:password@.")
        if not (self.bearer_token + self.basic_user + self.basic_password).isprintable():
            raise ConfigurationError(
                "The token or password for the FHIR server holds a line break or another unprintable sign.",
                remedy="Write HOREHAB_BEARER_TOKEN or HOREHAB_BASIC_PASSWORD on one line.",
            )
        ways = {
            "HOREHAB_BEARER_TOKEN": self.bearer_token,
            "HOREHAB_BASIC_USER": self.basic_user,
            "HOREHAB_CLIENT_ID": self.service,
        }
        chosen = [name for name, value in ways.items() if value]
        if len(chosen) > 1:
            raise ConfigurationError(
                f"There are several ways to sign in at the FHIR server: {' and '.join(chosen)} are set.",
                remedy="Keep one of them.",
                code=CONTRADICTION,
            )

    @property
    def base(self) -> str:
        """The base address without a slash at its end."""
        return self.url.rstrip("/")

    @property
    def origin(self) -> Origin:
        """Where tokens may go."""
        return origin_of(self.url)

    @property
    def safe_overlap(self) -> float:
        """The seconds to re-read before a mark, never fewer than 122."""
        return max(self.overlap, LEAST_OVERLAP)


def is_loopback(host: str) -> bool:
    """Tell whether a host name means this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _bad_base(what: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(f"The address of the FHIR server (HOREHAB_FHIR_URL) {what}.", remedy=remedy)
