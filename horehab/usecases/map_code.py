"""Say what a code of the ward means, or take that back; every stored entry that bears it is read again at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from horehab.domain.local_code import CodeMeaning, LocalCode
from horehab.errors import UnknownCode
from horehab.usecases.local_codes import CodeMapping, ReadAnew
from horehab.usecases.ports import Ports
from horehab.usecases.read_again import catch_up

_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A code of which a person said something else than the site's file; what the person said counts."""

    local: LocalCode
    said: str
    in_file: str


def map_codes(ports: Ports, meanings: Sequence[tuple[LocalCode, CodeMeaning]], *, who: str) -> ReadAnew:
    """Keep what codes mean, note who said so, and read again all stored entries that bear them.

    UnknownCode for a code that cannot be one. The patients whom it concerns are reviewed with the next pass.
    """
    now = ports.clock.now()
    for local, _ in meanings:
        if not local.code.strip() or len(local.code) > _LONGEST or len(local.system) > _LONGEST:
            remedy = f"Give the code as the chart has it, at most {_LONGEST} characters."
            raise UnknownCode(f"{local.code[:40]!r} is no code.", field="CODE", value=local.code, remedy=remedy)
    ports.logbook.codes.map([CodeMapping(local=local, meaning=says, who=who, at=now) for local, says in meanings])
    for local, says in meanings:
        ports.logbook.audit(who=who, what=f"mapped the code {local} as {says}", patient=None, now=now)
    return catch_up(ports)


def forget_code(ports: Ports, local: LocalCode, *, who: str) -> ReadAnew:
    """Take back what a person said of a code; then the site's file alone says what it means, if it does."""
    if not ports.logbook.codes.forget(local):
        raise UnknownCode(
            f"Nobody mapped the code {str(local)!r} here.",
            field="CODE",
            value=str(local),
            remedy="`horehab map --mapped` lists what was mapped; what a file says is changed in the file.",
        )
    now = ports.clock.now()
    ports.logbook.audit(who=who, what=f"forgot what the code {local} means", patient=None, now=now)
    return catch_up(ports)


def find_code(ports: Ports, code: str, system: str | None) -> LocalCode:
    """Find a code by itself, where only one code system has it; UnknownCode when none or several have.

    A code system that is given counts as it is: a code may be mapped before it is first seen.
    """
    if system is not None:
        return LocalCode(system=system.strip(), code=code.strip())
    known = {each.local for each in ports.logbook.codes.to_map()}
    known |= {each.local for each in ports.logbook.codes.mappings()}
    found = sorted((each for each in known if each.code == code.strip()), key=str)
    if len(found) == 1:
        return found[0]
    if not found:
        raise UnknownCode(
            f"No entry that waits to be read bears the code {code[:80]!r}.",
            field="CODE",
            value=code,
            remedy='Name its code system with --system ("" for words without a code); `horehab map` lists codes.',
        )
    systems = " or ".join(repr(each.system) for each in found)
    raise UnknownCode(
        f"{len(found)} code systems have the code {code[:80]!r}.",
        field="--system",
        value=code,
        remedy=f"Name one of them: --system {systems}.",
    )


def contradictions(ports: Ports) -> tuple[Contradiction, ...]:
    """List the codes of which a person said something else than the site's file does."""
    in_file = ports.chart.codes_of_file()
    return tuple(
        Contradiction(local=each.local, said=str(each.meaning), in_file=in_file[each.local])
        for each in ports.logbook.codes.mappings()
        if in_file.get(each.local, str(each.meaning)) != str(each.meaning)
    )
