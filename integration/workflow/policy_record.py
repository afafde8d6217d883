"""The policy of a show in the record: an entry whenever it differs from the last recorded one, and one for each new permission.

`policy_sha256` is a commitment (`ledger.texts`) to the whole policy in canonical JSON, in which people stand as references; so
neither an entry nor the kept text names anybody, and both can be erased.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from integration.ledger import log, people, texts
from integration.ledger.canonical import code
from integration.ledger.entry import Actor, Approval, Entry, TrackerRef, entry_now, milliseconds
from integration.ledger.vocabulary import ActorKind, Kind, Role
from integration.policy import Permission, Policy
from integration.production import PersonId
from integration.studio import Studio
from integration.workflow.permission import policy_of


def record_policies(studio: Studio) -> None:
    """Look at the policy of every enabled show and record those that changed; for starts and sweeps.

    Raises:
        TransientTrackerError: the tracker does not answer.
    """
    names = {project.id: project for project in studio.tracker.projects()}
    for project, rules in studio.projects.items():
        if project in names:
            record_policy(studio, policy_of(studio.tracker, names[project], rules))


def record_policy(studio: Studio, policy: Policy) -> str:
    """The commitment to `policy` that entries name; recorded first where it differs from the last one of its show.

    Writers take turns and look again, so two processes that see the same change record it once.
    """
    with studio.engine.begin() as connection:
        plain = _plain(connection, policy)
        last = _last(connection, studio, policy)
        if last is not None and _told(connection, last[1]) == plain:
            return last[1]
        log.take_turn(connection)
        return _recorded(connection, studio, policy, plain)


def _recorded(connection: sa.Connection, studio: Studio, policy: Policy, plain: dict[str, Any]) -> str:
    last = _last(connection, studio, policy)
    before = _told(connection, last[1]) if last else None
    if last is not None and before == plain:
        return last[1]
    sha256 = texts.commit_text(connection, _text(plain))
    key, by = _key(studio, policy, last[0] + 1 if last else 0), policy.written_by
    writer = _actor(connection, policy, by.id, by.name) if by else Actor(kind=ActorKind.HUMAN)
    log.append(connection, _entry(studio, policy, Kind.POLICY_CHANGED, writer, policy_sha256=sha256), key=key)
    known = {_text(each) for each in (before or {}).get("permissions", ())}
    for permission, told in zip(policy.permissions, map(_text, plain["permissions"]), strict=True):
        if told not in known and not (permission.fault or policy.fault):
            granted = _granted(connection, studio, policy, permission, sha256)
            log.append(connection, granted, key=f"{Kind.APPROVAL_GRANTED}:{key}:{hashlib.sha256(told.encode()).hexdigest()}")
    return sha256


def _text(plain: object) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _granted(connection: sa.Connection, studio: Studio, policy: Policy, permission: Permission, sha256: str) -> Entry:
    midnight = datetime.combine(permission.until + timedelta(days=1), time(), ZoneInfo(policy.time_zone))
    approval = Approval(
        scope=permission.scope,
        document_sha256=permission.document_sha256,
        reference_commit=texts.commit_text(connection, permission.reference),
        until_ms=milliseconds(midnight.astimezone(UTC)) - 1,
        steps=_codes(permission.steps),
        seqs=_codes(permission.episodes),
        vendors_commit=texts.commit_text(connection, ", ".join(permission.vendors)),
    )
    by = _actor(connection, policy, _person_id(permission), permission.by)
    return _entry(studio, policy, Kind.APPROVAL_GRANTED, by, approval=approval, policy_sha256=sha256)


def _plain(connection: sa.Connection, policy: Policy) -> dict[str, Any]:
    """The whole policy as plain data, people as references."""
    return {
        "source": policy.source,
        "written_by": _ref(connection, policy, policy.written_by.id, policy.written_by.name) if policy.written_by else "",
        "time_zone": policy.time_zone,
        "data": policy.data,
        "no_vendor_training": policy.no_vendor_training,
        "readable": not policy.fault,
        "permissions": [
            {
                "allowed_by": _ref(connection, policy, _person_id(each), each.by),
                "scope": each.scope,
                "steps": list(each.steps),
                "episodes": list(each.episodes),
                "vendors": list(each.vendors),
                "until": each.until.isoformat(),
                "reference": each.reference,
                "document_sha256": each.document_sha256,
                "counts": not each.fault,
            }
            for each in policy.permissions
        ],
    }


def _told(connection: sa.Connection, sha256: str) -> dict[str, Any] | None:
    """The recorded policy as plain data; None when its text was erased."""
    said = texts.reveal(connection, sha256)
    return None if said is None else dict(json.loads(said))


def _last(connection: sa.Connection, studio: Studio, policy: Policy) -> tuple[int, str] | None:
    """Number and commitment of the show's last recorded policy."""
    number, last = 0, None
    while (index := log.index_of(connection, key=_key(studio, policy, number))) is not None:
        number, last = number + 1, index
    if last is None:
        return None
    _, entry = next(log.read(connection, first=last, end=last + 1))
    return number - 1, entry.policy_sha256


def _key(studio: Studio, policy: Policy, number: int) -> str:
    return f"{Kind.POLICY_CHANGED}:{studio.tracker.site}:{policy.project.id}:{number}"


def _entry(studio: Studio, policy: Policy, kind: Kind, actor: Actor, **fields: Any) -> Entry:
    return entry_now(
        kind,
        show=code(policy.project.name),
        actor=actor,
        tracker=TrackerRef(
            type=studio.settings.tracker,
            site_hash=hashlib.sha256(studio.tracker.site.encode()).hexdigest(),
            project_id=policy.project.id,
        ),
        **fields,
    )


def _actor(connection: sa.Connection, policy: Policy, person_id: str, name: str) -> Actor:
    if person_id.startswith("ApiUser:"):
        return Actor(kind=ActorKind.SCRIPT, ref=_ref(connection, policy, person_id, name))
    return Actor(kind=ActorKind.HUMAN, ref=_ref(connection, policy, person_id, name), role=Role.PRODUCER)


def _person_id(permission: Permission) -> str:
    """Names who allowed it: by the tracker's id, or by the name that settings give."""
    return permission.person.id if permission.person else f"settings:{permission.by}"


def _ref(connection: sa.Connection, policy: Policy, person_id: str | PersonId, name: str) -> str:
    return people.person_ref(connection, show=policy.project.name, person_id=person_id, name=name)


def _codes(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(code, names))
