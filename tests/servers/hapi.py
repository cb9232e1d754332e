"""Builds HAPI FHIR JPA 8.8 with Maven (once) and runs it for tests: R4, validating, on loopback, in H2 or PostgreSQL.

Needs a JDK of version 17 or later and Maven; the first build downloads about 300 MB from Maven Central. Measured on
two cores: built in 20-70 s the first time, ready in 17 s, 1.0-1.5 GB resident.
"""

import fcntl
import hashlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers.cannot_be_had import CannotBeHad
from tests.servers.sushi import definitions

_HOME = Path(__file__).parent / "hapi_testbed"
_TARGET = _HOME / "target"
_STAMP = _TARGET / "built-from"
_LEAST_JAVA = 17
_BUILD_SECONDS, _START_SECONDS = 900, 240
_QUICK_JOBS = "--testbed.job-interval-ms=1000"
"""HAPI moves a job on once a minute, so that an $export takes three; once a second it takes a few seconds."""


def _version_of(java: Path) -> int:
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def _jdk() -> Path:
    """Find the home of a JDK that can compile for Java 17: JAVA_HOME, then PATH, then the usual places."""
    named = [Path(home) for home in (os.environ.get("JAVA_HOME"),) if home]
    on_path = shutil.which("javac")
    if on_path:
        named.append(Path(on_path).resolve().parents[1])
    for home in (*named, *sorted(Path("/usr/lib/jvm").glob("*"))):
        if (home / "bin/javac").exists() and _version_of(home / "bin/java") >= _LEAST_JAVA:
            return home
    raise CannotBeHad(f"HAPI needs a JDK of version {_LEAST_JAVA} or later: apt-get install openjdk-17-jdk-headless")


def _sources() -> str:
    files = [_HOME / "pom.xml", *sorted((_HOME / "src").rglob("*.java"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _is_built() -> bool:
    return _STAMP.exists() and _STAMP.read_text() == _sources()


def _build(jdk: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise CannotBeHad("HAPI is built with Maven, and there is no mvn: apt-get install maven")
    try:
        done = subprocess.run(
            [maven, "-q", "-B", "-ntp", "package"],
            cwd=_HOME,
            env={**os.environ, "JAVA_HOME": str(jdk)},
            capture_output=True,
            text=True,
            timeout=_BUILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CannotBeHad(f"the build of HAPI took more than {_BUILD_SECONDS} s") from error
    if done.returncode != 0:
        raise CannotBeHad(f"HAPI could not be built: {(done.stdout + done.stderr).strip()[-500:]}")
    _STAMP.write_text(_sources())


def _build_once(jdk: Path) -> None:
    """Build unless it is built, one process at a time."""
    _TARGET.mkdir(exist_ok=True)
    with (_TARGET / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_built():
            _build(jdk)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        said = log.read_bytes()
        if b"\nREADY" in said or said.startswith(b"READY"):
            return
        if process.poll() is not None:
            raise CannotBeHad(f"HAPI ended while starting: {said[-500:].decode(errors='replace')}")
        time.sleep(0.2)
    raise CannotBeHad(f"HAPI was not ready after {_START_SECONDS} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def on_postgresql(url: str) -> tuple[str, ...]:
    """Give the options with which HAPI keeps its resources in a database of PostgreSQL instead of in memory."""
    parts = urlsplit(url)
    return (
        f"--spring.datasource.url=jdbc:postgresql://{parts.hostname}:{parts.port}{parts.path}",
        f"--spring.datasource.username={parts.username}",
        "--testbed.dialect=ca.uhn.fhir.jpa.model.dialect.HapiFhirPostgresDialect",
    )


def _definitions_at_hand() -> list[str]:
    """Let HAPI's validator find the definitions of R4 in a cache of packages.

    Without them, and without a way to packages.fhir.org, it refuses each definition of an extension ("Unable to
    resolve package id hl7.fhir.r4.core#null", measured with 8.8.0).
    """
    try:
        return [f"-Duser.home={definitions()}"]
    except CannotBeHad:
        return []


@contextmanager
def start_hapi(*, port: int = 0, options: Sequence[str] = ()) -> Iterator[str]:
    """Run HAPI for as long as the block lasts and give its base URL; CannotBeHad when this machine cannot.

    `options` are those of HapiTestbed.java, for example "--testbed.validate=false".
    """
    jdk = _jdk()
    _build_once(jdk)
    port = port or _free_port()
    with tempfile.TemporaryDirectory() as folder, (log := Path(folder) / "hapi.log").open("wb") as words:
        process = subprocess.Popen(
            [
                jdk / "bin/java",
                "-Xmx1536m",
                "-XX:TieredStopAtLevel=1",
                *_definitions_at_hand(),
                "-cp",
                f"{_TARGET}/classes:{_TARGET}/lib/*",
                "horehab.testbed.HapiTestbed",
                f"--server.port={port}",
                _QUICK_JOBS,
                *options,
            ],
            stdout=words,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        try:
            _wait_until_ready(process, log)
            yield f"http://127.0.0.1:{port}/fhir"
        finally:
            _end(process)
