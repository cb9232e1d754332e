"""The manifest of an export: which files there are, which of them concern us, and what makes the load incomplete."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

from horehab.errors import NotAFhirServer
from horehab.fhir.basis import verbatim
from horehab.fhir.basis.marks import http_date, instant, of_followed
from horehab.fhir.wire.answers import Answer
from horehab.usecases.chart_copy import PATIENTS, WHOLE, CopyFile, CopyOrder, CopyReady, Role

_PARTLY_A_PATIENTS = ("Task", "Provenance")
"""Kinds of which an export of the patients alone leaves out some: not each of them names its patient."""

_ROLES = (("output", Role.CHART), ("deleted", Role.GONE), ("error", Role.TROUBLE))


def read_manifest(
    answer: Answer, url: str, *, order: CopyOrder, kinds: Iterable[str], is_scoped: bool = False
) -> CopyReady:
    """Read the answer that ends an export; NotAFhirServer when it is no manifest.

    `is_scoped` when it is a copy of just those patients who are read at all (HOREHAB_SCOPE).
    """
    manifest = _opened(answer)
    problems: list[str] = []
    is_open = manifest.get("requiresAccessToken") is False
    asked, files = tuple(kinds), []
    for name, role in _ROLES:
        for listed in _listed(manifest, name, problems):
            file = _file(listed, url, role, needs_token=not is_open)
            if file is None:
                problems.append(f"the export lists a file under {name} without a kind or an address")
            elif file.role is not Role.CHART or file.kind in asked:
                files.append(file)
    if _listed(manifest, "link", problems):
        problems.append("the export lists its files on several pages, which is not understood")
    # A time ahead of the server's own clock is not believed.
    times = [_text(instant(_word(manifest, "transactionTime"))), date_of(answer)]
    made = min((time for time in times if time), default=None)
    return CopyReady(
        files=tuple(files), made=made, whole=_whole(files, order, is_scoped=is_scoped), problems=tuple(problems)
    )


def date_of(answer: Answer) -> str | None:
    """Tell the server's own time of an answer, None when it did not say."""
    return _text(http_date(answer.headers.get("date")))


def _whole(files: Iterable[CopyFile], order: CopyOrder, *, is_scoped: bool) -> tuple[str, ...]:
    """Name the marks of what came completely: of no kind without a file, since it may not have been copied at all."""
    if order.since or not (is_scoped or order.whose in (WHOLE, PATIENTS)):
        return ()
    came = {file.kind for file in files if file.role is Role.CHART}
    whole = sorted(came - set(() if order.whose == WHOLE else _PARTLY_A_PATIENTS))
    return tuple(of_followed(kind) if is_scoped else kind for kind in whole)


def _opened(answer: Answer) -> Mapping[str, Any]:
    try:
        manifest = verbatim.read(answer.body)
    except verbatim.NotJson:
        manifest = None
    is_ok = answer.status == HTTPStatus.OK
    if not is_ok or not isinstance(manifest, dict) or not isinstance(manifest.get("output"), list):
        raise NotAFhirServer(
            f"The server answers with status {answer.status} and no list of files where its export shall be.",
            remedy="Run `horehab load --cancel` and load again, or use `horehab sync`.",
        )
    return manifest


def _listed(manifest: Mapping[str, Any], name: str, problems: list[str]) -> list[Any]:
    value = manifest.get(name)
    if value is not None and not isinstance(value, list):
        problems.append(f"the export's {name} is no list")
    return value if isinstance(value, list) else []


def _file(listed: Any, url: str, role: Role, *, needs_token: bool) -> CopyFile | None:
    if not isinstance(listed, dict):
        return None
    kind, address, count = _word(listed, "type"), _word(listed, "url"), listed.get("count")
    if not address or (not kind and role is Role.CHART):
        return None
    return CopyFile(
        address=urljoin(url, address),
        kind=kind or role.value,
        role=Role.TROUBLE if kind == "OperationOutcome" else role,
        count=count if isinstance(count, int) and not isinstance(count, bool) else None,
        needs_token=needs_token,
    )


def _word(tree: Mapping[str, Any], name: str) -> str:
    value = tree.get(name)
    return value if isinstance(value, str) else ""


def _text(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
