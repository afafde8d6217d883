"""The page where a person sees the pretend studio and flips a task's status by hand."""

import hmac
import re
from pathlib import Path
from typing import Any

import jinja2

from integration.sandbox.shotgrid.refusal import RefusedError
from integration.sandbox.shotgrid.studio import Actor, Studio
from integration.sandbox.shotgrid.values import shown_picture
from integration.sandbox.shotgrid.writing import update
from integration.sandbox.store import Row

_TEMPLATES = Path(__file__).parents[1] / "templates"
_NEWEST = 24
_STATUS = "sg_status_list"


class Page:
    """Renders the page and takes its form. May be used by many threads."""

    def __init__(self, studio: Studio) -> None:
        """Read the templates."""
        self._studio = studio
        loader = jinja2.FileSystemLoader(_TEMPLATES)
        self._templates = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)

    def shown(self, path: str) -> str | None:
        """The page at `path`, None when there is none."""
        with self._studio.store.lock:
            if path == "/":
                return self._render("studio.html", shots=self._shots(), versions=self._versions(None))
            match = re.fullmatch(r"/shots/([0-9]{1,12})", path)
            shot = self._studio.store.get("Shot", int(match[1])) if match else None
            if shot is None:
                return None
            return self._render("shot.html", shot=self._shot(shot), versions=self._versions(shot))

    def sent(self, path: str, fields: dict[str, str]) -> tuple[int, str]:
        """What a form does: 303 and where to go, or another status and words."""
        match = re.fullmatch(r"/tasks/([0-9]{1,12})", path)
        if match is None:
            return 404, "There is no such page.\n"
        if not hmac.compare_digest(fields.get("token", "").encode("utf-8", "replace"), self._token().encode()):
            return 403, "This form is not from this studio's page.\n"
        number, person, status = int(match[1]), fields.get("person", ""), fields.get("status", "")
        user = self._studio.store.get("HumanUser", int(person)) if re.fullmatch(r"[0-9]{1,12}", person) else None
        if user is None:
            return 400, "Choose who you are.\n"
        try:
            written = [{"field_name": _STATUS, "value": status}]
            update(self._studio, Actor(type="HumanUser", id=user["id"]), {"type": "Task", "id": number, "fields": written})
        except RefusedError as error:
            return 400, f"{error}\n"
        back = fields.get("back", "/")
        return 303, back if re.fullmatch(r"/(shots/[0-9]{1,12})?", back) else "/"

    def _token(self) -> str:
        return self._studio.signature("the page's form", 0)

    def _render(self, template: str, **told: Any) -> str:
        people = [row for row in self._rows("HumanUser") if row.get(_STATUS) != "dis"]
        field = self._studio.schema.field("Task", _STATUS)
        return self._templates.get_template(template).render(
            **told,
            token=self._token(),
            people=[{"id": row["id"], "name": self._studio.name_of(row)} for row in people],
            statuses=[{"code": code, "name": self._status_name(code)} for code in (field.values if field else ())],
            projects=[self._studio.name_of(row) for row in self._rows("Project")],
        )

    def _rows(self, kind: str) -> list[Row]:
        return [row for row in self._studio.store.all(kind).values() if not row.get("_retired")]

    def _status_name(self, code: str | None) -> str:
        return next((str(row.get("name")) for row in self._rows("Status") if row.get("code") == code), code or "")

    def _shots(self) -> list[dict[str, Any]]:
        return [self._shot(row) for row in sorted(self._rows("Shot"), key=lambda row: (str(row.get("code")), row["id"]))]

    def _shot(self, row: Row) -> dict[str, Any]:
        tasks = [task for link in row.get("tasks") or () if (task := self._studio.store.get("Task", link["id"]))]
        by_people = next((version for version in self._versions(row) if version["by_person"] and version["picture"]), None)
        scene = [row.get(name) for name in ("sg_place", "sg_season", "sg_time_of_day", "sg_weather", "sg_light")]
        picture = row.get("image")
        return {
            "id": row["id"],
            "code": row.get("code") or f"Shot {row['id']}",
            "sequence": (self._studio.shown_link(row.get("sg_sequence")) or {}).get("name") or "",
            "scene": "・".join(str(word) for word in scene if word),
            "description": row.get("description") or "",
            "picture": self._picture(picture) if picture else by_people and by_people["picture"],
            "tasks": [self._task(task) for task in tasks],
        }

    def _task(self, row: Row) -> dict[str, Any]:
        assignees = [link["name"] for link in map(self._studio.shown_link, row.get("task_assignees") or ()) if link]
        step = (self._studio.shown_link(row.get("step")) or {}).get("name") or ""
        name = row.get("content") or ""
        return {
            "id": row["id"],
            "name": name if name == step or not step else f"{name}（{step}）",
            "status": row.get(_STATUS),
            "by": "、".join(assignees),
        }

    def _versions(self, shot: Row | None) -> list[dict[str, Any]]:
        """The newest Versions, of one shot or of all."""
        link = {"type": "Shot", "id": shot["id"]} if shot else None
        rows = [row for row in self._rows("Version") if link is None or row.get("entity") == link]
        newest = sorted(rows, key=lambda row: (row.get("created_at") or "", row["id"]), reverse=True)[:_NEWEST]
        return [
            {
                "name": row.get("code"),
                "type": row.get("sg_version_type") or "",
                "status": row.get(_STATUS),
                "status_name": self._status_name(row.get(_STATUS)),
                "by": (self._studio.shown_link(row.get("user")) or {}).get("name") or "",
                "by_person": (row.get("user") or {}).get("type") == "HumanUser",
                "description": row.get("description") or "",
                "picture": self._picture(row.get("image")),
                "shot": self._studio.shown_link(row.get("entity")),
            }
            for row in newest
        ]

    def _picture(self, picture: Any) -> str | None:
        """The address of a thumbnail on this page's own host."""
        return shown_picture(self._studio, picture).removeprefix(self._studio.url) if picture and picture["ready"] else None
