"""What a mail server says of a mail that could not be delivered (delivery status notification, RFC 3464)."""

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from textwrap import shorten

_REPORT, _STATUS = "multipart/report", "message/delivery-status"
_WHOLE, _HEADS = "message/rfc822", "text/rfc822-headers"
_OUR_NAME = re.compile(r"<([0-9a-f]{40})@")
_CODE = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b")
_ADDRESS = re.compile(r"\S*@\S*")
_BETWEEN_NAMES = re.compile(r"[\W_]+")
_LONGEST_WORDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """What became of a mail. `message` is its name, "" where it has none such as we give; `code` is as in RFC 3463.

    `words` are the server's own, without the address of the recipient or of anybody else.
    """

    message: str
    is_failed: bool
    code: str = ""
    words: str = ""


def read_notification(raw: bytes) -> Notification | None:
    """Read a notification; None for any other mail, and for what is no mail at all."""
    try:
        return _read(message_from_bytes(raw))
    except RecursionError:  # parts within parts, hundreds deep: no mail server writes that
        return None


def _read(mail: Message) -> Notification | None:
    parts = _parts_of(mail) if mail.get_content_type() == _REPORT else []
    told = [group for part in parts if part.get_content_type() == _STATUS for group in _parts_of(part)]
    recipients = [group for group in told if "Action" in group]
    if not recipients:
        return None
    first = recipients[0]
    code = _CODE.search(_said(first, "Status"))
    return Notification(
        message=_name_of_ours(mail, parts),
        is_failed=all(_said(each, "Action").lower().startswith("failed") for each in recipients),
        code=code.group() if code else "",
        words=_words(first),
    )


def _parts_of(mail: Message) -> list[Message]:
    return [part for part in mail.get_payload() if isinstance(part, Message)] if mail.is_multipart() else []


def _said(group: Message, field: str) -> str:
    """Give a field in one line of signs that can be printed."""
    text = "".join(sign if sign.isprintable() else " " for sign in str(group.get(field, "")))
    return " ".join(text.split())


def _name_of_ours(mail: Message, parts: list[Message]) -> str:
    """Find the name of the mail that came back: in itself, in its headers, else where the notification answers it."""
    told = " ".join(_said(original, "Message-ID") for part in parts for original in _originals(part))
    answered = " ".join(_said(mail, field) for field in ("In-Reply-To", "References"))
    found = _OUR_NAME.search(told.strip() or answered)
    return found.group(1) if found else ""


def _originals(part: Message) -> list[Message]:
    if part.get_content_type() == _WHOLE:
        return _parts_of(part)
    if part.get_content_type() == _HEADS:
        content = part.get_payload(decode=True)
        return [message_from_bytes(content)] if isinstance(content, bytes) else []
    return []


def _words(group: Message) -> str:
    """Give the server's words without addresses, and without what the recipient's own is made of."""
    said = _said(group, "Diagnostic-Code").partition(";")[2]
    kept = _ADDRESS.sub("...", shorten(said, _LONGEST_WORDS, placeholder=" ...", break_on_hyphens=False))
    for name in sorted(_names_in_address(group)):
        kept = re.sub(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", "...", kept, flags=re.IGNORECASE)
    return kept


def _names_in_address(group: Message) -> set[str]:
    """Part the recipient's address before its @: "ana.gil" is "ana" and "gil"; a single letter names nobody."""
    addresses = (_said(group, field) for field in ("Original-Recipient", "Final-Recipient"))
    before = (address.partition(";")[2].rpartition("@")[0] for address in addresses)
    return {name for each in before for name in _BETWEEN_NAMES.split(each) if len(name) > 1}
