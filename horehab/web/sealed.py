"""Words that stand in an address and that nobody but this app can read there: whom somebody looks for."""

import base64
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken
from flask import current_app

from horehab.errors import ConfigurationError, InputError


def sealed(words: str) -> str:
    """Seal words with the app's secret key, for an address of ours; ConfigurationError without a secret key.

    Addresses stand in logs of servers and proxies and in the browser's history; a patient's name must not.
    """
    return _seal().encrypt(words.encode()).decode()


def unsealed(token: str, *, field: str) -> str:
    """Read what `sealed` gave; InputError for anything else, also where the app's secret key was changed since."""
    try:
        return _seal().decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise InputError(
            "The page asked for is none.", field=field, value=token, remedy="Start again at the first page."
        ) from error


def _seal() -> Fernet:
    secret = current_app.secret_key
    if not secret:
        remedy = "Set SECRET_KEY in the app's config; searches are sealed with it."
        raise ConfigurationError("This app has no secret key.", remedy=remedy)
    own = secret.encode() if isinstance(secret, str) else secret
    return Fernet(base64.urlsafe_b64encode(sha256(b"horehab: addresses\0" + own).digest()))
