"""A FHIR server that answers without a network: the real client, the real server, and nothing in between."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import requests
from flask import Flask
from requests.adapters import BaseAdapter
from urllib3.response import HTTPResponse

BASE = "http://127.0.0.1:9/fhir"
"""An address at which nobody listens: what goes past the server in this process fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One answer: status, headers, body."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


AnswerTo = Callable[[requests.PreparedRequest], Given]


class InProcess(BaseAdapter):
    """Takes the place of the network in a session of requests."""

    def __init__(self, answer: AnswerTo) -> None:
        super().__init__()
        self.answer = answer

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Answer a request."""
        given = self.answer(request)
        response = requests.Response()
        response.status_code, response.url, response.request = given.status, str(request.url), request
        response.headers.update(given.headers)
        response.raw = HTTPResponse(BytesIO(given.body), preload_content=False, status=given.status)
        return response

    def close(self) -> None:
        """Nothing is open."""


def answering(app: Flask) -> AnswerTo:
    """Let a Flask application answer."""
    client = app.test_client()

    def answer(request: requests.PreparedRequest) -> Given:
        headers = {name: value for name, value in request.headers.items() if name.lower() != "content-length"}
        body = request.body if isinstance(request.body, bytes) else b""
        said = client.open(str(request.url), method=request.method, headers=headers, data=body)
        return Given(status=said.status_code, headers=dict(said.headers), body=said.data)

    return answer


def connect(chart: object, answer: AnswerTo) -> None:
    """Let the client of a chart speak with a server in this process."""
    vars(chart)["_client"]._session.mount("http://", InProcess(answer))
