"""Who calls: a script with its key, a person with their password, or a session."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from integration.sandbox.shotgrid.refusal import AUTHENTICATION, RefusedError
from integration.sandbox.shotgrid.studio import Actor, Studio
from integration.sandbox.store import Row

_SESSION = "$Session"


def actor_of(studio: Studio, auth: Any) -> Actor:
    """Whoever these auth parameters name.

    Raises:
        RefusedError: nobody, or not with this key.
    """
    if not isinstance(auth, Mapping):
        raise RefusedError("Authentication parameters are missing.", code=AUTHENTICATION)
    with studio.store.lock:
        actor = _checked(studio, auth)
        uuid = auth.get("session_uuid")
        actor = replace(actor, session_uuid=uuid if isinstance(uuid, str) else None)
        login = auth.get("sudo_as_login")
        return _as_person(studio, actor, login) if login else actor


def check_script(studio: Studio, key: str) -> bool:
    """Whether `key` is the key of any script."""
    digest = studio.digest(key)
    return any(
        hmac.compare_digest(str(row.get("salted_password") or ""), digest)
        for row in studio.store.all("ApiUser").values()
        if not row.get("_retired")
    )


def open_session(studio: Studio, actor: Actor) -> str:
    """A session token for `actor`."""
    token = secrets.token_hex(16)
    with studio.store.transaction():
        number = studio.store.next_id(_SESSION)
        studio.store.put({"type": _SESSION, "id": number, "digest": _session_digest(token), "actor": actor.link})
    return token


def session_actor(studio: Studio, token: str) -> Actor | None:
    """Whoever opened that session."""
    digest = _session_digest(token)
    for row in studio.store.all(_SESSION).values():
        if hmac.compare_digest(row["digest"], digest):
            found = studio.store.get(row["actor"]["type"], row["actor"]["id"])
            return _actor(found) if found else None
    return None


def _session_digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _checked(studio: Studio, auth: Mapping[str, Any]) -> Actor:
    if "user_login" in auth:
        return _person(studio, auth.get("user_login"), auth.get("user_password"))
    if "script_name" in auth:
        return _script(studio, auth.get("script_name"), auth.get("script_key"))
    token = auth.get("session_token")
    actor = session_actor(studio, token) if isinstance(token, str) else None
    if actor is None:
        raise RefusedError("Session token is invalid or has expired.", code=AUTHENTICATION)
    return actor


def _script(studio: Studio, name: Any, key: Any) -> Actor:
    row = _called(studio, "ApiUser", "firstname", name)
    if row is None or not _fits(studio, row, "salted_password", key):
        raise RefusedError(f"Can't authenticate script '{name!s:.80}'", code=AUTHENTICATION)
    return _actor(row)


def _person(studio: Studio, login: Any, password: Any) -> Actor:
    row = _called(studio, "HumanUser", "login", login)
    if row is None or row.get("sg_status_list") == "dis" or not _fits(studio, row, "password_proxy", password):
        raise RefusedError(f"Can't authenticate user '{login!s:.80}'", code=AUTHENTICATION)
    return _actor(row)


def _fits(studio: Studio, row: Row, field: str, given: Any) -> bool:
    held = row.get(field)
    return isinstance(given, str) and isinstance(held, str) and hmac.compare_digest(held, studio.digest(given))


def _called(studio: Studio, kind: str, field: str, name: Any) -> Row | None:
    rows = studio.store.all(kind).values()
    return next((row for row in rows if not row.get("_retired") and isinstance(name, str) and row.get(field) == name), None)


def _actor(row: Row) -> Actor:
    return Actor(type=row["type"], id=row["id"], writes_events=row.get("generate_event_log_entries") is not False)


def _as_person(studio: Studio, actor: Actor, login: Any) -> Actor:
    if actor.type != "ApiUser":
        raise RefusedError("The user does not have permission to 'sudo': only scripts may.")
    row = _called(studio, "HumanUser", "login", login)
    if row is None:
        raise RefusedError(f"The user '{login!s:.80}' to sudo as does not exist.", code=AUTHENTICATION)
    return replace(actor, type="HumanUser", id=row["id"], sudo_actual=studio.shown_link(actor.link))
