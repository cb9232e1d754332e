"""Reading and writing JSON so that nothing changes on the way: 85.10 stays 85.10, unknown fields stay."""

from decimal import Decimal
from typing import Any

import msgspec

from horehab.sandbox.refusals import Refusal

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def read_json(text: bytes) -> Any:
    """Read JSON with decimals as written (Decimal); Refusal 400 for what is no JSON or nested too deeply."""
    try:
        return _DECODER.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal(400, f"The body is not valid JSON: {error}.") from error
    except RecursionError as error:
        raise Refusal(400, "The body is nested too deeply.") from error


def write_json(value: Any) -> bytes:
    """Write JSON with decimals as they were read."""
    return _ENCODER.encode(value)


def read_resource(text: bytes) -> dict[str, Any]:
    """Read one resource; Refusal 400 when it is no JSON object, 422 when it has no resourceType."""
    value = read_json(text)
    if not isinstance(value, dict):
        raise Refusal(400, "The body is not a FHIR resource: a JSON object is expected.")
    if not isinstance(value.get("resourceType"), str):
        raise Refusal(422, "The body has no resourceType.")
    return value
