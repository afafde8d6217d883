"""The link from the tracker to what the record says of a background: one that nobody can guess, and the same every time."""

import base64
import binascii
import hashlib
import hmac

from integration.settings import Settings

PATH = "record"
"""Begins the link's path."""
_MAC_BYTES = 16


def evidence_url(settings: Settings, background: str) -> str:
    """Where the record of `background` can be read in a browser; empty where no pages are served.

    Raises:
        SettingsError: the secret cannot be read.
    """
    web = settings.web
    if not (web.public_url and web.port and web.has_secret()):
        return ""
    return f"{web.public_url}/{PATH}/{_text(_mac(web.secret(), background) + background.encode())}"


def background_of_link(settings: Settings, name: str) -> str | None:
    """The background that the last part of a link names; None when the link is none of ours.

    Raises:
        SettingsError: the secret cannot be read.
    """
    try:
        data = base64.b64decode(name.encode("ascii") + b"=" * (-len(name) % 4), altchars=b"-_", validate=True)
        background = data[_MAC_BYTES:].decode()
    except (binascii.Error, ValueError):
        return None
    return background if hmac.compare_digest(data[:_MAC_BYTES], _mac(settings.web.secret(), background)) else None


def _mac(secret: str, background: str) -> bytes:
    return hmac.new(secret.encode(), f"haikei evidence v1\n{background}".encode(), hashlib.sha256).digest()[:_MAC_BYTES]


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
