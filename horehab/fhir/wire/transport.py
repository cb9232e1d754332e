"""One HTTP session as the connection says: no proxy of the environment, no .netrc, no redirect followed."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

from horehab.errors import ConfigurationError
from horehab.fhir.wire.connection import Connection

_AS_IT_STANDS = re.compile(r"https?://[A-Za-z0-9.:\-]+/[A-Za-z0-9\-._~!$&'()*+,;=:@/?]*")
"""An address in which nothing has to be quoted, and in which no user is named."""

_MOST_PLACES = 8


class _Session(requests.Session):
    """A session that never looks at redirects: requests would read their body without limit to prepare the next."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Say that there is none, whatever the answer names: the client follows by hand."""
        del resp
        return None


class _Adapter(HTTPAdapter):
    """Sends as requests does, but looks for a server's pool of connections once, and for cookies where some were set.

    Certificates and proxies of a session never change, so that a server's pool is always the same.
    """

    def __init__(self) -> None:
        super().__init__()
        self._pools: dict[str, Any] = {}

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> Any:
        """Give the pool of connections of the server that a request names."""
        place = "/".join((request.url or "").split("/", 3)[:3])
        pool = self._pools.get(place)
        if pool is None or pool.pool is None:  # the latter was closed in favour of others
            pool = super().get_connection_with_tls_context(request, verify, proxies=proxies, cert=cert)
            if len(self._pools) < _MOST_PLACES:
                self._pools[place] = pool
        return pool

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Give the answer of a server; its body is still to be read."""
        if "set-cookie" in resp.headers:
            return super().build_response(req, resp)
        response = requests.Response()
        response.status_code, response.reason = resp.status, resp.reason
        response.headers = CaseInsensitiveDict(resp.headers)
        response.encoding = get_encoding_from_headers(response.headers)
        response.raw, response.url, response.request = resp, req.url or "", req
        return response

    def close(self) -> None:
        """Let go of all connections."""
        self._pools.clear()
        super().close()


def open_session(connection: Connection, *, accept: str) -> requests.Session:
    """Open a session with our certificates and the one proxy that is named; ConfigurationError for a missing file."""
    session = _Session()
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter())
    session.trust_env = False
    session.verify = _file("HOREHAB_CA_BUNDLE", connection.ca_bundle) or True
    if connection.client_certificate:
        certificate = _file("HOREHAB_CLIENT_CERTIFICATE", connection.client_certificate)
        key = _file("HOREHAB_CLIENT_KEY", connection.client_key)
        session.cert = (certificate, key) if key else certificate
    if connection.proxy:
        session.proxies = {"http": connection.proxy, "https": connection.proxy}
    session.headers.clear()
    session.headers.update(
        {
            "Accept": accept,
            "Accept-Encoding": "gzip",
            "Cache-Control": "no-cache",
            "User-Agent": connection.user_agent,
        }
    )
    return session


def plain_get(
    session: requests.Session, url: str, *, headers: Mapping[str, str], timeout: tuple[float, float]
) -> requests.Response:
    """Ask for an address as the session would, without what a request without cookies and parameters does not need.

    A server that sets cookies, as one behind a balancer may, is asked by the session itself from then on.
    """
    if session.cookies:
        return session.get(url, headers=headers, timeout=timeout, allow_redirects=False, stream=True)
    request = requests.PreparedRequest()
    request.method = "GET"
    if _AS_IT_STANDS.fullmatch(url):
        request.url = url
    else:
        request.prepare_url(url, None)
    request.prepare_headers({**session.headers, **headers})
    adapter = session.get_adapter(url)
    response = adapter.send(
        request,
        stream=True,
        timeout=timeout,
        verify=session.verify or True,
        cert=session.cert,
        proxies=session.proxies,
    )
    if response.cookies:
        session.cookies.update(response.cookies)
    return response


def _file(setting: str, path: str) -> str:
    if path and not Path(path).is_file():
        raise ConfigurationError(
            f"The setting {setting} names the file {path!r}, which is not there.",
            remedy="Give the path of a PEM file that horehab may read.",
        )
    return path
