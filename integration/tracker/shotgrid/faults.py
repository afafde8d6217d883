"""What the ShotGrid client's errors mean to a person; never with a key in the words."""

import ssl
from http.client import HTTPException
from json import JSONDecodeError
from typing import Any
from urllib.error import HTTPError

from shotgun_api3 import (
    AuthenticationFault,
    Fault,
    MissingTwoFactorAuthenticationFault,
    ProtocolError,
    ShotgunError,
    UserCredentialsNotAllowedForSSOAuthenticationFault,
)
from shotgun_api3.lib.httplib2 import HttpLib2Error
from shotgun_api3.shotgun import UserCredentialsNotAllowedForOxygenAuthenticationFault

from integration.errors import NotFoundInTrackerError, TrackerError, TransientTrackerError

VENDOR_ERRORS = (ShotgunError, ProtocolError, HttpLib2Error, HTTPException, OSError, JSONDecodeError)
"""Everything the client may raise for a server's or a network's sake."""

_LONGEST_RETRY_AFTER_S = 60.0
_PASSING_STATUSES = (408, 425, 429)
_PASSING_FAULTS = ("timed out", "timeout", "deadlock", "too busy", "try again", "temporarily", "maintenance", "too many requests")
_MISSING = ("does not exist", "was not found", "could not be found", "has been retired", "is retired")
_NO_RIGHT = ("permission", "not allowed", "not authorized", "access denied")
_BROKEN_UPLOADS = (
    "max attempts limit",
    "response when uploading",
    "unanticipated error",
    "internal error",
    "could not upload",
    "could not get upload_url",
)


def meaning(error: Exception, *, script: str, where: str) -> TrackerError:
    """Our error for `error`, met while speaking as `script` to the site `where`."""
    if isinstance(error, Fault):
        return _refusal(error, script, where)
    if isinstance(error, ProtocolError):
        return _http(error.errcode, where)
    if isinstance(error, HTTPError):
        return _http(error.code, where)
    if isinstance(error, ssl.SSLCertVerificationError):
        return TrackerError(
            f"the certificate of {where} is not trusted: {error.verify_message}",
            hint="Ask your network's admin for the proxy's certificate and name it in SHOTGUN_API_CACERTS.",
        )
    if isinstance(error, ShotgunError):
        return _file_trouble(error, where)
    return TransientTrackerError(
        f"{where} does not answer ({type(error).__name__})",
        hint="haikei tries again by itself; if it lasts, check shotgrid.url and the network.",
    )


def retry_after_s(error: BaseException | None) -> float:
    """Seconds the site asked for in the answer that caused `error`; 0 when it named none, at most 60."""
    cause = error.__cause__ if error else None
    headers: Any = cause.headers if isinstance(cause, ProtocolError | HTTPError) else None
    asked = str(headers.get("retry-after", "")) if hasattr(headers, "get") else ""
    return min(float(asked), _LONGEST_RETRY_AFTER_S) if asked.isdecimal() else 0.0


def _refusal(error: Fault, script: str, where: str) -> TrackerError:
    text = " ".join(str(error).replace("<br>", " ").split())
    if isinstance(error, UserCredentialsNotAllowedForSSOAuthenticationFault | UserCredentialsNotAllowedForOxygenAuthenticationFault):
        return TrackerError(
            f"{where} signs people in elsewhere and refuses '{script}' as a person",
            hint="haikei signs in as a Script: ask the ShotGrid admin to make one and give you its name and key.",
        )
    if isinstance(error, AuthenticationFault | MissingTwoFactorAuthenticationFault):
        return TrackerError(
            f"{where} refuses the key of script '{script}'",
            hint=f"Ask the ShotGrid admin for the present key of script '{script}' and put it into shotgrid.api_key_file.",
        )
    lowered = text.lower()
    if any(word in lowered for word in _PASSING_FAULTS):
        return TransientTrackerError(f"{where}: {text}", hint="The site is busy; haikei tries again by itself.")
    if any(word in lowered for word in _NO_RIGHT):
        return TrackerError(
            f"{where}: {text}", hint=f"Ask the ShotGrid admin to give script '{script}' this right (haikei doctor lists all)."
        )
    if any(word in lowered for word in _MISSING):
        return NotFoundInTrackerError(f"{where}: {text}", hint="It was deleted, or the script may not see its project.")
    return TrackerError(f"{where}: {text}", hint="haikei doctor compares fields, steps and statuses with the site.")


def _http(status: int, where: str) -> TrackerError:
    if status in _PASSING_STATUSES or status >= 500:
        return TransientTrackerError(
            f"{where} answered HTTP {status}", hint="The site is busy or in maintenance; haikei tries again by itself."
        )
    if status < 300:
        return TransientTrackerError(
            f"{where} answered with something that is not ShotGrid's",
            hint="A proxy or a maintenance page may stand in front of it: check shotgrid.url.",
        )
    if status in (401, 403):
        return TrackerError(
            f"{where} answered HTTP {status}", hint="Ask the ShotGrid admin whether this machine's address may use the API."
        )
    return TrackerError(
        f"{where} answered HTTP {status}", hint="Check shotgrid.url: it is the address people open in the browser, without a path."
    )


def _file_trouble(error: ShotgunError, where: str) -> TrackerError:
    text = str(error).split("\nUrl:")[0].split("http")[0].strip()
    if any(word in text.lower() for word in _BROKEN_UPLOADS):
        return TransientTrackerError(f"a file did not get through to {where}: {text}", hint="haikei sends it again by itself.")
    return TrackerError(f"{where}: {text}", hint="Show this to whoever looks after haikei.")
