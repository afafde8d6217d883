"""`haikei policy`: what AI use each show allows now, who allowed it, and where that was read."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from integration.cli.cells import cell
from integration.errors import SettingsError
from integration.policy import Permission, Policy
from integration.production import Project, ProjectId
from integration.settings import read_settings
from integration.studio import resolve_projects
from integration.tracker.opening import open_tracker
from integration.workflow.permission import policy_of


@dataclass(frozen=True, slots=True)
class _Line:
    """One permission with what became of it."""

    permission: Permission
    state: str
    """``in force``, ``ended``, or why it does not count."""


def show_policy(file: Path | None, name: str | None, *, as_json: bool) -> None:
    """Print the policy of one show, by its name or id, or of every enabled one; changes nothing.

    Raises:
        SettingsError: no enabled show is called so.
        HaikeiError: the tracker cannot be asked.
    """
    policies = _policies(file, name)
    now = datetime.now(UTC)
    if as_json:
        print(json.dumps([_plain(policy, now) for policy in policies], ensure_ascii=False))
        return
    console = Console()
    for policy in policies:
        console.print(_heading(policy), markup=False, highlight=False, soft_wrap=True, style="bold")
        if policy.fault:
            console.print(f"AI use is not allowed: {policy.fault}", markup=False, highlight=False, soft_wrap=True)
        elif not policy.permissions:
            console.print("AI use is not allowed: nobody has allowed it.")
        else:
            console.print(_table(policy, now))
    if not policies:
        console.print("No show is enabled, so nothing is ever drafted.")


def _policies(file: Path | None, name: str | None) -> list[Policy]:
    settings = read_settings(file)
    tracker = open_tracker(settings)
    seen = {project.id: project for project in tracker.projects()}
    enabled = resolve_projects(tuple(seen.values()), settings.projects)
    if name is not None and not any(name in (project, seen[project].name) for project in enabled):
        raise SettingsError(f"no enabled show is called '{name}'", hint=f"Enabled are: {_names(enabled, seen)}.")
    wanted = {project: rules for project, rules in enabled.items() if name is None or name in (project, seen[project].name)}
    return [policy_of(tracker, seen[project], rules) for project, rules in wanted.items()]


def _names(enabled: dict[ProjectId, Any], seen: dict[ProjectId, Project]) -> str:
    return ", ".join(f"{seen[project].name} ({project})" for project in enabled) or "none"


def _heading(policy: Policy) -> str:
    if policy.source == "settings":
        where = "the settings"
    else:
        where = f"the tracker, written last by {policy.written_by.name if policy.written_by else 'nobody it can name'}"
    demands = [f"{policy.data} training data"] if policy.data != "any" else []
    demands += ["no training by vendors"] if policy.no_vendor_training else []
    return f"{policy.project.name}: read from {where}; Looks: {' and '.join(demands) or 'any'}"


def _table(policy: Policy, now: datetime) -> Table:
    table = Table("allowed by", "scope", "covers", "until", "written down in", "document", "state")
    for line in _lines(policy, now):
        use = line.permission
        covers = [", ".join(use.steps), ", ".join(use.episodes) or "every episode", *(f"work of {vendor}" for vendor in use.vendors)]
        table.add_row(
            *map(
                cell,
                (
                    use.by,
                    "drafts" if use.scope == "draft" else "drafts and finals",
                    "; ".join(covers),
                    use.until.isoformat(),
                    use.reference,
                    use.document_sha256[:12],
                    line.state,
                ),
            )
        )
    return table


def _lines(policy: Policy, now: datetime) -> list[_Line]:
    return [_Line(use, use.fault or ("in force" if policy.holds(use, now=now) else "ended")) for use in policy.permissions]


def _plain(policy: Policy, now: datetime) -> dict[str, Any]:
    return {
        "project": {"id": policy.project.id, "name": policy.project.name},
        "source": policy.source,
        "written_by": policy.written_by.name if policy.written_by else None,
        "allowed": any(policy.holds(use, now=now) for use in policy.permissions),
        "fault": policy.fault,
        "looks": {"data": policy.data, "no_vendor_training": policy.no_vendor_training},
        "permissions": [
            {
                "allowed_by": line.permission.by,
                "scope": line.permission.scope,
                "steps": line.permission.steps,
                "episodes": line.permission.episodes,
                "vendors": line.permission.vendors,
                "until": line.permission.until.isoformat(),
                "reference": line.permission.reference,
                "document_sha256": line.permission.document_sha256,
                "state": line.state,
            }
            for line in _lines(policy, now)
        ],
    }
