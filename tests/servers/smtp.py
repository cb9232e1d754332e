"""A real mail server on this machine: STARTTLS first, then a name and a password, then it takes mail."""

import socket
import ssl
from asyncio import WriteTransport
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from ipaddress import IPv4Address
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "ward", "loopback-only"


@dataclass
class MailServer:
    """A mail server that runs: where it listens, whom it knows, and what it took or shall refuse."""

    host: str
    port: int
    certificate: Path
    user: str = USER
    password: str = PASSWORD
    letters: list[Message] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    """What to answer instead of taking the next mails, such as "451 later" or "cut" for a lost answer."""

    recipients: dict[str, str] = field(default_factory=dict)
    """What to answer when these recipients are named, such as "550 nobody"."""

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.recipients:
            return self.recipients[address]
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        self.raw.append(content)
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer == "cut":
            self.letters.append(message_from_bytes(content))
            assert isinstance(server.transport, WriteTransport)
            server.transport.abort()
            return "250 nobody hears this"
        if answer.startswith("250"):
            self.letters.append(message_from_bytes(content))
        return answer


@contextmanager
def start_smtp(folder: Path) -> Iterator[MailServer]:
    """Run a mail server on a free loopback port with a certificate of its own, made anew in the folder."""
    certificate, key = make_certificate(folder)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    mail = MailServer(host="127.0.0.1", port=0, certificate=certificate)
    controller = Controller(
        mail,
        hostname="127.0.0.1",
        port=_free_port(),
        tls_context=tls,
        require_starttls=True,
        authenticator=_is_known,
        auth_required=True,
        auth_require_tls=True,
    )
    controller.start()
    mail.port = controller.port
    try:
        yield mail
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_known(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, who: object) -> AuthResult:
    known = isinstance(who, LoginPassword) and (who.login, who.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known, handled=False)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for this machine, and its key, in the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * 60))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "smtp.pem", folder / "smtp.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret
