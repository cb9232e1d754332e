"""The chart of a joint as data, and the script that makes it answer to the pointer: Vega out of vl-convert's wheel.

The picture is there without it. The page asks for the script when somebody first points at the chart; it is put
together once per process (`make_ready`, soon after `horehab serve` began), kept by the browser for a year, and
evaluates no text as code: our policy stays strict.
"""

from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from threading import Lock

import vl_convert
from flask import Blueprint, Response, jsonify, url_for
from markupsafe import escape

from horehab.web.access import TEAM, allow
from horehab.web.chart_image import compiled, draw, on_paper
from horehab.web.chart_spec import chart_spec
from horehab.web.joint import opened_joint, theme_asked
from horehab.web.pdf import as_pdf
from horehab.web.room import NAME, open_patient, place_of, slug
from horehab.web.specimen import specimen

ENDPOINT = f"{NAME}.chart_script"
_OURS = Path(__file__).parent / "static" / "chart-live.js"
_ONE_AT_A_TIME = Lock()  # putting it together takes seconds, and once is enough
_A_YEAR = 31_536_000  # seconds
_SPECIMEN = (
    '<html lang="en"><head><title>specimen</title></head>'
    '<body><article><img src="{chart}" alt="specimen"/></article><footer>specimen</footer></body></html>'
)


def add_to(pages: Blueprint) -> None:
    """Add the chart's data and its script to our pages."""
    pages.add_url_rule("/patients/<key>/joints/<place>/chart.json", "joint_chart_data", joint_chart_data)
    pages.add_url_rule("/chart.js", "chart_script", chart_script)


@allow(*TEAM)
def joint_chart_data(key: str, place: str) -> Response:
    """Give what the picture is drawn of, in light or dark ink."""
    where = place_of(place, key)
    theme = theme_asked()
    opened = open_patient(key, what=f"read chart {slug(where)}")
    _finding, sheet = opened_joint(opened, where)
    return jsonify(compiled(chart_spec(sheet, theme)))


@allow(*TEAM)
def chart_script() -> Response:
    """Give Vega and our lines about it as one script."""
    answer = Response(_script(), mimetype="text/javascript")
    answer.headers["Cache-Control"] = f"private, max-age={_A_YEAR}, immutable"
    return answer


def make_ready() -> None:
    """Start what draws charts and lays out PDFs, and put the script together, before anybody asks: seconds."""
    chart = escape(on_paper(draw(specimen())))
    as_pdf(_SPECIMEN.format(chart=chart))
    _script()


def chart_script_address() -> str:
    """Say where the script stands; another version of it stands elsewhere."""
    mark = sha256(_OURS.read_bytes() + version("vl-convert-python").encode()).hexdigest()[:10]
    return url_for(ENDPOINT, v=mark)


def _script() -> str:
    with _ONE_AT_A_TIME:
        return _bundle(_OURS.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _bundle(ours: str) -> str:
    made: str = vl_convert.javascript_bundle(ours)
    return made
