"""The one corridor that knows all rooms: settings in, open ports out."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, runtime_checkable

from horehab.clock import SystemClock, new_id
from horehab.fhir.chart import FhirChart
from horehab.fhir.client import Connection
from horehab.fhir.site import Site
from horehab.rules import load_rules
from horehab.settings import Settings, secret
from horehab.store import open_logbook
from horehab.usecases.ports import Chart, Clock, Logbook, Ports


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
    chart = open_chart(settings, clock=clock)
    logbook = open_logbook(settings.database_url, zone=settings.zone)
    try:
        if is_bound:
            logbook.check_binding(address=chart.address)
        may_write = _may_write(settings, logbook)
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
        owner=f"{socket.gethostname()}:{os.getpid()}:{new_id()[:8]}",
    )


def open_chart(settings: Settings, *, clock: Clock | None = None) -> Chart:
    """Open the door to the EHR, without touching the network."""
    return FhirChart(_connection(settings), _site(settings), clock or SystemClock(zone=settings.zone))


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


def _may_write(settings: Settings, logbook: Logbook) -> bool:
    """Decide whether entries may leave (fhir.md, "When to write at all")."""
    if settings.write == "off":
        return False
    return settings.is_loopback or logbook.is_writing_accepted(address=settings.fhir_url)


def _connection(settings: Settings) -> Connection:
    return Connection(
        address=settings.fhir_url,
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
    )


def _site(settings: Settings) -> Site:
    return Site(
        zone=settings.zone,
        extension_sign=settings.extension_sign,
        suspicion_code=settings.suspicion_code,
        security_label=settings.security_label,
        known_by_last_updated=settings.known_by_last_updated,
    )
