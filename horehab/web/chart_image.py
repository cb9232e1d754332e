"""A chart's specification drawn as SVG here on the server, without network; drawn once for the same content."""

import json
from functools import lru_cache
from typing import Any

import vl_convert

_KEPT = 256


def draw(spec: dict[str, Any]) -> str:
    """Draw a Vega-Lite specification as SVG."""
    return _drawn(json.dumps(spec, sort_keys=True))


@lru_cache(maxsize=_KEPT)
def _drawn(content: str) -> str:
    svg: str = vl_convert.vegalite_to_svg(json.loads(content), allowed_base_urls=[])
    return svg


def compiled(spec: dict[str, Any]) -> dict[str, Any]:
    """Turn a Vega-Lite specification into the marks and scales of Vega, as the picture is drawn of them."""
    made: dict[str, Any] = vl_convert.vegalite_to_vega(spec)
    return {name: value for name, value in made.items() if name != "$schema"}  # the script in the browser has its own
