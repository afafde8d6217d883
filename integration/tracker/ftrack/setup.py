"""Makes on a site what haikei needs, and says what only a person can."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from integration.errors import TrackerError, TransientTrackerError
from integration.settings import ProjectSettings
from integration.tracker.ftrack.attributes import Attribute, object_types, read_attributes
from integration.tracker.ftrack.connection import Client, Connection
from integration.tracker.ftrack.project_words import ProjectWords, Words, find
from integration.tracker.ftrack.query_text import among
from integration.tracker.ftrack.records import AI_POLICY, AI_USED, BACKGROUNDS, EVIDENCE, GENZU, NO_DRAFT, OUTCOME, SUMMARY
from integration.tracker.ftrack.spelling import statuses_of
from integration.tracker.protocol import SetUpStep
from integration.tracker_settings import SceneFields

OUTCOMES = ("used", "partly used", "not used", "from scratch", "layout only")
"""What people may say became of a draft."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedAttribute:
    """A custom attribute haikei needs."""

    kind: str
    key: str
    data_type: str
    label: str
    """What people read."""
    values: tuple[str, ...] = ()
    """What an enumerator must offer."""

    @property
    def subject(self) -> str:
        """What it is called in a table."""
        return f"attribute {self.kind}.{self.key} ({self.data_type})"


_SUMMARISED = (*BACKGROUNDS, "AssetVersion")
WANTED_ATTRIBUTES = (
    WantedAttribute(kind="AssetVersion", key=OUTCOME, data_type="enumerator", label="Draft outcome", values=OUTCOMES),
    WantedAttribute(kind="AssetVersion", key=GENZU, data_type="boolean", label="BG genzu"),
    WantedAttribute(kind="AssetVersion", key=AI_USED, data_type="boolean", label="AI used"),
    *(WantedAttribute(kind=kind, key=NO_DRAFT, data_type="boolean", label="No AI draft") for kind in BACKGROUNDS),
    *(WantedAttribute(kind=kind, key=SUMMARY, data_type="text", label="haikei summary") for kind in _SUMMARISED),
    *(WantedAttribute(kind=kind, key=EVIDENCE, data_type="text", label="haikei evidence") for kind in _SUMMARISED),
    WantedAttribute(kind="Project", key=AI_POLICY, data_type="text", label="AI policy"),
)
"""Every attribute `setup` makes."""

_BY_HAND = (
    (
        "rights of haikei's user",
        "Let it read projects, users and settings; make and change versions, components, tasks, notes and lists; assign tasks; edit our attributes.",
    ),
    (
        "who may write Project.haikei_ai_policy",
        "Let only roles write it who may allow AI (System settings > Custom attributes), or name those people under ai_use_may_allow.",
    ),
    (
        "columns",
        "Add BG genzu and Draft outcome to the version spreadsheets people use, and No AI draft to those of shots and asset builds.",
    ),
    ("menu", "Nothing to do: right-click > Actions shows haikei's items while haikei runs."),
)


def set_up(
    connection: Connection, projects: Mapping[str, ProjectSettings], words: ProjectWords, scene: SceneFields, *, apply: bool
) -> Iterator[SetUpStep]:
    """See `Tracker.set_up`; `scene` names attributes of the studio's own."""
    there = connection.tried(read_attributes)
    for wanted in WANTED_ATTRIBUTES:
        yield _attribute(connection, wanted, there, apply)
    rules = projects or {"": ProjectSettings()}
    known, ids = connection.tried(lambda client: client.ask("select name, short from AssetType", "select name, full_name from Project"))
    for name in dict.fromkeys(rule.draft_type for rule in rules.values()):
        yield _asset_type(connection, name, {str(each.get("name")) for each in known}, apply)
    for record in ids:
        show = next((rules[name] for name in (str(record.get("full_name")), str(record.get("name"))) if name in rules), None)
        if show is not None:
            yield from _statuses(str(record.get("full_name") or record.get("name")), show, words.of(str(record["id"]), fresh=True))
    yield from _scene(connection, scene)
    for subject, detail in _BY_HAND:
        yield SetUpStep(subject=subject, state="by hand", detail=detail)


def values_of(attribute: Attribute) -> tuple[str, ...]:
    """What an enumerator offers."""
    try:
        config = json.loads(attribute.config or "{}")
        data = config.get("data") or "[]"
        return tuple(str(each["value"]) for each in (json.loads(data) if isinstance(data, str) else data))
    except (ValueError, TypeError, KeyError, AttributeError):
        return ()


def _attribute(connection: Connection, wanted: WantedAttribute, there: Iterable[Attribute], apply: bool) -> SetUpStep:
    found = next((each for each in there if (each.kind, each.key, each.project) == (wanted.kind, wanted.key, "")), None)
    if found is not None and found.data_type != wanted.data_type:
        detail = f"An attribute of that key exists as {found.data_type}: rename or delete it, then run setup again."
        return SetUpStep(subject=wanted.subject, state="by hand", detail=detail)
    if found is not None and (missing := [value for value in wanted.values if value not in values_of(found)]):
        return SetUpStep(subject=wanted.subject, state="by hand", detail=f"Add to its menu: {', '.join(missing)}.")
    if found is not None:
        return SetUpStep(subject=wanted.subject, state="present")
    if not apply:
        return SetUpStep(subject=wanted.subject, state="missing")
    try:
        connection.tried(lambda client: _make(client, wanted))
    except TransientTrackerError:
        raise
    except TrackerError as error:
        detail = f"System settings > Custom attributes: make it, labelled '{wanted.label}'. ({error})"
        return SetUpStep(subject=wanted.subject, state="by hand", detail=detail)
    return SetUpStep(subject=wanted.subject, state="created")


def _make(client: Client, wanted: WantedAttribute) -> None:
    """Make an attribute that every role may read and write, unless it is there by now."""
    if any((each.kind, each.key) == (wanted.kind, wanted.key) for each in read_attributes(client)):
        return
    types, roles, groups = client.ask(
        f"select name from CustomAttributeType where name in {among([wanted.data_type])}",
        "select name from SecurityRole",
        "select name from CustomAttributeGroup",
    )
    if not types:
        raise TrackerError(f"the site has no attributes of type {wanted.data_type}", hint="Ask the ftrack admin to update the server.")
    everybody = [{"__entity_type__": "SecurityRole", "id": role["id"]} for role in roles]
    group = next((each for each in groups if each.get("name") == "haikei"), None)
    choices = json.dumps([{"menu": value, "value": value} for value in wanted.values])
    config: dict[str, Any] = (
        {"multiSelect": False, "data": choices} if wanted.values else {"markdown": False} if wanted.data_type == "text" else {}
    )
    table = {"AssetVersion": "assetversion", "Project": "show"}.get(wanted.kind, "task")
    client.write(
        client.created(
            "CustomAttributeConfiguration",
            id=str(uuid4()),
            key=wanted.key,
            label=wanted.label,
            type_id=types[0]["id"],
            entity_type=table,
            default=False if wanted.data_type == "boolean" else "",
            config=json.dumps(config),
            read_security_roles=everybody,
            write_security_roles=everybody,
            **({"object_type_id": object_types(client)[wanted.kind]} if table == "task" else {}),
            **({"group_id": group["id"]} if group else {}),
        )
    )


def _asset_type(connection: Connection, name: str, known: set[str], apply: bool) -> SetUpStep:
    """The type of the Assets that drafts stand under; without it they stand under the type of uploads, and their type is in their names alone."""
    subject = f"Version type {name}"
    if any(each.casefold() == name.casefold() for each in known):
        return SetUpStep(subject=subject, state="present")
    if not apply:
        return SetUpStep(subject=subject, state="missing")
    short = "".join(character for character in name.lower() if character.isalnum()) or "aidraft"
    try:
        connection.tried(lambda client: client.write(client.created("AssetType", id=str(uuid4()), name=name, short=short)))
    except TransientTrackerError:
        raise
    except TrackerError as error:
        return SetUpStep(subject=subject, state="by hand", detail=f"System settings > Types: add an asset type called '{name}'. ({error})")
    return SetUpStep(subject=subject, state="created")


def _statuses(project: str, show: ProjectSettings, words: Words) -> Iterator[SetUpStep]:
    """Statuses belong to a workflow that many projects may share, so haikei adds none by itself."""
    of_tasks = (*show.approved, show.review_status, show.waiting_status)
    of_versions = (show.draft_status, show.superseded_status, *show.outcomes)
    for what, names, known in (("Task", of_tasks, words.task_statuses), ("Version", of_versions, words.version_statuses)):
        for name in dict.fromkeys(each for each in names if each in statuses_of(show)):
            subject = f"{what} status {name} in {project}"
            if find(known, name):
                yield SetUpStep(subject=subject, state="present")
            else:
                detail = f"Add it to the workflow schema of the project's {what.lower()}s, or name one of: {', '.join(known)}."
                yield SetUpStep(subject=subject, state="by hand", detail=detail)


def _scene(connection: Connection, scene: SceneFields) -> Iterator[SetUpStep]:
    """The studio's own attributes are the studio's to make."""
    keys = [key for key in scene.model_dump().values() if key]
    found = connection.tried(lambda client: client.ask(f"select key from CustomAttributeConfiguration where key in {among(keys)}")[0])
    known = {each.get("key") for each in found}
    for key in keys:
        if key in known:
            yield SetUpStep(subject=f"attribute {key} of the scene", state="present")
        else:
            detail = (
                "Optional: make it on shots and asset builds, name the studio's own under ftrack.scene_fields, or leave it empty there."
            )
            yield SetUpStep(subject=f"attribute {key} of the scene", state="by hand", detail=detail)
