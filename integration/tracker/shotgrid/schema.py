"""What fields, values and steps a site has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integration.errors import TrackerError
from integration.tracker.shotgrid.connection import Client
from integration.tracker.shotgrid.records import (
    AI_POLICY,
    AI_USED,
    EVIDENCE,
    GENZU,
    KEY,
    NO_DRAFT,
    OUTCOME,
    STATUS,
    SUMMARY,
    VERSION_TYPE,
)

SUMMARISED = ("Shot", "Asset", "Version")
"""What a summary is written on."""
KEYED = ("Version", "Task", "Note", "Playlist")
"""What we make, and so what carries our key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedField:
    """A field haikei needs."""

    entity: str
    name: str
    data_type: str
    display_name: str
    """What it is created as; the site makes `name` of it."""
    shown_as: str = ""
    """What people read, when that is another name."""
    description: str
    values: tuple[str, ...] = ()
    """What a list must offer."""


WANTED_FIELDS = (
    *(
        WantedField(
            entity=entity,
            name=KEY,
            data_type="text",
            display_name="haikei key",
            description="Written by haikei: what it made, so that it makes it once.",
        )
        for entity in KEYED
    ),
    WantedField(
        entity="Version",
        name=GENZU,
        data_type="checkbox",
        display_name="haikei genzu",
        shown_as="BG genzu",
        description="Set on the layout Version that background drafts are made from.",
    ),
    WantedField(
        entity="Version",
        name=AI_USED,
        data_type="checkbox",
        display_name="haikei ai used",
        shown_as="AI used",
        description="Set by whoever hands a Version in for which AI was used; then nobody is asked about it.",
    ),
    *(
        wanted
        for entity in SUMMARISED
        for wanted in (
            WantedField(
                entity=entity,
                name=SUMMARY,
                data_type="text",
                display_name="haikei summary",
                description="Written by haikei: drafts, what people say became of them, and revisions.",
            ),
            WantedField(
                entity=entity,
                name=EVIDENCE,
                data_type="url",
                display_name="haikei evidence",
                description="Written by haikei: where the record of it can be read.",
            ),
        )
    ),
    WantedField(
        entity="Version",
        name=OUTCOME,
        data_type="list",
        display_name="haikei outcome",
        shown_as="Draft outcome",
        description="What became of an AI draft, as the artist says; it may be changed until the shot is final.",
        values=("used", "partly used", "not used", "from scratch", "layout only"),
    ),
    *(
        WantedField(
            entity=entity,
            name=NO_DRAFT,
            data_type="checkbox",
            display_name="haikei no draft",
            shown_as="No AI draft",
            description="Set where no AI draft is wanted: the background is painted from the layout, and nobody is asked why.",
        )
        for entity in ("Shot", "Asset")
    ),
    WantedField(
        entity="Project",
        name=AI_POLICY,
        data_type="text",
        display_name="haikei ai policy",
        shown_as="AI policy",
        description="Who allowed AI for what and until when, as haikei.example.toml explains under ai_use; empty allows nothing.",
    ),
)
"""Every field `setup` makes."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a site's schema."""

    name: str
    data_type: str
    display_name: str
    values: tuple[str, ...]
    """Values a list or status may take."""
    hidden: tuple[str, ...]
    """Those of them a project hides."""


def fields_of(sg: Client, entity: str, *, project: int | None = None) -> dict[str, Field]:
    """Every field of `entity`, as `project` sees it."""
    about = {"type": "Project", "id": project} if project is not None else None
    return {name: _field(name, described) for name, described in sg.schema_field_read(entity, project_entity=about).items()}


def _field(name: str, described: Mapping[str, Any]) -> Field:
    properties = described.get("properties") or {}
    return Field(
        name=name,
        data_type=str(_value(described.get("data_type")) or ""),
        display_name=str(_value(described.get("name")) or ""),
        values=tuple(map(str, _value(properties.get("valid_values")) or ())),
        hidden=tuple(map(str, _value(properties.get("hidden_values")) or ())),
    )


def _value(held: Any) -> Any:
    return held.get("value") if isinstance(held, Mapping) else held


def explained(sg: Client, entity: str, written: Mapping[str, Any], refusal: TrackerError) -> TrackerError:
    """Why the site may have refused `written`, in words a coordinator can act on; `refusal` itself when the schema tells nothing."""
    fields = fields_of(sg, entity)
    if KEY in written and KEY not in fields:
        return TrackerError(
            f"{entity} has no field {KEY} at this site", hint="Ask the ShotGrid admin, or whoever may, to run: haikei setup --apply"
        )
    for name, what, remedy in (
        (STATUS, "status", f"Correct it in haikei.toml, or let the admin allow it for {entity}s."),
        (VERSION_TYPE, "type", "Run haikei setup --apply, or let the admin add it to the Version's Type field."),
    ):
        value = written.get(name)
        if value and (name not in fields or value not in fields[name].values):
            known = ", ".join(fields[name].values) if name in fields else "none"
            return TrackerError(f"{entity} knows no {what} '{value}' at this site; it knows: {known}", hint=remedy)
    return refusal
