"""A real SMS gateway, Kannel with its fake operator, on free ports; what the operator refuses fails by a report."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.cannot_be_had import CannotBeHad

USER, PASSWORD = "horehab", "loopback-only"
REFUSED = "+34999"
"""Numbers that begin so have no operator: Kannel takes the message and reports later that it failed."""

_FAKE_OPERATOR = Path("/usr/lib/kannel/test/fakesmsc")
_PATIENCE = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningKannel:
    """Where it takes messages, and the operator's own list of what it was handed."""

    url: str
    log: Path

    def delivered(self) -> list[str]:
        """Read what the operator was handed: sender, receiver and text of each message."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line.partition("<")[2].rpartition(">")[0] for line in lines if "Got message" in line]


@contextmanager
def start_kannel(folder: Path, *, inbound: str = "") -> Iterator[RunningKannel]:
    """Run bearerbox, smsbox and the fake operator; `inbound` is where messages of patients are passed on.

    CannotBeHad without Debian's packages kannel and kannel-extras.
    """
    bearerbox, smsbox = (shutil.which(name, path="/usr/sbin:/usr/bin") for name in ("bearerbox", "smsbox"))
    if not (bearerbox and smsbox and _FAKE_OPERATOR.exists()):
        raise CannotBeHad("Kannel is not installed (apt-get install kannel kannel-extras)")
    admin, boxes, operator, sending = _free_ports(4)
    settings = folder / "kannel.conf"
    settings.write_text(_settings(admin, boxes, operator, sending, inbound), encoding="utf-8")
    log = folder / "operator.log"
    with ExitStack() as stack:
        _run(stack, folder, "bearerbox", [bearerbox, str(settings)])
        _wait_for(boxes)
        _run(stack, folder, "smsbox", [smsbox, str(settings)])
        _wait_for(sending)
        _run(stack, folder, "operator", [*_operator(operator), "-m", "1", *_first_word(inbound)])
        _wait_until(log, "sent message 1")
        yield RunningKannel(url=f"http://127.0.0.1:{sending}/cgi-bin/sendsms", log=log)


def _settings(admin: int, boxes: int, operator: int, sending: int, inbound: str) -> str:
    service = f'get-url = "{inbound}"\nmax-messages = 0' if inbound else 'text = "ok"\nmax-messages = 0'
    return f"""
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = {PASSWORD}
smsbox-port = {boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
box-deny-ip = "*.*.*.*"
log-level = 1

group = smsc
smsc = fake
smsc-id = FAKE
port = {operator}
connect-allow-ip = 127.0.0.1
denied-prefix = "{REFUSED}"

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sending}
sendsms-interface = 127.0.0.1
global-sender = 13013
log-level = 1

group = sendsms-user
username = {USER}
password = {PASSWORD}
max-messages = 3
concatenation = true

group = sms-service
keyword = default
catch-all = yes
{service}
"""


def _operator(port: int) -> list[str]:
    return [str(_FAKE_OPERATOR), "-H", "127.0.0.1", "-r", str(port), "-i", "1"]


def _first_word(inbound: str) -> list[str]:
    """A message of a patient, which the operator hands over at once; without an address for it, a harmless one."""
    return ["+34600000001 13013 text STOP" if inbound else "13014 13013 text ping"]


def _run(stack: ExitStack, folder: Path, name: str, command: list[str]) -> None:
    output = stack.enter_context((folder / f"{name}.log").open("wb"))
    process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
    stack.callback(_end, process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


def _wait_for(port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise CannotBeHad(f"Kannel did not begin to listen on port {port}")


def _wait_until(log: Path, words: str) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and words not in log.read_text(encoding="utf-8", errors="replace"):
        time.sleep(0.05)
