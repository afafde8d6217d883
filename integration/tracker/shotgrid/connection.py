"""One site, spoken to through the vendor's client: a client for each thread, our retry instead of its own."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import OpenerDirector

from shotgun_api3 import ProtocolError, Shotgun
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay, wait_random_exponential

from integration.errors import SettingsError, TransientTrackerError
from integration.tracker.shotgrid.faults import VENDOR_ERRORS, meaning, retry_after_s

LONGEST_RETRY_S = 120.0
"""Seconds after which the workflow engine's slower retry takes over."""

_T = TypeVar("_T")


class Client(Shotgun):
    """The vendor's client with its own retries off, a timeout on every socket and the time of the last answer."""

    def __init__(self, url: str, *, script: str, key: str, timeout_s: float) -> None:
        """Prepare; nothing is contacted yet."""
        super().__init__(url, script_name=script, api_key=key, convert_datetimes_to_utc=False, connect=False)
        self.config.timeout_secs = timeout_s
        self.config.max_rpc_attempts = 1
        self.config.rpc_attempt_interval = 0
        # Its retry sends a create twice after a 502, and an upload's second try sends an empty body.
        self.MAX_ATTEMPTS = 1
        self.BACKOFF = 0.0
        self.answered_at: datetime | None = None

    def __del__(self) -> None:
        """Close the connection of a thread that ended; the client leaves it open."""
        if getattr(self, "_connection", None) is not None:
            self.close()

    def _http_request(self, verb: str, path: str, body: Any, headers: dict[str, Any]) -> tuple[tuple[int, str], dict[str, Any], str]:
        status, answered, text = super()._http_request(verb, path, body, headers)
        if "date" in answered:
            self.answered_at = parsedate_to_datetime(answered["date"]).astimezone(UTC)
        return status, answered, text

    def _decode_response(self, headers: dict[str, Any], body: str) -> str | dict[str, Any]:
        decoded = super()._decode_response(headers, body)
        if not isinstance(decoded, dict):
            raise ProtocolError(str(self.config.server), 200, "not an answer of the API", headers)
        return decoded

    def _build_opener(self, handler: Any) -> OpenerDirector:
        opener: OpenerDirector = super()._build_opener(handler)
        # The client names no timeout, and so would wait for ever.
        setattr(opener, "open", partial(opener.open, timeout=self.config.timeout_secs))  # noqa: B010
        return opener

    def opener(self, url: str) -> OpenerDirector:
        """What opens a file's `url`: with the proxy and certificates of the client, and its session where the site itself serves the file."""
        ours = urlsplit(url).netloc == self.config.server
        return self._build_opener(self.get_auth_cookie_handler() if ours else None)


class Connection:
    """A site and a script's key. May be used by many threads."""

    def __init__(self, url: str, *, script: str, key: str, timeout_s: float, attempts: int = 6, first_wait_s: float = 0.5) -> None:
        """Prepare; nothing is contacted yet.

        Args:
            url: the site's address.
            script: name of the Script entity.
            key: its key.
            timeout_s: longest wait for one answer.
            attempts: how often something is tried in all while the site does not answer, within two minutes.
            first_wait_s: the scale of the waits between; 0 for tests.

        Raises:
            SettingsError: `url` is no address.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingsError(
                f"shotgrid.url '{url}' is no address", hint="Write it as in the browser: https://studio.shotgrid.autodesk.com"
            )
        self.url = f"{parts.scheme}://{parts.netloc}"
        self.site = parts.netloc.rpartition("@")[2].lower()
        self.script = script
        self._key = key
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._first_wait_s = first_wait_s
        self._mine = threading.local()

    def tried(self, act: Callable[[Client], _T]) -> _T:
        """What `act` gives, tried again while the site does not answer: an `act` that writes must look first whether it did already.

        Raises:
            TrackerError: the site refused.
            TransientTrackerError: it did not answer, in every attempt.
        """
        backoff = wait_random_exponential(multiplier=self._first_wait_s, max=20)

        def wait_s(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            return max(backoff(state), retry_after_s(error) if self._first_wait_s else 0.0)

        policy = Retrying(
            retry=retry_if_exception_type(TransientTrackerError),
            stop=stop_after_attempt(self._attempts) | stop_after_delay(LONGEST_RETRY_S),
            wait=wait_s,
            reraise=True,
        )
        answer: _T = policy(self._once, act)
        return answer

    def _once(self, act: Callable[[Client], _T]) -> _T:
        try:
            return act(self._client())
        except VENDOR_ERRORS as error:
            raise meaning(error, script=self.script, where=self.site) from error

    def _client(self) -> Client:
        client: Client | None = getattr(self._mine, "client", None)
        if client is None:
            client = Client(self.url, script=self.script, key=self._key, timeout_s=self._timeout_s)
            self._mine.client = client
        return client

    def server_time(self) -> datetime | None:
        """The Date of the site's answer to an authenticated read, UTC to the second; None where something on the way removes it."""

        def ask(sg: Client) -> datetime | None:
            sg.answered_at = None
            sg.find_one("Project", [], ["id"])
            return sg.answered_at

        return self.tried(ask)

    def wait_for(self, ready: Callable[[Client], bool], *, timeout_s: float) -> bool:
        """Whether `ready` came true within `timeout_s`; asked at once, then ever more seldom, at most every five seconds."""
        until, pause_s = time.monotonic() + timeout_s, 0.1
        while True:
            if self.tried(ready):
                return True
            left_s = until - time.monotonic()
            if left_s <= 0:
                return False
            time.sleep(min(pause_s, left_s))
            pause_s = min(pause_s * 1.6, 5.0)
