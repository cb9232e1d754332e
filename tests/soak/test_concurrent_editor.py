"""A person edits the same Conditions as we, in short; a thousand writes each are `make soak`'s."""

from pathlib import Path

import pytest

from tests.servers.sandbox import RunningSandbox
from tests.soak.concurrent_editor import MODES, WRITES_EACH, Figures, edit_concurrently, table_at


@pytest.mark.parametrize("mode", MODES)
def test_nothing_of_theirs_is_overwritten_and_every_entry_is_done_or_in_the_queue(
    sandbox: RunningSandbox, tmp_path: Path, mode: str
) -> None:
    with table_at(sandbox.url, tmp_path, deaf_to=MODES[mode], seed=3) as table:
        figures = edit_concurrently(table, Figures(server=mode), writes=25 * WRITES_EACH)
    assert figures.overwritten == []
    assert figures.is_well
    assert (figures.writes, figures.done + figures.queued) == (25 * WRITES_EACH, 25)
    assert figures.decisions > 10
    assert "0 overwritten" in figures.line()


@pytest.mark.needs("hapi")
def test_nor_on_hapi_which_ignores_if_none_match(hapi_url: str, tmp_path: Path) -> None:
    with table_at(hapi_url, tmp_path, seed=5) as table:
        figures = edit_concurrently(table, Figures(server="hapi"), writes=12 * WRITES_EACH)
    assert figures.is_well, figures.overwritten
