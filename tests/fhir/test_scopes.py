"""Which scopes are asked for, and which of them are missing in what was granted."""

import pytest

from horehab.fhir.basis.scope import read_scope
from horehab.fhir.wire.scopes import lacking_scopes, wanted_scopes

READS, WRITES = ("Patient", "Observation"), ("Observation", "Task")


@pytest.mark.parametrize(
    ("offered", "capabilities", "asked"),
    [
        ((), (), "system/Patient.rs system/Observation.crus system/Task.crus"),
        (("openid", "patient/*.rs"), (), "system/Patient.rs system/Observation.crus system/Task.crus"),
        (("system/*.rs",), (), "system/Patient.rs system/Observation.crus system/Task.crus"),
        (
            ("system/*.read", "system/*.write"),
            (),
            "system/Patient.read system/Observation.read system/Task.read system/Observation.write system/Task.write",
        ),
        (
            ("system/*.*",),
            (),
            "system/Patient.read system/Observation.read system/Task.read system/Observation.write system/Task.write",
        ),
        (("system/*.read",), ("permission-v2",), "system/Patient.rs system/Observation.crus system/Task.crus"),
        (
            (),
            ("permission-v1",),
            "system/Patient.read system/Observation.read system/Task.read system/Observation.write system/Task.write",
        ),
        (("system/Patient.rs", "system/Observation.cruds"), (), "system/Patient.rs system/Observation.crus"),
        (("system/Patient.read",), (), "system/Patient.read"),
        (("system/*.read", "system/*.rs"), (), "system/Patient.rs system/Observation.crus system/Task.crus"),
    ],
)
def test_the_fewest_scopes_are_asked_for_in_the_words_of_the_server(
    offered: tuple[str, ...], capabilities: tuple[str, ...], asked: str
) -> None:
    assert " ".join(wanted_scopes(offered, capabilities, reads=READS, writes=WRITES)) == asked


@pytest.mark.parametrize(
    ("granted", "missing"),
    [
        ("system/*.cruds", ""),
        ("system/*.*", ""),
        ("system/*.read system/Observation.write system/Task.crus", ""),
        ("system/*.rs", "system/Observation.cu system/Task.cu"),
        ("system/Patient.r system/Observation.crus system/Task.crus", "system/Patient.s"),
        ("", "system/Patient.rs system/Observation.crus system/Task.crus"),
        ("patient/*.cruds", "system/Patient.rs system/Observation.crus system/Task.crus"),
        ("system/*.cud system/Patient.rs system/Task.rs system/Observation.rs?category=x", "system/Observation.rs"),
    ],
)
def test_what_was_not_granted_is_named(granted: str, missing: str) -> None:
    assert " ".join(lacking_scopes(granted, reads=READS, writes=WRITES)) == missing


@pytest.mark.parametrize(
    ("text", "registers"),
    [
        ("everything", ()),
        ("Group/7", ("Group",)),
        ("List/1 Group/7 Patient/3", ("Group", "List")),
        ("Location/2 Patient?organization=Organization/7", ()),
    ],
)
def test_who_is_read_says_which_registers_must_be_open_to_us(text: str, registers: tuple[str, ...]) -> None:
    assert read_scope(text).registers == registers
