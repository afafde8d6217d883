"""`haikei doctor`: looks at everything haikei stands on and says, for each, what to do."""

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

import integration
from integration.cli.cells import cell
from integration.cli.doctor_budget import examine_budget
from integration.cli.doctor_pages import examine_pages
from integration.cli.doctor_sign_in import examine_sign_in
from integration.database import missing_file, open_database, require_answer
from integration.errors import HaikeiError, RenderError, SettingsError
from integration.intake.hook_registry import built_in_folder, load_hooks
from integration.policy import Policy, refusal_of
from integration.production import Project
from integration.provenance.opening import open_signer, read_roots
from integration.settings import ProjectSettings, RenderSettings, Settings, read_settings
from integration.storage.opening import open_storage
from integration.studio import resolve_projects, storage_options
from integration.tracker.opening import MENUS, open_tracker
from integration.tracker.protocol import Finding, Tracker, TrackerSteps, Verdict
from integration.workflow.ai_notice import AiNotice, read_notice
from integration.workflow.permission import policy_of
from render_service.client import examine_look, load_look
from render_service.contract import Look

_STYLES = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.FAILED: "red"}
_CLOCK_S = 30


def run_doctor(file: Path | None) -> None:
    """Print every finding; exit code 1 when something failed."""
    settings = read_settings(file)
    table = Table("what", "verdict", "found", "what to do")
    failed = 0
    for finding in examine(settings):
        table.add_row(
            cell(finding.subject), finding.verdict.value, cell(finding.detail), cell(finding.remedy), style=_STYLES[finding.verdict]
        )
        failed += finding.verdict is Verdict.FAILED
    Console().print(table)
    if failed:
        sys.exit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    """Every finding, from the ground up; a part that cannot be reached does not hide the others."""
    yield from _packages()
    yield from _tried("database", partial(_database, settings))
    yield from _tried("storage", partial(_storage, settings))
    yield from _tried("hooks", lambda: f"{len(load_hooks(settings.hooks.folders).hooks)} hooks from {built_in_folder()} and studio folders")
    for look in sorted({rules.look or settings.render.look for rules in settings.projects.values()} or {settings.render.look}):
        yield from _tried(f"look {look}", partial(_look, settings, look))
    yield from _tried("credentials", partial(_credentials, settings))
    yield from examine_pages(settings.web, by_menu=settings.tracker in MENUS)
    yield from examine_sign_in(settings.web)
    if settings.tracker == "sandbox" and not settings.shotgrid.url:
        yield Finding(subject="tracker", verdict=Verdict.OK, detail="the pretend studio; `haikei up` starts it")
        return
    try:
        tracker = open_tracker(settings)
        yield _clock(tracker)
        seen = tracker.projects()
        projects = resolve_projects(seen, settings.projects)
    except HaikeiError as error:
        yield _failed("tracker", error)
        return
    if not projects:
        yield Finding(
            subject="projects",
            verdict=Verdict.WARNING,
            detail="no project is enabled, so no event is acted on",
            remedy='Add [projects."Show"] to haikei.toml.',
        )
    for project in seen:
        if project.id in projects:
            yield from _project(tracker, project, projects[project.id], settings.render)
            yield from examine_budget(settings, project, projects[project.id])


def _project(tracker: Tracker, project: Project, rules: ProjectSettings, render: RenderSettings) -> Iterator[Finding]:
    wanted = TrackerSteps(
        project=project.id,
        steps=(rules.layout_step, rules.background_step),
        task_statuses=tuple(dict.fromkeys((*rules.approved, rules.review_status, rules.waiting_status))),
        version_types=(rules.draft_type,),
        version_statuses=tuple(dict.fromkeys((rules.draft_status, rules.superseded_status, rules.orders.received_status, *rules.outcomes))),
    )
    try:
        yield from tracker.examine(wanted)
    except HaikeiError as error:
        yield _failed(f"project {project.id}", error)
    yield from _ai_use(tracker, project, rules, rules.look or render.look, render.looks)
    if rules.ai_notice is not None:
        yield from _tried(f"ai_notice in project {project.id}", lambda: f"version {_notice(rules).version}")
    if rules.flags_to:
        yield from _tried(
            f"flags_to in project {project.id}",
            lambda: ", ".join(person.name for person in tracker.people(rules.flags_to, project=project.id)),
        )
    for setting, names in (("outcome_by", rules.outcome_by), ("no_draft_for", rules.no_draft_for)):
        for name in names:
            yield from _tried(f"{setting} in project {project.id}", partial(_known, tracker, name, project))
    if rules.assignment.kind != "nobody":
        yield from _tried(
            f"assignment in project {project.id}",
            lambda: ", ".join(person.name for person in tracker.people(rules.assignment.to, project=project.id)),
        )


def _ai_use(tracker: Tracker, project: Project, rules: ProjectSettings, look: str, folders: tuple[Path, ...]) -> Iterator[Finding]:
    subject, now = f"AI use in project {project.id}", datetime.now(UTC)
    try:
        policy = policy_of(tracker, project, rules)
    except HaikeiError as error:
        yield _failed(subject, error)
        return
    current = [use for use in policy.permissions if policy.holds(use, now=now)]
    wrong = [policy.fault, *(f"the permission by {use.by} {use.fault}" for use in policy.permissions if use.fault)]
    said = [f"allowed by {use.by} until {use.until}" for use in current] or ["not allowed: approvals are refused"]
    where = "under ai_use in haikei.toml" if policy.source == "settings" else "in the project's field AI policy"
    yield Finding(
        subject=subject,
        verdict=Verdict.OK if current and not any(wrong) else Verdict.WARNING,
        detail="; ".join(filter(None, (*said, *wrong))),
        remedy="" if current and not any(wrong) else f"If it is allowed, write who allowed it and until when {where}.",
    )
    if policy.demands:
        yield from _tried(f"Look of project {project.id}", lambda: _fit(policy, load_look(look, folders)))


def _known(tracker: Tracker, name: str, project: Project) -> str:
    tracker.people([name], project=project.id)
    return "one of its names is known"


def _notice(rules: ProjectSettings) -> AiNotice:
    notice = read_notice(rules)
    assert notice is not None
    return notice


def _fit(policy: Policy, look: Look) -> str:
    if refused := refusal_of(policy, look):
        raise RenderError(refused, hint="Set another Look for the show; `haikei look list` says what is known of each.")
    return f"{look.name} meets the show's policy: {look.data_known} training data, vendor training {look.vendor_training}"


def _database(settings: Settings) -> str:
    missing = missing_file(settings.database_url())
    if missing:
        return _will_be_made(missing)
    engine = open_database(settings.database_url())
    require_answer(engine)
    return f"{engine.dialect.name} answers"


def _storage(settings: Settings) -> str:
    options = storage_options(settings)
    if options["kind"] == "filesystem" and not Path(options["folder"]).exists():
        return _will_be_made(Path(options["folder"]))
    return open_storage(**options).check()


def _will_be_made(path: Path) -> str:
    """That `haikei up` will make `path`; the doctor makes nothing itself."""
    there = next(folder for folder in path.absolute().parents if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise SettingsError(
            f"{path} cannot be made: {there} is {'not writable' if there.is_dir() else 'no folder'}",
            hint="Correct state_folder, or the setting that names it, or let this user write there.",
        )
    return f"will be made at {path}"


def _credentials(settings: Settings) -> str:
    read_roots(settings.credentials)
    signer = open_signer(settings.credentials, state_folder=settings.state_folder) if settings.credentials.certificate else None
    if signer is None:
        return "made for the trial; it proves nothing" if settings.credentials.trial else "none: drafts carry IPTC's AI fields unsigned"
    return f"drafts are signed by {signer.certificate.holder} until {signer.certificate.ends:%Y-%m-%d}"


def _look(settings: Settings, name: str) -> str:
    return examine_look(load_look(name, settings.render.looks))


def _packages() -> Iterator[Finding]:
    home = Path(integration.__file__).parents[1]
    strangers = [name for name in ("hooks", "render_service") if not (home / name).is_dir()]
    yield Finding(
        subject="packages",
        verdict=Verdict.FAILED if strangers else Verdict.OK,
        detail=f"not beside integration: {', '.join(strangers)}" if strangers else f"all from {home}",
        remedy="Install haikei again into a fresh virtual environment." if strangers else "",
    )


def _clock(tracker: Tracker) -> Finding:
    apart = abs((datetime.now(UTC) - tracker.server_time()).total_seconds())
    return Finding(
        subject=f"tracker {tracker.site}",
        verdict=Verdict.OK if apart <= _CLOCK_S else Verdict.WARNING,
        detail=f"answers as {tracker.myself().name}; clocks {apart:.0f} s apart",
        remedy="" if apart <= _CLOCK_S else "Set this machine's clock by NTP.",
    )


def _tried(subject: str, look: Callable[[], str]) -> Iterator[Finding]:
    try:
        yield Finding(subject=subject, verdict=Verdict.OK, detail=look())
    except HaikeiError as error:
        yield _failed(subject, error)


def _failed(subject: str, error: HaikeiError) -> Finding:
    return Finding(subject=subject, verdict=Verdict.FAILED, detail=str(error), remedy=error.hint)
