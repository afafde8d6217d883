"""One site, spoken to through the vendor's client: a session for each thread, our retry, and nothing kept between two jobs.

The client's entities are left aside. Each attribute of theirs that was not asked for is a question of its own, what they remember is
old, and what they recorded is sent again after a failure. `Client` sends whole batches of operations instead, as the vendor's own web
pages do: each batch is one request and, at the site, one transaction.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import ftrack_api
import requests
from ftrack_api.exception import ServerError
from ftrack_api.symbol import NOT_SET
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, stop_after_delay, wait_random_exponential

from integration.errors import SettingsError, TransientTrackerError
from integration.tracker.ftrack.faults import VENDOR_ERRORS, meaning

LONGEST_RETRY_S = 120.0
"""Seconds after which the workflow engine's slower retry takes over."""
PAGE = 500
"""Entities a site gives at once."""
_LONGEST_RETRY_AFTER_S = 60.0

_T = TypeVar("_T")
Record = dict[str, Any]
"""An entity as plain values: ``__entity_type__``, its key, and what was asked for."""


class Client(ftrack_api.Session):
    """The vendor's client with plain dictionaries for entities, and what the last answer's head said."""

    def __init__(
        self, url: str, *, user: str, key: str, timeout_s: float, schema_folder: Path | None, answered: Callable[[Any], None]
    ) -> None:
        """Sign in; `answered` is given every answer's head. Arguments as `Connection`'s."""
        self._on_answer = answered
        super().__init__(
            server_url=url,
            api_user=user,
            api_key=key,
            timeout=timeout_s,
            auto_populate=False,
            plugin_paths=[],
            auto_connect_event_hub=False,
            schema_cache_path=str(schema_folder) if schema_folder else False,
            strict_api=True,
        )

    def _keep(self, value: requests.Session | None) -> None:
        if value is not None:
            value.hooks["response"].append(lambda response, *_, **__: self._on_answer(response))
        self._managed_request = value

    _request = ftrack_api.Session._request.setter(_keep)

    def decode(self, string: str) -> Any:
        """The answer as plain values; moments are aware UTC."""
        return json.loads(string, object_hook=_value)

    def call(self, data: list[dict[str, Any]]) -> list[Any]:
        """Send one batch. Raises the client's own errors."""
        try:
            answers = super().call(data)
        except requests.RequestException:
            raise
        except (ValueError, TypeError) as error:
            raise ServerError("the answer cannot be read") from error
        if not isinstance(answers, list) or len(answers) != len(data):
            raise ServerError("the answer is not one of the API's")
        return answers

    def ask(self, *queries: str) -> list[list[Record]]:
        """What each of `queries` finds, all in one request; more requests only where there is more than a page."""
        found: list[list[Record]] = [[] for _ in queries]
        waiting = dict.fromkeys(range(len(queries)), 0)
        answers = []
        while waiting:
            batch = [{"action": "query", "expression": f"{queries[place]} offset {at} limit {PAGE}"} for place, at in waiting.items()]
            for place, answer in zip(list(waiting), self.call(batch), strict=True):
                answers.append(answer)
                found[place] += answer["data"]
                after = ((answer.get("metadata") or {}).get("next") or {}).get("offset")
                if after is None:
                    del waiting[place]
                else:
                    waiting[place] = int(after)
        _complete(answers)
        return found

    def one(self, query: str) -> Record | None:
        """The first that `query` finds."""
        return next(iter(self.ask(query)[0]), None)

    def created(self, kind: str, **data: Any) -> dict[str, Any]:
        """The operation that makes an entity of `data`, key and all: at ftrack, who makes something chooses its id.

        What is left out is filled in as the site's schema says, as the client does for its entities.
        """
        made = self.types[kind]
        given = {
            each.name: each.default_value
            for each in made.attributes
            if each.default_value is not NOT_SET and not callable(each.default_value)
        }
        whole = {"__entity_type__": kind, **given, **data}
        key = [data[name] for name in made.primary_key_attributes]
        return {"action": "create", "entity_type": kind, "entity_key": key, "entity_data": whole}

    def write(self, *operations: dict[str, Any]) -> None:
        """Do all of `operations` or none."""
        if operations:
            self.call(list(operations))


def updated(kind: str, key: str | list[str], **changed: Any) -> dict[str, Any]:
    """The operation that gives an entity what is `changed`."""
    keys = [key] if isinstance(key, str) else key
    return {"action": "update", "entity_type": kind, "entity_key": keys, "entity_data": {"__entity_type__": kind, **changed}}


def deleted(kind: str, key: str) -> dict[str, Any]:
    """The operation that deletes an entity."""
    return {"action": "delete", "entity_type": kind, "entity_key": [key]}


def _date(answer: requests.Response | None) -> datetime | None:
    """The Date in an answer's head, UTC; None without one."""
    if answer is not None:
        with suppress(KeyError, ValueError, TypeError):
            return parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
    return None


def _value(item: dict[str, Any]) -> Any:
    if item.get("__type__") in ("datetime", "date"):
        try:
            read = datetime.fromisoformat(str(item.get("value")))
        except ValueError:
            return None
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    return item


def _complete(answers: Any) -> None:
    """Give every bare reference in `answers` what the same entity shows elsewhere in them: a site says each only once."""
    seen: dict[str, list[Record]] = {}
    waiting = [answers]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if "__entity_type__" in item and isinstance(item.get("id"), str):
                seen.setdefault(item["id"], []).append(item)
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    for same in seen.values():
        if len(same) > 1:
            whole = {name: value for each in same for name, value in each.items()}
            for each in same:
                each.update((name, value) for name, value in whole.items() if name not in each)


class Connection:
    """A site and a user's key. May be used by many threads."""

    def __init__(
        self,
        url: str,
        *,
        user: str,
        key: str,
        timeout_s: float,
        attempts: int = 6,
        first_wait_s: float = 0.5,
        schema_folder: Path | None = None,
    ) -> None:
        """Prepare; nothing is contacted yet.

        Args:
            url: the site's address.
            user: username of the user made for haikei.
            key: a key that may act as that user.
            timeout_s: longest wait for one answer.
            attempts: how often something is tried in all while the site does not answer, within two minutes.
            first_wait_s: the scale of the waits between; 0 for tests.
            schema_folder: where the schemas of sites are kept, each in a folder of its own; None keeps none.

        Raises:
            SettingsError: `url` is no address.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise SettingsError(f"ftrack.url '{url}' is no address", hint="Write it as in the browser: https://studio.ftrackapp.com")
        where = parts.netloc.rpartition("@")[2]
        self.url = f"{parts.scheme}://{where}"
        self.site = where.lower()
        self.user = user
        self.key = key
        self.timeout_s = timeout_s
        self._attempts = attempts
        self._first_wait_s = first_wait_s
        self._schema_folder = schema_folder / self.site.replace(":", "_") if schema_folder else None
        self._mine = threading.local()
        self._clock: tuple[datetime, float] | None = None

    def tried(self, act: Callable[[Client], _T]) -> _T:
        """What `act` gives, tried again while the site does not answer: an `act` that writes must look first whether it did already.

        Raises:
            TrackerError: the site refused.
            TransientTrackerError: it did not answer, in every attempt.
        """
        backoff = wait_random_exponential(multiplier=self._first_wait_s, max=20)

        def wait_s(state: RetryCallState) -> float:
            return max(backoff(state), self._asked_wait_s() if self._first_wait_s else 0.0)

        policy = Retrying(
            retry=retry_if_exception_type(TransientTrackerError),
            stop=stop_after_attempt(self._attempts) | stop_after_delay(LONGEST_RETRY_S),
            wait=wait_s,
            reraise=True,
        )
        answer: _T = policy(self._once, act)
        return answer

    def _once(self, act: Callable[[Client], _T]) -> _T:
        self._mine.answer = None
        try:
            return act(self._client())
        except VENDOR_ERRORS as error:
            answer = self._mine.answer
            raise meaning(
                error, user=self.user, where=self.site, secrets=(self.key,), status=answer.status_code if answer is not None else 0
            ) from error

    def _client(self) -> Client:
        client: Client | None = getattr(self._mine, "client", None)
        if client is None:
            # What goes wrong is raised, and told by us; the client would tell it too, with a traceback.
            logging.getLogger("ftrack_api").setLevel(logging.CRITICAL)
            if self._schema_folder:
                self._schema_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            client = Client(
                self.url,
                user=self.user,
                key=self.key,
                timeout_s=self.timeout_s,
                schema_folder=self._schema_folder,
                answered=self._answered,
            )
            self._mine.client = client
        self._mine.answer = None
        return client

    def _answered(self, answer: requests.Response) -> None:
        self._mine.answer = answer
        if at := _date(answer):
            self._clock = at, time.monotonic()

    def _asked_wait_s(self) -> float:
        """Seconds the site asked for in its last answer; 0 when it named none, at most 60."""
        answer = getattr(self._mine, "answer", None)
        asked = str(answer.headers.get("retry-after", "")) if answer is not None else ""
        return min(float(asked), _LONGEST_RETRY_AFTER_S) if asked.isdecimal() else 0.0

    def server_time(self) -> datetime | None:
        """The Date of the site's answer to an authenticated read, UTC to the second; None where something on the way removes it."""
        self.tried(lambda client: client.call([{"action": "query_server_information"}]))
        return _date(self._mine.answer)

    def now(self) -> datetime:
        """The site's clock as nearly as it can be told without asking; ours before the first answer."""
        if self._clock is None:
            return datetime.now(UTC)
        at, seen_s = self._clock
        return at + timedelta(seconds=time.monotonic() - seen_s)

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
