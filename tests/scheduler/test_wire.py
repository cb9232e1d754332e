"""A line that breaks over TLS: before the request left it is tried again, after that a person looks."""

import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

import pytest

from horehab.domain.reminder import ReminderState
from scheduler.postboxes.wire import Answer, Lost, Wire, without_answer
from tests.servers.smtp import make_certificate

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\ntaken"


@contextmanager
def _gateway(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Answer one caller on a free port of this machine; gives the port."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(10)

        def answer() -> None:
            line, _ = door.accept()
            with line, suppress(OSError):
                line.settimeout(10)
                talk(line)

        thread = Thread(target=answer)
        thread.start()
        try:
            yield door.getsockname()[1]
        finally:
            thread.join()


def _ask(folder: Path, last_words: bytes | None, *, is_trusted: bool = True) -> Answer | Lost:
    """Ask a gateway that reads the request over TLS and then says, below TLS, the last words; None for an answer."""
    certificate, key = make_certificate(folder)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)

    def talk(line: socket.socket) -> None:
        with tls.wrap_socket(line.dup(), server_side=True) as safe:
            heard = b""
            while b"{}" not in heard:
                heard += safe.recv(65_536)
            if last_words is None:
                safe.sendall(ANSWER)
            else:
                line.sendall(last_words)
                line.shutdown(socket.SHUT_WR)
                line.recv(65_536)

    with _gateway(talk) as port:
        trusted = str(certificate) if is_trusted else ""
        return Wire(url=f"https://127.0.0.1:{port}/send?text=secret", setting="X", ca_bundle=trusted).ask(body=b"{}")


def test_a_gateway_over_tls_answers(tmp_path: Path) -> None:
    assert _ask(tmp_path, None) == Answer(status=200, text="taken")


@pytest.mark.parametrize(
    "last_words", [b"no TLS at all, but something else\r\n", b"\x17\x03\x03\x00\x20" + b"x" * 32]
)
def test_a_line_that_breaks_after_the_request_left_leaves_it_unknown(tmp_path: Path, last_words: bytes) -> None:
    lost = _ask(tmp_path, last_words)
    assert lost is Lost.ANSWER_LOST
    assert without_answer(lost, deduplicates=False).state is ReminderState.UNKNOWN


def test_a_certificate_that_nobody_vouches_for_gets_no_request(tmp_path: Path) -> None:
    assert _ask(tmp_path, None, is_trusted=False) is Lost.NEVER_SENT


def test_a_gateway_that_speaks_no_tls_gets_no_request() -> None:
    with _gateway(lambda line: line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as port:
        assert Wire(url=f"https://127.0.0.1:{port}/", setting="X").ask() is Lost.NEVER_SENT


def test_number_and_words_of_an_sms_are_in_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        _ask(tmp_path, None)
    assert "secret" not in caplog.text
