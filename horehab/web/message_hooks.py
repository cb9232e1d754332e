"""Where SMS gateways report what became of a message, and pass on what patients write back."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from horehab.usecases.hear_back import hear_report, hear_stop
from horehab.usecases.signed_addresses import REPORTS, is_signed
from horehab.web.access import allow_signed, allow_with_secret
from horehab.web.hooks import exempt
from horehab.web.room import room

_METHODS = ("GET", "POST")


def add_to(pages: Blueprint) -> None:
    """Add both hooks to our pages; Kannel asks with GET, most others with POST."""
    pages.add_url_rule("/hooks/sms/report/<message>/<signed>", "sms_report", sms_report, methods=_METHODS)
    pages.add_url_rule("/hooks/sms/inbound", "sms_inbound", sms_inbound, methods=_METHODS)
    pages.record(lambda state: exempt(state.app.extensions.get("csrf"), sms_report, sms_inbound))


def _is_ours(message: str, signed: str) -> bool:
    return is_signed(room().options.hook_secret, REPORTS, message, signed)


@allow_signed(_is_ours)
def sms_report(message: str, signed: str) -> Response:
    """Note a report of a delivery, and answer the same whatever is known of the message."""
    del signed
    hear_report(room().ports(), message, request.values.get("status", ""))
    return Response(status=200)


@allow_with_secret
def sms_inbound() -> Response:
    """Hear a STOP, in the fields `from` and `text`; any other message is neither read on, kept nor answered."""
    hear_stop(room().ports(), request.values.get("from", ""), request.values.get("text", ""))
    return Response(status=200)
