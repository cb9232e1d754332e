"""What a failed connection means, in one sentence with its remedy and without the query that was asked."""

import requests

from horehab.errors import EhrUnavailable
from horehab.fhir.wire.connection import Connection


def explain(error: Exception, connection: Connection) -> EhrUnavailable:
    """Turn a failure of the network into the sentence that an integrator needs."""
    _, host, port = connection.origin
    place = f"{host}:{port}"
    words = repr(error)
    if isinstance(error, requests.exceptions.ProxyError):
        return _away("The proxy does not let us through to the FHIR server.", "Check HOREHAB_PROXY.")
    if isinstance(error, requests.exceptions.SSLError):
        return EhrUnavailable(
            f"The certificate of {place} cannot be trusted, or the server speaks no TLS there.",
            remedy="Set HOREHAB_CA_BUNDLE to the authority that signed it, and check host name and port.",
            is_passing=False,
        )
    if isinstance(error, requests.Timeout):
        return _away(f"The FHIR server at {place} did not answer within {connection.timeout:g} s.", _WAIT)
    if "NameResolutionError" in words or "getaddrinfo" in words:
        return _away(f"The host {host} of the FHIR server is unknown.", "Check HOREHAB_FHIR_URL and the network.")
    if "Connection refused" in words or "NewConnectionError" in words:
        return _away(f"Nobody listens at {place}.", "Start the FHIR server, or check HOREHAB_FHIR_URL.")
    return _away(f"The connection to the FHIR server at {place} broke off.", _WAIT)


_WAIT = "Nothing is lost; the next pass tries again. If it stays so, check server and network."


def _away(message: str, remedy: str) -> EhrUnavailable:
    return EhrUnavailable(message, remedy=remedy)
