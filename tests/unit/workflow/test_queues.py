"""Notes and call-backs that fail are started again a few times, then listed; painting is told while it goes on."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from integration.cli.status import show_status
from integration.database import make_tables, open_database
from integration.ledger.log import metadata as ledger_tables
from integration.settings import read_settings
from integration.workflow import queues, rounds
from integration.workflow.rounds import DraftState
from render_service.client import render_id
from render_service.contract import PROGRESS_EVENT, RenderProgress
from tests.unit.integration.test_rounds import approval


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    file = tmp_path / "haikei.toml"
    file.write_text(f"state_folder = {str(tmp_path / 'state')!r}\n")
    return file


@pytest.fixture
def engine(settings_file: Path) -> sa.Engine:
    opened = open_database(read_settings(settings_file).database_url())
    make_tables(opened, ledger_tables)
    return opened


def failed(engine: sa.Engine, workflow_id: str) -> None:
    """A call-back that ended with an error."""
    client = queues.open_queues(str(engine.url))
    with engine.begin() as connection:
        queues.enqueue(client, connection, queues.SUPERSEDE, workflow_id, "draft:s:Shot:1:BG:ab:1")
        connection.execute(sa.text("UPDATE workflow_status SET status = 'ERROR' WHERE workflow_uuid = :id"), {"id": workflow_id})
    client.destroy()


def test_a_failed_call_back_is_started_again_and_given_up_after_the_last_start(engine: sa.Engine) -> None:
    failed(engine, "supersede:young~4")
    failed(engine, "supersede:old~5")
    client = queues.open_queues(str(engine.url))

    queues.repeat_failed(client, engine, (queues.SUPERSEDE,))

    there = {each.workflow_id: each.status for each in client.list_workflows(load_input=False)}
    assert there == {"supersede:young~5": "ENQUEUED", "supersede:old~5": "ERROR"}
    assert [(each.name, each.about, each.starts) for each in queues.given_up(client)] == [("supersede", "supersede:old", 5)]
    client.destroy()


def test_status_lists_what_was_given_up(engine: sa.Engine, settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    failed(engine, "supersede:old~5")

    show_status(settings_file, as_json=True)
    show_status(settings_file, as_json=False)

    data, _, shown = capsys.readouterr().out.partition("\n")
    assert json.loads(data)["given_up"][0]["about"] == "supersede:old"
    assert "Given up" in shown


def test_status_before_any_service_ran_reads_what_is_there(
    engine: sa.Engine, settings_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with engine.begin() as connection:
        rounds.open_round(connection, approval(), number=1)

    show_status(settings_file, as_json=True)

    (draft,) = json.loads(capsys.readouterr().out)["drafts"]
    assert (draft["code"], draft["progress"]) == ("c001", None)


def test_status_says_how_far_painting_is(engine: sa.Engine, settings_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    client = queues.open_queues(str(engine.url))
    told = RenderProgress(pictures_done=1, pictures=3, step=3, steps=12)
    with engine.begin() as connection:
        key = rounds.open_round(connection, approval(), number=1).key
        rounds.change(connection, key, state=DraftState.RENDERING)
        queues.enqueue(client, connection, queues.SUPERSEDE, render_id(key), key)
        connection.execute(
            sa.text("INSERT INTO workflow_events (workflow_uuid, key, value, serialization) VALUES (:id, :key, :value, 'portable_json')"),
            {"id": render_id(key), "key": PROGRESS_EVENT, "value": json.dumps(told.as_json())},
        )

    client.destroy()

    show_status(settings_file, as_json=True)
    show_status(settings_file, as_json=False)

    data, _, shown = capsys.readouterr().out.partition("\n")
    assert json.loads(data)["drafts"][0]["progress"]["step"] == 3
    assert "1 of 3 pictures, then 25 %" in " ".join(shown.split())
