"""Opens everything once: the frozen bag the rest of the integration is handed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from dbos import DBOSClient

from integration.database import make_tables, open_database
from integration.errors import SettingsError
from integration.ledger.log import metadata as ledger_tables
from integration.production import Project, ProjectId
from integration.provenance.opening import open_signer
from integration.reports.cuts import metadata as cut_tables
from integration.reports.facts import metadata as fact_tables
from integration.settings import ProjectSettings, Settings, StorageSettings
from integration.storage.opening import open_storage
from integration.storage.protocol import Storage
from integration.tracker.opening import open_tracker
from integration.tracker.protocol import Tracker
from integration.workflow.queues import open_queues

if TYPE_CHECKING:
    from integration.provenance.signing import Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class Studio:
    """What haikei works with: settings, tracker, media, database, queue."""

    settings: Settings
    tracker: Tracker
    storage: Storage
    engine: sa.Engine
    """haikei's own tables, the workflows and the record; one database."""
    queue: DBOSClient
    """Starts workflows by name."""
    projects: Mapping[ProjectId, ProjectSettings]
    """Enabled projects by the tracker's id."""
    signer: "Signer | None" = None
    """Signs Content Credentials; None where nobody does."""


def open_studio(settings: Settings) -> Studio:
    """Open database, store and tracker, and find the enabled projects.

    Raises:
        HaikeiError: one of them cannot be opened; the message says which and what to do.
    """
    engine = open_database(settings.database_url())
    make_tables(engine, ledger_tables, fact_tables, cut_tables)
    tracker = open_tracker(settings)
    return Studio(
        settings=settings,
        tracker=tracker,
        storage=open_storage(**storage_options(settings)),
        engine=engine,
        queue=open_queues(settings.database_url()),
        projects=resolve_projects(tracker.projects(), settings.projects),
        signer=open_signer(settings.credentials, state_folder=settings.state_folder),
    )


def storage_options(settings: Settings) -> dict[str, Any]:
    """What `open_storage` takes, here and in a render worker's process.

    Raises:
        SettingsError: the file of the secret access key cannot be read.
    """
    storage = settings.storage
    return {
        "kind": storage.kind,
        "folder": str((storage.folder or settings.state_folder / "media").absolute()),
        "bucket": storage.bucket,
        "prefix": storage.prefix,
        "endpoint_url": storage.endpoint_url,
        "region": storage.region,
        "access_key_id": storage.access_key_id.get_secret_value(),
        "secret_access_key": _secret_access_key(storage),
    }


def resolve_projects(seen: tuple[Project, ...], wanted: Mapping[str, ProjectSettings]) -> dict[ProjectId, ProjectSettings]:
    """Match `wanted`, by name or id, with the projects our key can see.

    Raises:
        SettingsError: a project is not there, or two carry the name; the message says which and what exists.
    """
    found: dict[ProjectId, ProjectSettings] = {}
    for name, rules in wanted.items():
        matches = [project for project in seen if name in (project.id, project.name)]
        if len(matches) != 1:
            exist = ", ".join(f"{project.name} ({project.id})" for project in seen) or "none"
            raise SettingsError(
                f"{len(matches) or 'no'} projects are called '{name}' in the tracker; our key sees: {exist}",
                hint="Correct the name under [projects] in haikei.toml, or write the project's id; check which projects its script or user may see.",
            )
        found[matches[0].id] = rules
    return found


def _secret_access_key(storage: StorageSettings) -> str:
    file = storage.secret_access_key_file
    if file is None:
        return storage.secret_access_key.get_secret_value()
    try:
        return file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(
            f"storage.secret_access_key_file {file}: {error.strerror}", hint="Check the path and who may read it."
        ) from error
    except UnicodeDecodeError:
        raise SettingsError(f"storage.secret_access_key_file {file} holds no text", hint="Put the key and nothing else there.") from None
