"""ftrack's own traps: names in queries, ids made by clients, attributes nobody may write, keys in addresses."""

import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from integration.errors import NotFoundInTrackerError, TrackerError
from integration.settings import ProjectSettings
from integration.tracker.ftrack import FtrackTracker, open_ftrack
from integration.tracker.protocol import NoteText, Summary
from integration.tracker_settings import FtrackSettings
from tests.contract.tracker.ftrack_site import PROJECT, FtrackSite, number, running_ftrack
from tests.contract.tracker.sites import Call, Trouble
from tests.contract.tracker.work import LIMIT_BYTES, draft, layout_task, review_task

EVIL = 'x" or name like "%" \\'
PLAIN_KEY = "a-key-that-may-set-no-attribute"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[FtrackSite]:
    with running_ftrack(tmp_path) as site:
        assert all(step.state != "missing" for step in site.tracker.set_up(apply=True))
        yield site


def requests_of(tracker: FtrackTracker) -> list[str]:
    """Grows by the address of each request of the tracker's to the API; it must not have sent any yet."""
    sent: list[str] = []
    answered = tracker._connection._answered

    def count(answer: Any) -> None:
        sent.append(answer.url)
        answered(answer)

    tracker._connection._answered = count  # type: ignore[method-assign]
    return sent


def marked(site: FtrackSite, version: str) -> dict[str, Any]:
    return dict(site._get("AssetVersion", version)["metadata"])


def test_two_drafts_of_one_key_become_the_older_one(site: FtrackSite) -> None:
    asked = draft(site)
    first = site.tracker.create_version(asked, key="draft:contract:twins")
    other = site.copy_version(first)
    site._person.query(f'Metadata where parent_id is "{other}" and key is "haikei.made"').one()["value"] = str(other)
    site._person.commit()

    kept = site.tracker.create_version(asked, key="draft:contract:twins")

    assert kept in (first, other)
    assert site.count("version", asked.name) == 1


def test_a_key_that_differs_in_case_is_another_key(site: FtrackSite) -> None:
    asked = draft(site)

    lower = site.tracker.create_version(asked, key="draft:contract:case:a")

    assert site.tracker.create_version(asked, key="draft:contract:case:A") != lower


def test_no_name_reaches_beyond_its_string(site: FtrackSite) -> None:
    cut = site.new_cut(EVIL)
    site.new_cut("c500")
    found = site.tracker.backgrounds_called(site.project.id, [EVIL])
    asked = replace(draft(site), name=EVIL, version_type="")

    version = site.tracker.create_version(asked, key=f"draft:{EVIL}")

    assert [one.id for one in found] == [cut]
    assert site.tracker.create_version(asked, key=f"draft:{EVIL}") == version
    assert site.tracker.version(version).name == EVIL
    assert [one.id for one in site.tracker.versions_with_key(f"draft:{EVIL}")] == [version]
    assert site.tracker.tasks_of(site.project.id, step=EVIL, statuses=[EVIL]) == ()
    with pytest.raises(NotFoundInTrackerError):
        site.tracker.people([EVIL], project=site.project.id)


def test_a_status_is_known_in_whatever_capitals(site: FtrackSite) -> None:
    task = layout_task(site)

    site.tracker.set_task_status(task, "aPPROVED")

    assert site.tracker.task(task).status == "Approved"


def test_everything_of_a_draft_is_one_batch(site: FtrackSite) -> None:
    """So that no draft ever stands without its key."""
    asked = draft(site)
    site.trouble(Trouble.DOWN, Call.CREATE, times=50)

    with pytest.raises(TrackerError):
        site.tracker.create_version(asked, key="draft:contract:batch")

    site.sandbox.faults.clear()
    assert site.tracker.versions_on(asked.task) == ()
    version = site.tracker.create_version(asked, key="draft:contract:batch")
    assert marked(site, version) == {
        "haikei.key": "draft:contract:batch",
        "haikei.made": version,
        "haikei.name": asked.name,
        "haikei.type": "AI draft",
    }


def test_drafts_are_numbered_versions_of_one_asset(site: FtrackSite) -> None:
    asked = draft(site)

    for place in range(3):
        site.tracker.create_version(asked, key=f"draft:contract:{place}")

    made = site._person.query(f'AssetVersion where task_id is "{asked.task}" order by version').all()
    assert [each["version"] for each in made] == [1, 2, 3]
    assert {(each["asset"]["name"], each["asset"]["type"]["name"]) for each in made} == {("bg_draft", "AI draft")}


def test_a_review_task_follows_its_layout_task(site: FtrackSite) -> None:
    layout = layout_task(site, "c012")
    background = site.tracker.task(layout).background
    assert background is not None

    task = site.tracker.open_task(
        site.tracker.background(background),
        step="Background",
        name="BG revision",
        status=site.ready,
        assignees=(),
        key="task:contract:link",
    )

    links = site._person.query(f'TypedContextLink where to_id is "{task.id}"').all()
    assert [link["from_id"] for link in links] == [layout]


def test_a_note_stands_where_the_artist_reads_and_calls_them(site: FtrackSite) -> None:
    cut, task = review_task(site, "c013")
    note = NoteText(
        project=site.project.id, subject="AI draft c013", content="届いた", background=cut, tasks=(task,), to=(site.artist.id, site.left)
    )

    written = site.tracker.write_note(note, key="note:contract:place")

    there = site._get("Note", written)
    assert (there["parent_id"], there["content"]) == (task, "AI draft c013\n\n届いた")
    assert {one["resource_id"] for one in there["recipients"]} == {number("sato"), number("left")}
    read = site.tracker.note(written)
    assert (read.subject, read.content, read.background, read.tasks) == ("AI draft c013", "届いた", cut, (task,))


@pytest.fixture
def without_attributes(site: FtrackSite) -> FtrackTracker:
    """A key that may write, but set no custom attribute."""
    studio = site.sandbox._studio
    with studio.store.lock, studio.store.transaction():
        studio.identity.add_key(PLAIN_KEY, username="haikei", rights=("write",))
    settings = FtrackSettings(url=site.sandbox.url, api_key=SecretStr(PLAIN_KEY), timeout_s=20)
    return open_ftrack(settings, {site.project.name: ProjectSettings()}, 0.0, first_wait_s=0.0)


def test_what_may_not_be_written_into_attributes_is_kept_as_metadata(site: FtrackSite, without_attributes: FtrackTracker) -> None:
    cut, said = site.new_cut("c014"), Summary(text="AI drafts: 2", url="https://haikei.studio.example/x")

    written = [without_attributes.write_summaries({cut: said}, {}) for _ in range(2)]

    assert written == [1, 0]
    assert dict(site._get("Shot", cut.partition(":")[2])["metadata"]) == {"haikei.summary": said.text, "haikei.evidence": said.url}


def test_a_summary_stands_in_attributes_where_it_may(site: FtrackSite) -> None:
    cut, said = site.new_cut("c015"), Summary(text="AI drafts: 2", url="https://haikei.studio.example/x")

    site.tracker.write_summaries({cut: said}, {})

    shown = site._get("Shot", cut.partition(":")[2])
    assert (shown["custom_attributes"]["haikei_summary"], shown["custom_attributes"]["haikei_evidence"]) == (said.text, said.url)
    assert dict(shown["metadata"]) == {}


def test_a_declaration_of_ai_counts_though_its_box_may_not_be_ticked(site: FtrackSite, without_attributes: FtrackTracker) -> None:
    returned = replace(draft(site), declares_ai=True, by=site.artist.id)

    version = without_attributes.create_version(returned, key="received:contract:plain")

    assert site.tracker.version(version).declares_ai
    assert site.tracker.version(version).by == site.artist


def test_an_attribute_of_another_type_is_left_to_a_person(tmp_path: Path) -> None:
    with running_ftrack(tmp_path) as bare:
        kind = bare._person.query('CustomAttributeType where name is "number"').one()
        bare._made("CustomAttributeConfiguration", key="haikei_genzu", label="genzu", entity_type="assetversion", type_id=kind["id"])

        step = {step.subject: step for step in bare.tracker.set_up(apply=True)}["attribute AssetVersion.haikei_genzu (boolean)"]

    assert step.state == "by hand" and "number" in step.detail


@pytest.mark.parametrize("act", ["read", "download", "upload"])
def test_no_error_tells_the_key(site: FtrackSite, picture: Path, tmp_path: Path, act: str) -> None:
    version = site.tracker.version(site.hand_in(layout_task(site), "原図", picture))
    site.sandbox.stop()
    acts: dict[str, Callable[[], object]] = {
        "read": site.tracker.projects,
        "download": lambda: site.tracker.download(version, tmp_path / "x", limit_bytes=LIMIT_BYTES),
        "upload": lambda: site.tracker.upload_picture(version.id, picture, name="案.png"),
    }

    with pytest.raises(TrackerError) as told:
        acts[act]()

    assert site.sandbox.api_key not in "".join(traceback.format_exception(told.value))


def test_reading_costs_one_request_where_people_are_known(site: FtrackSite) -> None:
    cut = site.new_cut("c016")
    task = site.new_task(cut, step="Layout", name="レイアウト", status=site.ready, assigned=True)
    site.hand_in(task, "原図", None)
    tracker = site.opened_again()
    assert isinstance(tracker, FtrackTracker)
    sent = requests_of(tracker)
    tracker.task(task), tracker.versions_on(task)
    cursor = tracker.first_cursor()
    counts = []

    for read in (
        lambda: tracker.task(task),
        lambda: tracker.background(cut),
        lambda: tracker.versions_on(task),
        lambda: tracker.tasks_on(cut, step="Layout"),
        lambda: tracker.ai_policy(site.project.id),
        lambda: tracker.people(["sato", "背景班"], project=site.project.id),
        lambda: tracker.events_after(cursor),
    ):
        before = len(sent)
        read()
        counts.append(len(sent) - before)

    assert counts == [1] * len(counts)


def test_more_than_a_page_is_read_to_its_end(site: FtrackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("integration.tracker.ftrack.connection.PAGE", 3)
    tasks = {layout_task(site, f"c6{place:02}") for place in range(7)}

    assert {task.id for task in site.tracker.tasks_of(site.project.id, step="Layout", statuses=())} == tasks


def test_the_project_is_the_one_people_see(site: FtrackSite) -> None:
    assert [(one.id, one.name) for one in site.tracker.projects()] == [(PROJECT, "雨の街")]
