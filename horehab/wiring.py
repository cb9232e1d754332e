"""The one corridor that knows all rooms: settings in, open ports out."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from horehab import store
from horehab._version import __version__
from horehab.clock import SystemClock, new_id
from horehab.domain.local_code import CodeMeaning, LocalCode
from horehab.domain.thresholds import Rules
from horehab.errors import ConfigurationError
from horehab.fhir import publishing, subscribing
from horehab.fhir.basis.kinds import FORMS, MESSAGES
from horehab.fhir.basis.scope import read_scope
from horehab.fhir.basis.site import Site, read_suspicion_code, read_team
from horehab.fhir.chart import FhirChart
from horehab.fhir.resources import code_map_file
from horehab.fhir.resources.local_codes import LocalCodes
from horehab.fhir.session_form.files import FormDesk
from horehab.fhir.validation import files
from horehab.fhir.wire.client_keys import ALGORITHMS, KeyFile
from horehab.fhir.wire.connection import BackendService, Connection
from horehab.fhir.writing.consent import open_consents
from horehab.rules import load_rules
from horehab.settings import Settings, secret
from horehab.usecases.ports import Chart, Clock, Ports

KEY_ALGORITHMS = ALGORITHMS
"""How a key of ours may sign, the usual first."""


@runtime_checkable
class _Closing(Protocol):
    def close(self) -> None: ...


def open_ports(settings: Settings, *, clock: Clock | None = None, is_bound: bool = True) -> Ports:
    """Open the chart and our memory as the settings say, without touching the network.

    `clock` stands in for the machine's clock (demo, replay). A fresh store is bound to the server, another
    server's store refused with StoreMismatch, unless `is_bound` is false (to look at it only).
    """
    clock = clock or SystemClock(zone=settings.zone)
    rules = load_rules(settings.rules_file)
    local_codes = LocalCodes(file=settings.concept_map)
    chart = _open_chart(settings, rules, clock, local_codes)
    logbook = store.open_logbook(settings.database_url, zone=settings.zone, state_folder=settings.state_folder)
    local_codes.mapped = logbook.codes.mappings
    try:
        if is_bound:
            logbook.check_binding(address=chart.address)
            logbook.release_dead(_is_dead)
        may_write = _may_write(settings)
    except BaseException:
        _close(chart, logbook)
        raise
    return Ports(
        chart=chart,
        logbook=logbook,
        clock=clock,
        rules=rules,
        zone=settings.time_zone,
        may_write=may_write,
        may_write_past=settings.is_loopback,
        needs_approval=settings.write == "approve",
        consents=open_consents(settings.consent_code, _connection(settings), clock),
        owner=f"{_here()}:{os.getpid()}:{_started(os.getpid())}:{new_id()[:8]}",
    )


def _is_dead(owner: str) -> bool:
    """Say whether a process that counts with us held a lease and is gone; of any other we cannot know."""
    here = f"{_here()}:"
    process, _, rest = owner.removeprefix(here).partition(":")
    return owner.startswith(here) and process.isdigit() and _started(int(process)) != rest.partition(":")[0]


def _here() -> str:
    """Name where our process numbers count: containers may share a host name, and never a PID namespace."""
    try:
        namespace = Path("/proc/self/ns/pid").readlink().name
    except OSError:
        namespace = ""
    return f"{socket.gethostname()}:{''.join(filter(str.isdigit, namespace))}"


def _started(process: int) -> str:
    """Tell when a process started, so that its number taken by another is not mistaken for it; "" for none."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    return status.rpartition(")")[2].split()[_START_TIME]


_START_TIME = 19  # the 22nd field of /proc/PID/stat, counted after the name in brackets: proc(5)


def open_chart(settings: Settings, *, clock: Clock | None = None) -> Chart:
    """Open the door to the EHR, without touching the network."""
    local_codes = LocalCodes(file=settings.concept_map)
    clock = clock or SystemClock(zone=settings.zone)
    return _open_chart(settings, load_rules(settings.rules_file), clock, local_codes)


@contextmanager
def opened_chart(settings: Settings) -> Iterator[Chart]:
    """Open the door to the EHR for one look, and close it after that."""
    chart = open_chart(settings)
    try:
        yield chart
    finally:
        _close(chart)


def close_ports(ports: Ports) -> None:
    """Close connections and files; ports that were closed are of no more use."""
    _close(ports.chart, ports.logbook)


@contextmanager
def opened_ports(settings: Settings, *, clock: Clock | None = None, is_bound: bool = True) -> Iterator[Ports]:
    """Open the ports for one piece of work and close them after it."""
    ports = open_ports(settings, clock=clock, is_bound=is_bound)
    try:
        yield ports
    finally:
        close_ports(ports)


def _close(*doors: object) -> None:
    for door in doors:
        if isinstance(door, _Closing):
            door.close()


def _may_write(settings: Settings) -> bool:
    """Decide whether entries may leave (fhir.md, "When to write at all")."""
    if settings.write == "off":
        return False
    return settings.is_loopback or store.is_writing_accepted(settings.database_url, settings.fhir_url)


def accept_writing(settings: Settings) -> None:
    """Keep the operator's acceptance that suspicions are written to this server, and who gave it, in the ledger."""
    with opened_ports(settings) as ports:
        store.accept_writing(settings.database_url, ports.chart.address)
        what = f"writing accepted for {ports.chart.address}"
        ports.logbook.audit(who="command line", what=what, patient=None, now=ports.clock.now())


def _open_chart(settings: Settings, rules: Rules, clock: Clock, local_codes: LocalCodes) -> Chart:
    site = _site(settings, rules, local_codes)
    return FhirChart(_connection(settings), site, clock, local_codes=local_codes)


def _connection(settings: Settings) -> Connection:
    return Connection(
        url=settings.fhir_url,
        ca_bundle=settings.ca_bundle,
        client_certificate=settings.client_certificate,
        client_key=settings.client_key,
        proxy=settings.proxy,
        bearer_token=secret(settings.bearer_token, settings.bearer_token_file),
        basic_user=settings.basic_user,
        basic_password=settings.basic_password,
        requests_per_second=settings.requests_per_second,
        timeout=settings.timeout,
        page_size=settings.page_size,
        overlap=settings.overlap,
        max_body=settings.max_body,
        user_agent=f"horehab/{__version__}",
        service=_service(settings),
    )


def _service(settings: Settings) -> BackendService | None:
    if not settings.client_id:
        return None
    return BackendService(
        client_id=settings.client_id,
        keys=settings.client_keys,
        token_url=settings.token_url,
        scopes=settings.scopes,
        may_write=settings.write != "off",
        reads_too=(
            *read_scope(settings.scope).registers,
            *(kind for kind, is_read in ((FORMS, settings.forms), ("Consent", settings.consent_code)) if is_read),
        ),
        writes_too=MESSAGES if settings.messages_in_chart else (),
    )


def _site(settings: Settings, rules: Rules, local_codes: LocalCodes) -> Site:
    return Site(
        zone=settings.zone,
        base=settings.fhir_url.rstrip("/"),
        extension_sign=settings.extension_sign,
        concept_map=local_codes.of_file(),
        limits={motion: (numbers.lowest, numbers.highest) for motion, numbers in rules.motions.items()},
        suspicion_code=read_suspicion_code(settings.suspicion_code),
        suspicion_category=settings.suspicion_category,
        has_profiles=settings.has_profiles,
        reads_forms=settings.forms,
        security_label=settings.security_label,
        known_by_last_updated=settings.known_by_last_updated,
        scope=read_scope(settings.scope),
        team=read_team(settings.team),
        validation=settings.validate,
        version=__version__,
    )


def form_desk(settings: Settings) -> FormDesk:
    """Open the desk where forms of a session are read and filled in, without any server."""
    local_codes = LocalCodes(file=settings.concept_map)
    return FormDesk(_site(settings, load_rules(settings.rules_file), local_codes))


def key_file(settings: Settings) -> KeyFile:
    """Name the file with our keys; ConfigurationError when the settings name none."""
    if not settings.client_keys:
        raise ConfigurationError(
            "HOREHAB_CLIENT_KEYS is not set: there is no file for our keys.",
            remedy="Name a file that only horehab may read, such as /etc/horehab/keys.json.",
        )
    return KeyFile(path=Path(settings.client_keys), clock=SystemClock(zone=settings.zone))


def write_code_map(settings: Settings, ports: Ports, file: Path) -> int:
    """Write what local codes mean here, people's mappings and the file's, as a ConceptMap; gives their number."""
    codes = LocalCodes(file=settings.concept_map, mapped=ports.logbook.codes.mappings).in_force()
    code_map_file.write_code_map(file, codes, version=ports.clock.today().isoformat())
    return len(codes)


def read_code_map(file: Path) -> tuple[dict[LocalCode, CodeMeaning], tuple[str, ...]]:
    """Read a ConceptMap: what codes mean in words of ours, and each code that has none; BadCodeMap."""
    return code_map_file.read_code_map(file)


def hooks_to_be_made(address: str) -> dict[str, Any]:
    """Write what lets the EHR ring our hook at an address, for somebody to look at or to post; no secret in it."""
    return subscribing.to_be_posted(address, "<HOREHAB_HOOK_SECRET>")


def make_hooks(settings: Settings, address: str) -> Iterator[tuple[str, bool, str]]:
    """Make what lets the EHR ring our hook; gives each kind, whether it rings now, and what was done."""
    clock, shown = SystemClock(zone=settings.zone), secret(settings.hook_secret, settings.hook_secret_file)
    return subscribing.subscribe(_connection(settings), clock, address, shown)


def export_profiles(folder: Path) -> tuple[Path, ...]:
    """Write our FHIR profiles as a package and as a Bundle; InputError when the folder does not take them."""
    return publishing.export_files(folder)


def install_profiles(settings: Settings) -> Iterator[tuple[str, bool, str]]:
    """Put our FHIR profiles onto the server; gives each artefact, whether it is there now, and what was done."""
    for placed in publishing.install(_connection(settings), SystemClock(zone=settings.zone)):
        yield placed.name, placed.is_there, placed.words


def check_resources(file: str, *, profile: str | None, package: str | None) -> Iterator[dict[str, Any]]:
    """Check the FHIR resources in a file, "-" being the standard input; gives for each its place, name and issues.

    NotToBeChecked, UnknownProfile and BadPackage for what cannot be used.
    """
    return files.check_rows(file, profile=profile, package=package)


def absent_database(settings: Settings) -> Path | None:
    """Name the SQLite file that the first command will make, or None when there is a database to look into."""
    return store.absent_file(settings.database_url)


def upgrade_store(settings: Settings) -> None:
    """Bring the database to this version's tables; StoreTooNew for one that a newer version made."""
    store.upgrade(settings.database_url)


def backup_store(settings: Settings, file: Path) -> None:
    """Copy the whole database into a new file, while others go on working with it."""
    store.backup(settings.database_url, file)


def restore_store(settings: Settings, file: Path) -> None:
    """Put a backup in the place of the database."""
    store.restore(settings.database_url, file)


def adopt_store(settings: Settings) -> str:
    """Bind the database to this installation and to the server of the settings; gives the server's address."""
    address = settings.fhir_url.rstrip("/")
    store.adopt(settings.database_url, address, state_folder=settings.state_folder)
    return address
