"""ShotGrid's own traps: names it changes in silence, fields of another type, creates its client sends twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from integration.errors import TrackerError
from integration.production import ProjectId
from integration.tracker.protocol import TrackerSteps, Verdict
from integration.tracker.shotgrid import open_shotgrid
from integration.tracker.shotgrid.connection import Connection
from integration.tracker.shotgrid.records import KEY, OUTCOME
from integration.tracker.shotgrid.schema import fields_of
from integration.tracker.shotgrid.writing import plain
from integration.tracker_settings import ShotGridSettings
from tests.contract.tracker.shotgrid_site import PROJECT, ShotGridSite, running_shotgrid
from tests.contract.tracker.work import draft


@pytest.fixture
def bare_site(tmp_path: Path) -> Iterator[ShotGridSite]:
    """A ShotGrid site that was never set up; `site` is the same, set up."""
    with running_shotgrid(tmp_path) as site:
        yield site


def connection(site: ShotGridSite) -> Connection:
    return Connection(site.sandbox.url, script=site.sandbox.script_name, key=site.sandbox.api_key, timeout_s=20, first_wait_s=0.0)


def test_a_field_of_the_right_name_and_the_wrong_type_is_left_to_a_person(bare_site: ShotGridSite) -> None:
    connection(bare_site).tried(lambda sg: sg.schema_field_create("Version", "number", "haikei key"))

    steps = {step.subject: step for step in bare_site.tracker.set_up(apply=True)}

    step = steps[f"field Version.{KEY} (text)"]
    assert step.state == "by hand"
    assert "number" in step.detail
    assert fields_of_version(bare_site) & {KEY, f"{KEY}_1"} == {KEY}


def test_a_field_whose_name_lies_in_the_trash_is_told_and_not_made_under_another(bare_site: ShotGridSite) -> None:
    connection(bare_site).tried(
        lambda sg: (sg.schema_field_create("Version", "text", "haikei key"), sg.schema_field_delete("Version", KEY))
    )

    with pytest.raises(TrackerError) as told:
        list(bare_site.tracker.set_up(apply=True))

    assert "trash" in told.value.hint
    assert not fields_of_version(bare_site) & {KEY, f"{KEY}_1"}


def fields_of_version(site: ShotGridSite) -> set[str]:
    return set(connection(site).tried(lambda sg: fields_of(sg, "Version")))


def test_a_step_that_no_shot_can_have_is_told(site: ShotGridSite) -> None:
    for code, kind in (("Haikei", "Asset"), ("Haikyo", "Sequence")):
        connection(site).tried(lambda sg, code=code, kind=kind: sg.create("Step", {"code": code, "entity_type": kind}, []))  # type: ignore[misc]
    wanted = TrackerSteps(
        project=site.project.id, steps=("Haikei", "Haikyo", "Layout"), task_statuses=(), version_statuses=(), version_types=()
    )

    told = {finding.subject: finding.verdict for finding in site.tracker.examine(wanted)}

    assert [told[f"step {step}"] for step in wanted.steps] == [Verdict.WARNING, Verdict.FAILED, Verdict.OK]


def test_two_drafts_of_one_key_become_the_older_one(site: ShotGridSite) -> None:
    asked = draft(site)
    written = {"project": {"type": "Project", "id": PROJECT["id"]}, "code": asked.name, KEY: "draft:contract:twins"}
    twins = connection(site).tried(lambda sg: [sg.create("Version", written, [])["id"] for _ in range(3)])

    kept = site.tracker.create_version(asked, key="draft:contract:twins")

    assert kept == str(min(twins))
    assert site.count("version", asked.name) == 1


def test_a_key_that_differs_in_case_is_another_key(site: ShotGridSite) -> None:
    asked = draft(site)

    lower = site.tracker.create_version(asked, key="draft:contract:case:a")

    assert site.tracker.create_version(asked, key="draft:contract:case:A") != lower


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("背景\x00案\x1b[31m", "背景案[31m"),
        ("一行\r\n二行\tここ", "一行\n二行\tここ"),
        ("全角　空白🌇", "全角　空白🌇"),
        ("a\u202eb", "ab"),
    ],
)
def test_text_loses_what_nobody_can_see_and_nothing_else(written: str, read: str) -> None:
    assert plain(written) == read


def test_a_list_that_lost_a_value_is_told_and_gets_it_again(site: ShotGridSite) -> None:
    connection(site).tried(lambda sg: sg.schema_field_update("Version", OUTCOME, {"valid_values": ["used", "their own"]}))
    subject = f"field Version.{OUTCOME} (list)"

    rehearsed = {step.subject: step.state for step in site.tracker.set_up(apply=False)}
    told = {finding.subject: finding for finding in site.tracker.examine(NOTHING)}
    made = {step.subject: step.state for step in site.tracker.set_up(apply=True)}

    assert (rehearsed[subject], made[subject]) == ("missing", "created")
    assert told[f"field Version.{OUTCOME}"].verdict is Verdict.FAILED and "layout only" in told[f"field Version.{OUTCOME}"].detail
    values = connection(site).tried(lambda sg: fields_of(sg, "Version"))[OUTCOME].values
    assert values == ("used", "their own", "partly used", "not used", "from scratch", "layout only")


def test_the_menu_item_is_left_to_a_person_with_the_address_it_calls(site: ShotGridSite) -> None:
    settings = ShotGridSettings(url=site.sandbox.url, script_name=site.sandbox.script_name, api_key=SecretStr(site.sandbox.api_key))
    tracker = open_shotgrid(settings, {}, 0.0, menu_url="https://pages.studio.example/menu/shotgrid/outcome")

    with_pages = {step.subject: step for step in tracker.set_up(apply=False)}["menu item"]
    without = {step.subject: step for step in site.tracker.set_up(apply=False)}["menu item"]

    assert with_pages.state == without.state == "by hand"
    assert "https://pages.studio.example/menu/shotgrid/outcome" in with_pages.detail and "secret token" in with_pages.detail
    assert "web.port" in without.detail


NOTHING = TrackerSteps(project=ProjectId(str(PROJECT["id"])), steps=(), task_statuses=(), version_statuses=(), version_types=())
