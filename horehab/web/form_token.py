"""The token of a form as it is now: a page that was opened under another sign-in asks for it before it is sent."""

from flask import Blueprint, Response

from horehab.web.access import allow_everyone, token


def add_to(pages: Blueprint) -> None:
    """Add the question for it to our pages."""
    pages.add_url_rule("/form-token", "form_token", form_token)


@allow_everyone
def form_token() -> Response:
    """Give the token of whoever asks; no page of another site can read the answer."""
    return Response(token(), mimetype="text/plain")
