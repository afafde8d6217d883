"""Every tracker can be set up twice and examined."""

import pytest

from integration.errors import NotFoundInTrackerError, TrackerError
from integration.production import ProjectId, VersionId
from integration.tracker.protocol import TrackerSteps, Verdict
from tests.contract.tracker.sites import Site
from tests.contract.tracker.work import draft


def wanted(site: Site, **other: tuple[str, ...]) -> TrackerSteps:
    return TrackerSteps(
        project=site.project.id,
        steps=other.get("steps", (site.layout_step, site.background_step)),
        task_statuses=other.get("task_statuses", (site.ready, site.approved)),
        version_statuses=(site.reviewed,),
        version_types=other.get("version_types", (site.draft_type,)),
    )


def test_setting_up_again_changes_nothing(site: Site) -> None:
    states = {step.subject: step.state for step in site.tracker.set_up(apply=True)}

    assert set(states.values()) <= {"present", "by hand"}
    assert "present" in states.values()


def test_a_rehearsed_set_up_makes_nothing(bare_site: Site) -> None:
    first = [step for step in bare_site.tracker.set_up(apply=False) if step.state == "missing"]

    assert first
    assert [step for step in bare_site.tracker.set_up(apply=False) if step.state == "missing"] == first


def test_without_set_up_a_draft_is_made_or_the_refusal_says_to_set_up(bare_site: Site) -> None:
    if bare_site.works_bare:
        assert bare_site.tracker.create_version(draft(bare_site), key="draft:contract:bare")
        return

    with pytest.raises(TrackerError) as told:
        bare_site.tracker.create_version(draft(bare_site), key="draft:contract:bare")

    assert "setup" in told.value.hint


def test_a_site_that_is_set_up_has_nothing_failed(site: Site) -> None:
    failed = [finding for finding in site.tracker.examine(wanted(site)) if finding.verdict is Verdict.FAILED]

    assert not failed


def test_a_hidden_status_is_found(site: Site) -> None:
    site.hide_status(site.approved)

    failed = [finding for finding in site.tracker.examine(wanted(site)) if finding.verdict is Verdict.FAILED]

    assert len(failed) == 1
    assert site.approved in failed[0].subject
    assert failed[0].remedy


def test_an_unknown_step_and_status_are_found(site: Site) -> None:
    failed = [f for f in site.tracker.examine(wanted(site, steps=("Haikyo",), task_statuses=("zzz",))) if f.verdict is Verdict.FAILED]

    assert len(failed) == 2
    assert all(finding.remedy for finding in failed)


def test_an_unknown_type_of_version_is_found(site: Site) -> None:
    failed = [f for f in site.tracker.examine(wanted(site, version_types=("Entwurf",))) if f.verdict is Verdict.FAILED]

    assert [finding.subject for finding in failed] == ["Version type Entwurf"]
    assert "setup" in failed[0].remedy


def test_rights_that_were_not_tried_are_no_good_news(site: Site) -> None:
    untried = [finding for finding in site.tracker.examine(wanted(site)) if "not tried" in finding.detail]

    assert {finding.verdict for finding in untried} == {Verdict.WARNING}
    assert all("Ask" in finding.remedy for finding in untried)


def test_automation_cannot_be_told_before_the_first_draft(site: Site) -> None:
    told = [finding for finding in site.tracker.examine(wanted(site)) if "no draft yet" in finding.detail]

    assert {finding.verdict for finding in told} == {Verdict.WARNING}


def test_a_project_that_is_not_to_be_seen_is_found(site: Site) -> None:
    elsewhere = TrackerSteps(project=ProjectId("999999"), steps=(), task_statuses=(), version_statuses=(), version_types=())

    assert any(f.verdict is Verdict.FAILED and "999999" in f.subject for f in site.tracker.examine(elsewhere))


def test_a_version_that_is_gone_cannot_be_read(site: Site) -> None:
    with pytest.raises(NotFoundInTrackerError):
        site.tracker.version(VersionId("999999999"))
