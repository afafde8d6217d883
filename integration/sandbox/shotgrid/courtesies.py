"""The rest of api3: following, schedules, note threads, streams and search."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from integration.sandbox.shotgrid.event_log import EVENT
from integration.sandbox.shotgrid.filters import question
from integration.sandbox.shotgrid.query import columns_of, told
from integration.sandbox.shotgrid.refusal import RefusedError
from integration.sandbox.shotgrid.schema import identifier
from integration.sandbox.shotgrid.studio import Actor, Studio, now_text
from integration.sandbox.shotgrid.values import day_of
from integration.sandbox.store import Row

_Asked = dict[str, Any]
_FOLLOW, _DAY, _SUBSCRIPTION = "$Follow", "$WorkDay", "$Subscription"
_LONGEST_SCHEDULE_DAYS = 3660
_SHORTEST_SEARCH = 3
_NOTE_FIELDS = {
    "Note": ["subject", "content", "user", "created_at", "addressings_to", "note_links", "sg_status_list"],
    "Reply": ["content", "user", "created_at"],
    "Attachment": ["this_file", "filename", "created_at", "created_by"],
}
_PREFERENCES = {
    "format_date_fields": "08/04/22 OR 04/08/22 (depending on the Month order preference)",
    "date_component_order": "year_month_day",
    "duration_units": "days",
    "hours_per_day": 8.0,
    "format_time_hour_fields": "24 hour",
    "support_local_storage": False,
    "view_master_settings": "{}",
}


def _row(studio: Studio, link: Any) -> Row:
    kind, number = (link.get("type"), link.get("id")) if isinstance(link, dict) else (None, None)
    row = studio.store.get(kind, number) if isinstance(kind, str) and type(number) is int and studio.schema.has(kind) else None
    if row is None:
        raise RefusedError(f"API call failed: there is no entity {link!r:.80}.")
    return row


def _link(row: Row) -> dict[str, Any]:
    return {"type": row["type"], "id": row["id"]}


def _follows(studio: Studio) -> list[Row]:
    return [row for row in studio.store.all(_FOLLOW).values() if not row.get("_retired")]


def _follow(studio: Studio, _actor: Actor, asked: _Asked) -> Any:
    with studio.store.transaction():
        user, entity = _link(_row(studio, asked.get("user"))), _link(_row(studio, asked.get("entity")))
        if not any((row["user"], row["entity"]) == (user, entity) for row in _follows(studio)):
            studio.store.put({"type": _FOLLOW, "id": studio.store.next_id(_FOLLOW), "user": user, "entity": entity})
    return {"followed": True, "user": user, "entity": entity}


def _unfollow(studio: Studio, _actor: Actor, asked: _Asked) -> Any:
    with studio.store.transaction():
        user, entity = _link(_row(studio, asked.get("user"))), _link(_row(studio, asked.get("entity")))
        for row in _follows(studio):
            if (row["user"], row["entity"]) == (user, entity):
                studio.store.put({**row, "_retired": True})
    return {"unfollowed": True, "user": user, "entity": entity}


def _followers(studio: Studio, _actor: Actor, asked: _Asked) -> Any:
    with studio.store.lock:
        entity = _link(_row(studio, asked.get("entity")))
        people = [studio.shown_link(row["user"]) for row in _follows(studio) if row["entity"] == entity]
        return [{**person, "status": "act", "valid": "valid"} for person in people if person]


def _following(studio: Studio, _actor: Actor, asked: _Asked) -> Any:
    with studio.store.lock:
        user, project = _link(_row(studio, asked.get("user"))), asked.get("project")
        found = [studio.store.get(row["entity"]["type"], row["entity"]["id"]) for row in _follows(studio) if row["user"] == user]
        wanted = [row for row in found if row and asked.get("entity_type") in (None, row["type"])]
        if project:
            wanted = [row for row in wanted if row.get("project") == _link(_row(studio, project))]
        return [studio.shown_link(_link(row)) for row in wanted]


def _schedule(studio: Studio, _actor: Actor, asked: _Asked) -> Any:
    first, last = (date.fromisoformat(day_of(asked.get(name), name)) for name in ("start_date", "end_date"))
    if not 0 <= (last - first).days <= _LONGEST_SCHEDULE_DAYS:
        raise RefusedError("API work_schedule_read() the range of dates is not possible.")
    with studio.store.lock:
        owner = next((_link(_row(studio, asked[name])) for name in ("user", "project") if asked.get(name)), None)
        rules = {(row["date"], str(row["owner"])): row for row in studio.store.all(_DAY).values()}
        told_days = {}
        for number in range((last - first).days + 1):
            day = first + timedelta(days=number)
            rule = rules.get((day.isoformat(), str(owner))) or rules.get((day.isoformat(), "None"))
            words = rule["description"] if rule else None
            working = rule["working"] if rule else day.weekday() < 5
            told_days[day.isoformat()] = {"description": words, "reason": _reason(rule), "working": working}
        return told_days


def _reason(rule: Row | None) -> str:
    if rule is None:
        return "STUDIO_WORK_WEEK"
    owner = rule["owner"]
    if owner is None:
        return "STUDIO_EXCEPTION"
    return "USER_EXCEPTION" if owner["type"] == "HumanUser" else "PROJECT_EXCEPTION"


def _set_schedule(studio: Studio, _actor: Actor, asked: _Asked) -> Any:
    day, working, words = day_of(asked.get("date"), "date"), asked.get("working"), asked.get("description")
    if not isinstance(working, bool) or not (words is None or isinstance(words, str)) or (asked.get("project") and asked.get("user")):
        raise RefusedError("API work_schedule_update() invalid parameters.")
    with studio.store.transaction():
        owner = next((_link(_row(studio, asked[name])) for name in ("user", "project") if asked.get(name)), None)
        same = [row for row in studio.store.all(_DAY).values() if (row["date"], row["owner"]) == (day, owner)]
        number = same[0]["id"] if same else studio.store.next_id(_DAY)
        studio.store.put({"type": _DAY, "id": number, "date": day, "owner": owner, "working": working, "description": words})
    return {"date": day, "description": words, "project": asked.get("project"), "user": asked.get("user"), "working": working}


def _note_thread(studio: Studio, _actor: Actor, asked: _Asked) -> Any:
    extra = _extra_fields(asked)
    with studio.store.lock:
        note = _row(studio, {"type": "Note", "id": asked.get("note_id")})
        links = [*(note.get("replies") or ()), *(note.get("attachments") or ())]
        rows = [note, *(row for link in links if (row := studio.store.get(link["type"], link["id"])))]
        return [
            told(row, columns_of(studio, row["type"], [*_NOTE_FIELDS.get(row["type"], []), *extra.get(row["type"], [])])) for row in rows
        ]


def _stream(studio: Studio, _actor: Actor, asked: _Asked) -> Any:
    extra = _extra_fields(asked)
    low, high, limit = asked.get("min_id") or 0, asked.get("max_id") or 2**53, asked.get("limit") or 20
    if not all(type(number) is int for number in (low, high, limit)) or not 0 < limit <= 500:
        raise RefusedError("API activity_stream() invalid parameters.")
    with studio.store.lock:
        row = _row(studio, {"type": asked.get("type"), "id": asked.get("id")})
        columns = columns_of(studio, row["type"], extra.get(row["type"], []))
        primary = {**told(row, columns), "name": studio.name_of(row), "status": row.get("sg_status_list")}
        events = [one for one in studio.store.all(EVENT).values() if one.get("entity") == _link(row) and low <= one["id"] <= high]
        chosen = sorted((one for one in events if not studio.is_held(one["id"])), key=lambda one: -one["id"])[:limit]
        updates = [_update(studio, one, primary) for one in chosen]
    ids = [update["id"] for update in updates]
    bounds = {"earliest_update_id": min(ids, default=None), "latest_update_id": max(ids, default=None)}
    return {"entity_type": row["type"], "entity_id": row["id"], **bounds, "updates": updates}


def _update(studio: Studio, event: Row, primary: _Asked) -> _Asked:
    kind = "create" if str(event["event_type"]).endswith("_New") else "update"
    who = studio.shown_link(event.get("user"))
    base = {"id": event["id"], "update_type": kind, "created_at": event["created_at"], "created_by": who, "read": False}
    return {**base, "meta": event.get("meta"), "primary_entity": primary}


def _extra_fields(asked: _Asked) -> dict[str, list[str]]:
    given = asked.get("entity_fields") or {}
    if not isinstance(given, dict) or not all(
        isinstance(names, list) and all(isinstance(n, str) for n in names) for names in given.values()
    ):
        raise RefusedError("API call failed: entity_fields is a Hash of Arrays of Strings.")
    return given


def _search(studio: Studio, _actor: Actor, asked: _Asked) -> Any:
    text, kinds, projects, limit = (
        asked.get("text"),
        asked.get("entity_types"),
        asked.get("project_ids") or [],
        asked.get("max_results") or 10,
    )
    if not isinstance(text, str) or len(text) < _SHORTEST_SEARCH or not isinstance(kinds, dict) or not isinstance(projects, list):
        raise RefusedError("API query_display_name_cache() text has at least three characters.")
    if type(limit) is not int or not 0 < limit <= 500:
        raise RefusedError("API query_display_name_cache() invalid max_results.")
    terms, matches = text.casefold().split(), []
    with studio.store.lock:
        for kind, tree in kinds.items():
            studio.schema.fields(kind)
            asks = question(studio, kind, tree or {"logical_operator": "and", "conditions": []})
            rows = [row for row in studio.store.all(kind).values() if not row.get("_retired") and asks(row)]
            named = [row for row in rows if all(term in (studio.name_of(row) or "").casefold() for term in terms)]
            matches += [_match(studio, row) for row in named if not projects or (row.get("project") or {}).get("id") in projects]
    return {"matches": matches[:limit], "terms": terms}


def _match(studio: Studio, row: Row) -> _Asked:
    entity = studio.shown_link(row.get("entity")) or {}
    shown = told(row, columns_of(studio, row["type"], ["image", identifier(row["type"])]))
    base = {"type": row["type"], "id": row["id"], "name": studio.name_of(row), "image": shown.get("image")}
    links = [entity.get("type", ""), entity.get("name", "")]
    return {**base, "project_id": (row.get("project") or {}).get("id"), "status": row.get("sg_status_list"), "links": links}


def _preferences(_studio: Studio, _actor: Actor, asked: _Asked) -> Any:
    wanted = asked.get("prefs") or list(_PREFERENCES)
    if not isinstance(wanted, list):
        raise RefusedError("API preferences_read() prefs is an Array.")
    return {name: value for name, value in _PREFERENCES.items() if name in wanted}


def _accessed(studio: Studio, _actor: Actor, asked: _Asked) -> Any:
    with studio.store.transaction():
        project = _row(studio, {"type": "Project", "id": asked.get("project_id")})
        if asked.get("user_id") is not None:
            _row(studio, {"type": "HumanUser", "id": asked["user_id"]})
        studio.store.put({**project, "last_accessed_by_current_user": now_text()})
        return told(studio.store.all("Project")[project["id"]], columns_of(studio, "Project", ["last_accessed_by_current_user"]))


def _subscriptions(studio: Studio, _actor: Actor, _asked: _Asked) -> Any:
    with studio.store.lock:
        return [{"humanUserId": row["id"], "subscription": row["subscription"]} for row in studio.store.all(_SUBSCRIPTION).values()]


def _subscribe(studio: Studio, _actor: Actor, asked: _Asked) -> Any:
    users = asked.get("users")
    if not isinstance(users, list) or not all(isinstance(one, dict) for one in users):
        raise RefusedError("API user_subscriptions_create() users is an Array of Hashes.")
    with studio.store.transaction():
        for one in users:
            person = _row(studio, {"type": "HumanUser", "id": one.get("humanUserId")})
            studio.store.put({"type": _SUBSCRIPTION, "id": person["id"], "subscription": one.get("subscription")})
    return {"status": "success"}


METHODS: dict[str, Callable[[Studio, Actor, Any], Any]] = {
    "follow": _follow,
    "unfollow": _unfollow,
    "followers": _followers,
    "following": _following,
    "work_schedule_read": _schedule,
    "work_schedule_update": _set_schedule,
    "note_thread_contents": _note_thread,
    "activity_stream": _stream,
    "query_display_name_cache": _search,
    "preferences_read": _preferences,
    "update_project_last_accessed_by_current_user": _accessed,
    "user_subscriptions_read": _subscriptions,
    "user_subscriptions_create": _subscribe,
}
"""By name on the wire. The rest (`export_page`, `nav_expand`, `nav_search`) is refused: the studio has no such pages."""
