"""`read`: the entities that pass a filter, in order, a page at a time."""

from collections.abc import Callable
from typing import Any

from integration.sandbox.shotgrid.filters import narrowed, question
from integration.sandbox.shotgrid.paths import shown_at, values_at
from integration.sandbox.shotgrid.refusal import RefusedError
from integration.sandbox.shotgrid.studio import Studio
from integration.sandbox.store import Row

LARGEST_PAGE = 5000
"""Entities in one answer at most."""


def read(studio: Studio, asked: dict[str, Any]) -> dict[str, Any]:
    """Answer of `read`.

    Raises:
        RefusedError: it asks for what there is not.
    """
    kind = asked.get("type")
    if not isinstance(kind, str):
        raise RefusedError("API read() missing required parameter: type")
    wanted = asked.get("return_fields") or ["id"]
    if not isinstance(wanted, list) or not all(isinstance(name, str) for name in wanted):
        raise RefusedError("API read() return_fields must be an Array of Strings.")
    per_page, page = _paging(asked.get("paging"))
    with studio.store.lock:
        studio.schema.fields(kind)
        found = _in_order(studio, kind, passing(studio, kind, asked), asked.get("sorts"))
        shown = found[(page - 1) * per_page : page * per_page]
        columns = columns_of(studio, kind, wanted)
        entities = [told(row, columns) for row in shown]
    info: dict[str, Any] = {"entities_per_page": per_page, "current_page": page}
    if asked.get("return_paging_info_without_counts"):
        info["has_next_page"] = len(found) > page * per_page
    elif asked.get("return_paging_info"):
        info |= {"entity_count": len(found), "page_count": max(1, -(-len(found) // per_page))}
    return {"entities": entities, "paging_info": info}


def passing(studio: Studio, kind: str, asked: dict[str, Any]) -> list[Row]:
    """Rows of a type that pass the filters of a call, in order of id; to be called under the store's lock."""
    tree = asked.get("filters") or {"logical_operator": "and", "conditions": []}
    asks = question(studio, kind, tree)
    retired = asked.get("return_only", "active") == "retired"
    rows = [row for row in narrowed(studio, kind, tree) if bool(row.get("_retired")) is retired and asks(row)]
    if kind == "EventLogEntry" and studio.held_events:
        rows = [row for row in rows if not studio.is_held(row["id"])]
    if asked.get("include_archived_projects", True) is False:
        rows = [row for row in rows if not _archived(studio, row)]
    return rows


def columns_of(studio: Studio, kind: str, wanted: list[str]) -> dict[str, Callable[[Row], Any]]:
    """What reads each wanted field; unknown ones are silently absent, as on a real site."""
    return {name: read for name in dict.fromkeys(wanted) if (read := shown_at(studio, kind, name))}


def told(row: Row, columns: dict[str, Callable[[Row], Any]]) -> dict[str, Any]:
    """A row as it goes on the wire."""
    return {"type": row["type"], "id": row["id"], **{name: read(row) for name, read in columns.items()}}


def _paging(paging: Any) -> tuple[int, int]:
    paging = {} if paging is None else paging
    if not isinstance(paging, dict):
        raise RefusedError("API read() paging must be a Hash.")
    per_page, page = paging.get("entities_per_page", 500), paging.get("current_page", 1)
    if type(per_page) is not int or type(page) is not int or not 1 <= per_page <= LARGEST_PAGE or not 1 <= page <= 10**9:
        raise RefusedError(f"API read() invalid paging: up to {LARGEST_PAGE} entities_per_page, current_page from 1.")
    return per_page, page


def _in_order(studio: Studio, kind: str, rows: list[Row], sorts: Any) -> list[Row]:
    if not sorts:
        return rows
    if not isinstance(sorts, list) or len(sorts) > 20:
        raise RefusedError("API read() sorts must be an Array.")
    for sort in reversed(sorts):
        if not isinstance(sort, dict) or not isinstance(sort.get("field_name"), str) or sort.get("direction") not in ("asc", "desc"):
            raise RefusedError(f"API read() invalid sort: {sort!r:.120}")
        _, values = values_at(studio, kind, sort["field_name"])
        rows = sorted(rows, key=lambda row, values=values: _rank(studio, values(row)[0]), reverse=sort["direction"] == "desc")  # type: ignore[misc]
    return rows


def _rank(studio: Studio, value: Any) -> tuple[int, Any]:
    if value is None or value == []:
        return 0, 0
    if isinstance(value, bool | int | float):
        return 1, value
    if isinstance(value, str):
        return 2, value.casefold()
    if isinstance(value, list):
        value = value[0]
    name = (studio.shown_link(value) or {}).get("name") if isinstance(value, dict) and "id" in value else str(value)
    return 2, str(name or "").casefold()


def _archived(studio: Studio, row: Row) -> bool:
    project = row if row["type"] == "Project" else None
    link = row.get("project")
    if link:
        project = studio.store.get("Project", link["id"])
    return bool(project and project.get("archived"))
