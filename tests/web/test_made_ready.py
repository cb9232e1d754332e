"""What draws charts and lays out PDFs is started before anybody asks, with a chart of nobody."""

import re
import subprocess
import sys

import pytest

from horehab.web.chart_image import draw
from horehab.web.chart_live import make_ready
from horehab.web.kept import Kept
from horehab.web.specimen import specimen
from tests.web.conftest import Ward

READY = (
    "import sys; from horehab.web.chart_live import make_ready; make_ready(); print('weasyprint.pdf' in sys.modules)"
)
KINDS = re.compile(r'class="mark-(\w+) role-(?:mark|axis-\w+|legend-\w+|title-\w+)')


def test_whoever_asks_for_the_first_pdf_finds_its_maker_loaded() -> None:
    ran = subprocess.run([sys.executable, "-c", READY], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "True"


def test_the_chart_of_nobody_has_every_kind_of_mark_that_a_joints_chart_has(ward: Ward) -> None:
    drawn = ward.look(f"/patients/{ward.ana}/joints/left-hip/chart.svg").text
    assert set(KINDS.findall(drawn)) <= set(KINDS.findall(draw(specimen())))


@pytest.mark.usefixtures("without_pango")
def test_where_pdfs_cannot_be_made_charts_are_made_ready_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("horehab.web.pdf._KEPT", Kept(most=0))
    make_ready()
