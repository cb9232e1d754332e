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
