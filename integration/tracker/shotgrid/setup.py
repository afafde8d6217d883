"""Makes on a site what haikei needs, and says what only a person can."""

from collections.abc import Iterator, Mapping

from shotgun_api3 import Fault

from integration.errors import TrackerError, TransientTrackerError
from integration.settings import ProjectSettings
from integration.tracker.protocol import SetUpStep
from integration.tracker.shotgrid.connection import Client, Connection
from integration.tracker.shotgrid.faults import meaning
from integration.tracker.shotgrid.records import STATUS, VERSION_TYPE
from integration.tracker.shotgrid.schema import WANTED_FIELDS, Field, WantedField, fields_of

_BY_HAND = (
    (
        "rights of the script",
        "Let it read Projects, Shots, Assets, Steps, people, time logs, events; create and edit Versions, Tasks, Notes, Playlists; edit our fields.",
    ),
    ("script's Generate Events", "Leave it on: without it nobody is told about drafts."),
    (
        "pages",
        "Add the columns Type, BG genzu and Draft outcome to the Versions pages people use, and No AI draft to those of Shots and Assets.",
    ),
    ("rights on Project.sg_haikei_ai_policy", "Let only those write it who may allow AI, or name them under ai_use_may_allow."),
    ("webhook", "Optional: sends approvals at once instead of at the next poll (Admin > Webhooks)."),
)


_MENU_ITEM = (
    "Admin > Action Menu Items: add one for Version and one for Task, titled 'AI draft outcome', with the URL {url}, selection required, "
    "and the secret token that web.menu_secret holds (a site shows it once)."
)
_NO_MENU = "Optional: lets artists say what became of drafts by a menu item. Set web.port, web.public_url and web.menu_secret, then run setup again."


def set_up(connection: Connection, projects: Mapping[str, ProjectSettings], *, menu_url: str, apply: bool) -> Iterator[SetUpStep]:
    """See `Tracker.set_up`; `menu_url` is what a menu item calls, empty where nobody serves it."""
    entities = dict.fromkeys(wanted.entity for wanted in WANTED_FIELDS)
    fields = {entity: connection.tried(lambda sg, entity=entity: fields_of(sg, entity)) for entity in entities}  # type: ignore[misc]
    for wanted in WANTED_FIELDS:
        yield _field(connection, wanted, fields[wanted.entity], apply)
    rules = list(projects.values()) or [ProjectSettings()]
    types = list(dict.fromkeys(rule.draft_type for rule in rules))
    yield from _types(connection, types, fields["Version"].get(VERSION_TYPE), apply)
    yield from _own_statuses(connection, rules, fields["Version"].get(STATUS), apply)
    yield from _their_statuses(rules, fields["Task"].get(STATUS))
    for subject, detail in (*_BY_HAND, ("menu item", _MENU_ITEM.format(url=menu_url) if menu_url else _NO_MENU)):
        yield SetUpStep(subject=subject, state="by hand", detail=detail)


def _field(connection: Connection, wanted: WantedField, there: Mapping[str, Field], apply: bool) -> SetUpStep:
    subject = f"field {wanted.entity}.{wanted.name} ({wanted.data_type})"
    found = there.get(wanted.name)
    if found is not None and found.data_type == wanted.data_type and set(wanted.values) <= set(found.values):
        return SetUpStep(subject=subject, state="present")
    if found is not None and found.data_type != wanted.data_type:
        return SetUpStep(
            subject=subject,
            state="by hand",
            detail=f"A field of that name exists as {found.data_type}: rename or delete it, then run setup again.",
        )
    if not apply:
        return SetUpStep(subject=subject, state="missing")
    _create(connection, wanted)
    return SetUpStep(subject=subject, state="created")


def _create(connection: Connection, wanted: WantedField) -> None:
    def make(sg: Client) -> None:
        if wanted.name not in fields_of(sg, wanted.entity):
            given = _created(sg, wanted, connection)
            if given != wanted.name:
                sg.schema_field_delete(wanted.entity, given)
                raise TrackerError(
                    f"the site called the new field {wanted.entity}.{given} instead of {wanted.name}; it was removed again",
                    hint=f"A field {wanted.name} lies in the trash: let the ShotGrid admin restore or purge it, then run setup again.",
                )
        made = fields_of(sg, wanted.entity).get(wanted.name)
        if made is None or made.data_type != wanted.data_type:
            raise TrackerError(
                f"{wanted.entity}.{wanted.name} was made and is not there as {wanted.data_type}",
                hint="Ask the ShotGrid admin to look at the fields' trash.",
            )
        if missing := [value for value in wanted.values if value not in made.values]:
            sg.schema_field_update(wanted.entity, wanted.name, {"valid_values": [*made.values, *missing]})
        if wanted.shown_as and made.display_name != wanted.shown_as:
            sg.schema_field_update(wanted.entity, wanted.name, {"name": wanted.shown_as})

    connection.tried(make)


def _created(sg: Client, wanted: WantedField, connection: Connection) -> str:
    try:
        return str(sg.schema_field_create(wanted.entity, wanted.data_type, wanted.display_name, {"description": wanted.description}))
    except Fault as fault:
        refusal = meaning(fault, script=connection.script, where=connection.site)
        if isinstance(refusal, TransientTrackerError):
            raise refusal from fault
        raise TrackerError(
            f"field {wanted.entity}.{wanted.name} could not be made: {refusal}",
            hint=f"Let the ShotGrid admin restore or purge {wanted.name} if it lies in the fields' trash, or let the script add fields.",
        ) from fault


def _types(connection: Connection, types: list[str], field: Field | None, apply: bool) -> Iterator[SetUpStep]:
    subject = f"Version type {', '.join(types)}"
    if field is None:
        yield SetUpStep(
            subject=subject, state="by hand", detail=f"Versions have no field {VERSION_TYPE}: let the admin add a list field called Type."
        )
        return
    missing = [name for name in types if name not in field.values]
    if not missing:
        yield SetUpStep(subject=subject, state="present")
        return
    if not apply:
        yield SetUpStep(subject=subject, state="missing")
        return
    connection.tried(lambda sg: sg.schema_field_update("Version", VERSION_TYPE, {"valid_values": [*field.values, *missing]}))
    now = connection.tried(lambda sg: fields_of(sg, "Version"))[VERSION_TYPE].values
    if any(name not in now for name in (*field.values, *missing)):
        raise TrackerError(
            f"Version type {', '.join(missing)} could not be added", hint="Let the ShotGrid admin add it to the Version's Type field."
        )
    yield SetUpStep(subject=subject, state="created")


def _own_statuses(connection: Connection, rules: list[ProjectSettings], field: Field | None, apply: bool) -> Iterator[SetUpStep]:
    """The statuses of drafts are haikei's own, so it makes them."""
    names: dict[str, str] = {}
    for rule in rules:
        names |= {rule.draft_status: "AI draft", rule.superseded_status: "Superseded"}
        names |= {code: outcome.replace("_", " ").capitalize() for code, outcome in rule.outcomes.items()}
    known = field.values if field else ()
    for code, name in names.items():
        subject = f"Version status {code} ({name})"
        if code in known:
            yield SetUpStep(subject=subject, state="present")
        elif not apply:
            yield SetUpStep(subject=subject, state="missing")
        else:
            yield _made_status(connection, subject, code, name)


def _made_status(connection: Connection, subject: str, code: str, name: str) -> SetUpStep:
    def make(sg: Client) -> bool:
        if sg.find_one("Status", [["code", "is", code]], ["code"]) is None:
            sg.create("Status", {"code": code, "name": name}, [])
        known = fields_of(sg, "Version")[STATUS].values
        if code not in known:
            sg.schema_field_update("Version", STATUS, {"valid_values": [*known, code]})
        return code in fields_of(sg, "Version")[STATUS].values

    try:
        made, why = connection.tried(make), ""
    except TransientTrackerError:
        raise
    except TrackerError as error:
        made, why = False, f" ({error})"
    if made:
        return SetUpStep(subject=subject, state="created")
    return SetUpStep(subject=subject, state="by hand", detail=f"The site lets only an admin add it to the Version's statuses.{why}")


def _their_statuses(rules: list[ProjectSettings], field: Field | None) -> Iterator[SetUpStep]:
    """The statuses of tasks are the studio's own."""
    known = field.values if field else ()
    for code in dict.fromkeys(code for rule in rules for code in (*rule.approved, rule.review_status, rule.waiting_status)):
        if code in known:
            yield SetUpStep(subject=f"Task status {code}", state="present")
        else:
            detail = f"Let the admin allow it for Tasks, or name one of: {', '.join(known)}."
            yield SetUpStep(subject=f"Task status {code}", state="by hand", detail=detail)
