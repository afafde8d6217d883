"""What haikei says and keeps fits the tracker that settings name, whichever that is."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from typer.testing import CliRunner

from integration.cli.app import app
from integration.cli.doctor_pages import examine_pages
from integration.cli.processes import with_sandbox
from integration.cli.sandbox import run_sandbox
from integration.cli.setup import run_setup
from integration.database import make_tables, open_database
from integration.errors import SettingsError
from integration.events import TaskStatusChanged
from integration.intake.inbox import from_json, to_json
from integration.ledger.canonical import canonical_bytes, parse
from integration.ledger.entry import Actor, Decision
from integration.ledger.vocabulary import ActorKind, Kind, Role, Verdict
from integration.production import Background, BackgroundId, EventId, Person, PersonId, Project, ProjectId, Shot, ShotId, TaskId
from integration.settings import Settings
from integration.tracker.opening import open_menu
from integration.tracker.protocol import Verdict as Found
from integration.web_settings import WebSettings
from integration.workflow import rounds
from integration.workflow.record import Subject
from integration.workflow.rounds import HeldLayout

ONE, OTHER = "6fd7a1fe-2b1c-11e0-9d6b-f23c91df25eb", "bb3fcba6-70ef-11eb-a1d0-42010a2a0f31"
BUILD = Background(
    id=BackgroundId(f"AssetBuild:{ONE}"),
    project=Project(id=ProjectId(OTHER), name="テスト作品"),
    code="s010_village",
    shots=(Shot(id=ShotId(OTHER), code="c001"),),
)
SUBJECT = Subject(
    tracker="ftrack", site="studio.ftrackapp.com", background=BUILD, part="BG", step="Layout", task=ONE, event=f"status:{OTHER}"
)


def settings_file(folder: Path, tracker: str) -> Path:
    file = folder / "haikei.toml"
    file.write_text(f'tracker = "{tracker}"\nstate_folder = "{folder / "state"}"\n')
    return file


@pytest.mark.parametrize(
    ("named", "asked", "right"), [("shotgrid", "ftrack", "shotgrid"), ("ftrack", "shotgrid", "ftrack"), ("sandbox", "kitsu", "shotgrid")]
)
def test_setting_up_another_tracker_than_the_settings_is_refused(tmp_path: Path, named: str, asked: str, right: str) -> None:
    with pytest.raises(SettingsError, match=f"{right}, not {asked}") as error:
        run_setup(asked, settings_file(tmp_path, named), apply=False)

    assert f"haikei setup {right}" in error.value.hint


def test_the_settings_own_tracker_is_set_up(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"ftrack\.url|ftrack"):
        run_setup("ftrack", settings_file(tmp_path, "ftrack"), apply=False)  # goes as far as the address, which is missing


@pytest.mark.parametrize("command", [("setup", "ftrack"), ("doctor",), ("sandbox", "--tracker", "ftrack")], ids=lambda command: command[0])
def test_a_part_that_is_not_installed_is_one_sentence(tmp_path: Path, command: tuple[str, ...]) -> None:
    settings = () if command[0] == "sandbox" else ("--settings", str(settings_file(tmp_path, "ftrack")))
    absent = "import sys; sys.modules.update(ftrack_api=None, websocket=None, websockets=None)"
    script = f"{absent}; sys.argv = {['haikei', *command, *settings]!r}; from integration.cli.app import main; main()"

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "COLUMNS": "200"}
    )

    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 1
    assert "haikei's ftrack part is not installed" in said and "pip install 'haikei[ftrack]'" in said
    assert "Traceback" not in said


def test_a_studio_of_no_known_tracker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="kitsu"):
        run_sandbox("kitsu", port=0, seed=None, folder=tmp_path)


def test_the_help_names_both_trackers() -> None:
    for command in ("setup", "sandbox"):
        shown = CliRunner().invoke(app, [command, "--help"]).output
        assert "shotgrid or ftrack" in " ".join(shown.split())


def test_settings_are_pointed_at_a_pretend_studio_of_either_kind() -> None:
    shotgrid = with_sandbox(Settings(), {"url": "http://a", "script_name": "haikei", "api_key": "one"})
    ftrack = with_sandbox(Settings(), {"url": "http://b", "api_user": "haikei", "api_key": "two"})

    assert (shotgrid.tracker, shotgrid.shotgrid.url, shotgrid.shotgrid.key()) == ("sandbox", "http://a", "one")
    assert (ftrack.tracker, ftrack.ftrack.url, ftrack.ftrack.key()) == ("ftrack", "http://b", "two")


def test_a_tracker_whose_menu_asks_over_its_own_line_has_no_page() -> None:
    assert open_menu(Settings(tracker="ftrack"), site="studio.ftrackapp.com") is None


def test_the_doctor_does_not_speak_of_menu_items_where_there_are_none() -> None:
    web = WebSettings(port=8610, menu_secret=SecretStr("sixteen characters at least"))

    (with_menu,), (without,) = examine_pages(web), examine_pages(web, by_menu=False)

    assert with_menu.verdict is without.verdict is Found.FAILED
    assert "menu item" in with_menu.detail and "menu item" not in without.detail
    assert "tracker's menu" in next(examine_pages(WebSettings(), by_menu=False)).detail


def test_an_entry_names_ftrack_and_its_ids_as_they_are() -> None:
    entry = SUBJECT.entry(
        Kind.LAYOUT_APPROVED,
        actor=Actor(kind=ActorKind.HUMAN, role=Role.COORDINATOR),
        version=OTHER,
        decision=Decision(verdict=Verdict.APPROVED, status="Pending review"),
    )

    read = parse(canonical_bytes(entry))

    assert read == entry and read.tracker is not None
    assert (read.tracker.type, read.tracker.entity_type, read.tracker.entity_id) == ("ftrack", "AssetBuild", ONE)
    assert (read.tracker.task_id, read.tracker.version_id, read.tracker.project_id) == (ONE, OTHER, OTHER)


def test_an_event_with_uuids_and_a_large_order_is_kept_whole() -> None:
    happened = TaskStatusChanged(
        event_id=EventId(f"status:{ONE}"),
        order=17_955_000_005_000_01,
        at=datetime(2026, 11, 24, 3, tzinfo=UTC),
        project=ProjectId(OTHER),
        by=Person(id=PersonId(f"User:{ONE}"), name="桜井 ひろ"),
        task=TaskId(ONE),
        old="Pending review",
        new="Approved",
    )

    assert from_json(to_json(happened)) == happened


def test_what_another_site_held_is_not_swept_on_this_one(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'haikei.sqlite'}")
    make_tables(engine)
    layout = HeldLayout(
        layout_task="2001", project="70", code="c001", kind="genzu", reason="-", because="1", since_ms=1, background="Shot:1"
    )
    with engine.begin() as connection:
        rounds.hold(connection, site="studio.shotgrid.autodesk.com", layout=layout)
        rounds.hold(connection, site="studio.ftrackapp.com", layout=replace(layout, layout_task=ONE, background=BUILD.id))

        mine = rounds.every_held(connection, site="studio.ftrackapp.com")

        assert [(each.layout_task, each.background) for each in mine] == [(ONE, BUILD.id)]
        assert len(rounds.every_held(connection)) == 2
        assert rounds.held_among(connection, site="studio.ftrackapp.com", tasks=("2001",), backgrounds=("Shot:1",)) == []
    engine.dispose()


def test_a_layout_held_before_its_background_was_kept_is_held_all_the_same(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'haikei.sqlite'}")
    make_tables(engine)
    layout = HeldLayout(layout_task=ONE, project=OTHER, code="c001", kind="genzu", reason="-", because="1", since_ms=1)
    with engine.begin() as connection:
        rounds.hold(connection, site="site", layout=layout)
        again = rounds.hold(connection, site="site", layout=replace(layout, background=BUILD.id))

        assert not again
        assert [each.background for each in rounds.every_held(connection)] == [BUILD.id]
        assert rounds.release(connection, site="site", task=ONE)
        assert connection.execute(sa.text("SELECT count(*) FROM haikei_held_background")).scalar() == 0
    engine.dispose()
