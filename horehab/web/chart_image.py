"""A chart's specification drawn as SVG here on the server, without network; drawn once for the same content."""

import json
from typing import Any

import vl_convert

from horehab.web.kept import Kept

_KEPT = Kept(most=24_000_000)  # some 250 charts


def draw(spec: dict[str, Any]) -> str:
    """Draw a Vega-Lite specification as SVG."""
    return _KEPT.of(json.dumps(spec, sort_keys=True), _drawn).decode()


def _drawn(content: str) -> bytes:
    svg: str = vl_convert.vegalite_to_svg(json.loads(content), allowed_base_urls=[])
    return svg.encode()


def compiled(spec: dict[str, Any]) -> dict[str, Any]:
    """Turn a Vega-Lite specification into the marks and scales of Vega, as the picture is drawn of them."""
    made: dict[str, Any] = vl_convert.vegalite_to_vega(spec)
    return {name: value for name, value in made.items() if name != "$schema"}  # the script in the browser has its own
