"""Doctor's page is folded for a person at a terminal, and is a line for each finding for all who read on."""

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from contextlib import suppress

from horehab.cli.doctor_page import flat, folded
from horehab.usecases.exchange import Choice
from tests.cli.conftest import Desk

FOUND = [
    Choice(subject="database", is_well=True, finding="There is none.", part="memory"),
    Choice(subject="server", is_well=True, finding="some EHR answers at https://ehr.example/fhir", part="server"),
    Choice(
        subject="FHIR version",
        is_well=False,
        finding="3.0.2 " + "of a long time ago " * 6,
        remedy="Ask for another one. " * 5,
        part="server",
    ),
    Choice(subject="portals", is_well=True, finding="they show it", remedy="Ask them.", part="elsewhere"),
]


def test_a_page_for_a_terminal_is_folded_into_columns_of_eighty() -> None:
    lines = list(folded(FOUND, width=80))
    assert max(map(len, lines)) <= 80
    assert lines[:4] == [
        "",
        "FHIR server",
        "  ok  server        Some EHR answers at https://ehr.example/fhir",
        "  !   FHIR version  3.0.2 of a long time ago of a long time ago of a long time",
    ]
    assert lines[4].startswith(" " * 20 + "ago of")
    assert any(line.startswith(" " * 20 + "-> Ask for another one.") for line in lines)
    assert lines[-2:] == ["Our memory", "  ok  database  There is none."]
    assert "  i   portals       They show it." in lines
    assert max(map(len, folded(FOUND, width=20))) <= 60
    assert max(map(len, folded(FOUND, width=500))) <= 100


def test_on_a_terminal_of_eighty_columns_no_line_is_longer(desk: Desk) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    words = [sys.executable, "-m", "horehab", "doctor"]
    done = subprocess.run(
        words, env=environment | desk.settings, stdin=theirs, stdout=theirs, stderr=theirs, timeout=120, check=False
    )
    os.close(theirs)
    said = b""
    with suppress(OSError):  # the end of a terminal
        while piece := os.read(ours, 65_536):
            said += piece
    os.close(ours)
    assert done.returncode == 3
    text = said.decode()
    assert "\x1b[31m\x1b[1m! \x1b[0m  server" in text
    shown = [re.sub(r"\x1b\[\d+m", "", line) for line in text.splitlines()]
    assert "FHIR server" in shown
    assert any(line.startswith("              -> Start the FHIR server") for line in shown)
    assert max(map(len, shown)) <= 80 or str(desk.database) in max(shown, key=len)


def test_a_page_for_a_pipe_has_one_line_for_each_finding() -> None:
    lines = list(flat(FOUND))
    assert "  ok server: Some EHR answers at https://ehr.example/fhir" in lines
    assert "  i  portals: They show it. Ask them." in lines
    assert len(lines) == len(FOUND) + 4
