"""What `haikei doctor` says of a show's budget for drafts."""

from collections.abc import Iterator

from integration.cli.kept_record import find_record
from integration.errors import HaikeiError
from integration.production import Project
from integration.settings import ProjectSettings, Settings
from integration.tracker.protocol import Finding, Verdict
from integration.workflow.budget import spending_of


def examine_budget(settings: Settings, project: Project, rules: ProjectSettings) -> Iterator[Finding]:
    """One finding: what of the budget is spent, or that there is none."""
    subject = f"budget of project {project.id}"
    if not (rules.budget.machine_minutes or rules.budget.money):
        yield Finding(subject=subject, verdict=Verdict.OK, detail="none is set: drafts are not limited")
        return
    try:
        engine = find_record(settings)
        if engine is None:
            yield Finding(subject=subject, verdict=Verdict.OK, detail="nothing is spent: there is no record yet")
            return
        spending = spending_of(engine, project.id, rules, settings.labour)
    except HaikeiError as error:
        yield Finding(subject=subject, verdict=Verdict.FAILED, detail=str(error), remedy=error.hint)
        return
    yield Finding(
        subject=subject,
        verdict=Verdict.WARNING if spending.is_spent else Verdict.OK,
        detail=f"{spending.words}; no new drafts start" if spending.is_spent else spending.words,
        remedy="Raise it in haikei.toml if the producer allows more, then start `haikei up` anew." if spending.is_spent else "",
    )
