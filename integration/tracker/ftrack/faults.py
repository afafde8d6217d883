"""What the ftrack client's errors mean to a person; never with a key in the words."""

import re
from collections.abc import Sequence
from json import JSONDecodeError

import requests
from ftrack_api.exception import Error, ServerCompatibilityError

from integration.errors import NotFoundInTrackerError, TrackerError, TransientTrackerError

VENDOR_ERRORS = (Error, requests.RequestException, OSError, JSONDecodeError)
"""Everything the client may raise for a server's or a network's sake."""

_REPORTED = re.compile(r"Server reported error: (\w+)\((.*)\)\s*$", re.DOTALL)
_PASSING_STATUSES = (408, 425, 429)
_PASSING = ("timed out", "timeout", "deadlock", "lock wait", "too busy", "try again", "temporarily", "maintenance", "too many")
_CREDENTIALS = ("invalidcredentials", "authentication", "unauthorized", "api key", "apikey")
_NO_RIGHT = ("permission", "not allowed", "forbidden", "denied", "not permitted")
_MISSING = ("notfound", "not found", "does not exist", "no such")
_LASTING = ("validation", "parse", "integrity", "duplicate", "schema", "attribute", "value", "type", "key", "invalid", "notimplemented")
_IN_ADDRESS = re.compile(r"((?:api_?key|username|signature|token|credential|x-amz-[a-z-]+)=)[^&\s'\"]+", re.IGNORECASE)
_LONGEST = 500


def meaning(error: Exception, *, user: str, where: str, secrets: Sequence[str] = (), status: int = 0) -> TrackerError:
    """Our error for `error`, met while speaking as `user` to the site `where`, whose last answer had the HTTP `status`, 0 for none."""
    if isinstance(error, requests.exceptions.SSLError):
        return TrackerError(
            f"the certificate of {where} is not trusted",
            hint="Ask your network's admin for the proxy's certificate and name it in REQUESTS_CA_BUNDLE.",
        )
    if isinstance(error, ServerCompatibilityError):
        return TrackerError(f"{where} is too old for ftrack's client", hint="Ask the ftrack admin to update the server.")
    if isinstance(error, Error) and (reported := _REPORTED.search(error.message or "")):
        return _refusal(reported[1], scrubbed(reported[2], secrets), user, where, status)
    gone = isinstance(error, requests.ConnectionError | requests.Timeout)
    if status and status != 200 and not gone:
        return _http(status, user, where)
    if status == 200 and not gone:
        return TransientTrackerError(
            f"{where} answered with something that is not ftrack's",
            hint="A proxy or a maintenance page may stand in front of it: check ftrack.url.",
        )
    return TransientTrackerError(
        f"{where} does not answer ({type(error).__name__})",
        hint="haikei tries again by itself; if it lasts, check ftrack.url and the network.",
    )


def scrubbed(text: str, secrets: Sequence[str] = ()) -> str:
    """`text` on one line, not too long, without secrets and without what stands behind ``apiKey=`` in an address."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    return " ".join(_IN_ADDRESS.sub(r"\1***", text).split())[:_LONGEST]


def _refusal(name: str, text: str, user: str, where: str, status: int) -> TrackerError:
    lowered = f"{name} {text}".lower()
    if any(word in lowered for word in _CREDENTIALS) or status == 401:
        return _wrong_key(user, where)
    if any(word in lowered for word in _PASSING) or status in _PASSING_STATUSES:
        return TransientTrackerError(f"{where}: {text}", hint="The site is busy; haikei tries again by itself.")
    if any(word in lowered for word in _NO_RIGHT) or status == 403:
        return TrackerError(f"{where}: {text}", hint=f"Ask the ftrack admin to give '{user}' this right (haikei doctor lists all).")
    if any(word in lowered for word in _MISSING):
        return NotFoundInTrackerError(f"{where}: {text}", hint=f"It was deleted, or '{user}' may not see its project.")
    if status >= 500 and not any(word in name.lower() for word in _LASTING):
        return TransientTrackerError(f"{where}: {text}", hint="The site is in trouble; haikei tries again by itself.")
    return TrackerError(f"{where}: {name}: {text}", hint="haikei doctor compares attributes, types and statuses with the site.")


def _http(status: int, user: str, where: str) -> TrackerError:
    if status in _PASSING_STATUSES or status >= 500:
        return TransientTrackerError(
            f"{where} answered HTTP {status}", hint="The site is busy or in maintenance; haikei tries again by itself."
        )
    if status == 401:
        return _wrong_key(user, where)
    if status == 403:
        return TrackerError(f"{where} answered HTTP 403", hint="Ask the ftrack admin whether this machine's address may use the API.")
    return TrackerError(
        f"{where} answered HTTP {status}", hint="Check ftrack.url: it is the address people open in the browser, without a path."
    )


def _wrong_key(user: str, where: str) -> TrackerError:
    return TrackerError(
        f"{where} refuses the key of user '{user}'",
        hint=f"Ask the ftrack admin for a key that may act as the active user '{user}', and put it into ftrack.api_key_file.",
    )
