"""Who we are to the server: a bearer token or a user with a password, sent to the server's own origin alone."""

from base64 import b64encode

from horehab.fhir.connection import Connection, origin_of


def authorization(connection: Connection, url: str) -> dict[str, str]:
    """Give the header that proves who we are, or none at all when the address is not the server's own."""
    if origin_of(url) != connection.origin:
        return {}
    if connection.bearer_token:
        return {"Authorization": f"Bearer {connection.bearer_token}"}
    if connection.basic_user:
        pair = f"{connection.basic_user}:{connection.basic_password}".encode()
        return {"Authorization": f"Basic {b64encode(pair).decode()}"}
    return {}


def auth_mode(connection: Connection) -> str:
    """Say in words how we sign in."""
    if connection.bearer_token:
        return "bearer token"
    if connection.basic_user:
        return "user and password"
    if connection.client_certificate:
        return "client certificate"
    return "without signing in"
