"""What draws charts and lays out PDFs is started before anybody asks, with a chart of nobody."""

import re
import subprocess
import sys

from horehab.web.chart_image import draw
from horehab.web.specimen import specimen
from tests.web.conftest import Ward

READY = "from horehab.web import chart_live, pdf; chart_live.make_ready(); print(pdf._fonts.cache_info().currsize)"
KINDS = re.compile(r'class="mark-(\w+) role-(?:mark|axis-\w+|legend-\w+|title-\w+)')


def test_whoever_asks_for_the_first_pdf_finds_its_letters_found() -> None:
    ran = subprocess.run([sys.executable, "-c", READY], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "1"


def test_the_chart_of_nobody_has_every_kind_of_mark_that_a_joints_chart_has(ward: Ward) -> None:
    drawn = ward.look(f"/patients/{ward.ana}/joints/left-hip/chart.svg").text
    assert set(KINDS.findall(drawn)) <= set(KINDS.findall(draw(specimen())))
