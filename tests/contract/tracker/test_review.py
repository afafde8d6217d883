"""Every tracker holds the review task, its note and the playlist once."""

from pathlib import Path

import pytest

from integration.errors import TrackerError
from integration.production import NoteId, TaskId
from integration.tracker.protocol import NoteText, Summary, Tracker
from tests.contract.tracker.sites import Call, Site, Trouble
from tests.contract.tracker.work import draft, review_task

TROUBLES = pytest.mark.parametrize("trouble", list(Trouble))


def test_the_review_task_is_opened_once(site: Site) -> None:
    background = site.tracker.background(site.new_cut("c071"))

    def open_it(tracker: Tracker) -> TaskId:
        return tracker.open_task(
            background, step=site.background_step, name="BG revision", status=site.ready, assignees=[site.artist.id], key="task:contract:71"
        ).id

    first = open_it(site.tracker)
    task = site.tracker.task(first)

    assert open_it(site.opened_again()) == first
    assert (task.name, task.step, task.status, task.background) == ("BG revision", site.background_step, site.ready, background.id)
    assert [person.id for person in task.assignees] == [site.artist.id]


def test_a_review_task_that_people_made_is_used_as_it_stands(site: Site) -> None:
    cut = site.new_cut("c072")
    theirs = site.new_task(cut, step=site.background_step, name="BG revision", status=site.approved)

    task = site.tracker.open_task(
        site.tracker.background(cut), step=site.background_step, name="BG revision", status=site.ready, assignees=(), key="task:contract:72"
    )

    assert (task.id, task.status) == (theirs, site.approved)


def test_nobody_who_is_assigned_is_replaced(site: Site) -> None:
    cut = site.new_cut("c073")
    site.new_task(cut, step=site.background_step, name="BG revision", status=site.ready, assigned=True)

    task = site.tracker.open_task(
        site.tracker.background(cut),
        step=site.background_step,
        name="BG revision",
        status=site.ready,
        assignees=[site.group.id],
        key="task:contract:73",
    )

    assert [person.id for person in task.assignees] == [site.artist.id]


@TROUBLES
def test_a_review_task_opened_in_trouble_is_one(site: Site, trouble: Trouble) -> None:
    background = site.tracker.background(site.new_cut("c074"))
    site.trouble(trouble, Call.CREATE)

    site.tracker.open_task(background, step=site.background_step, name="BG 74", status=site.ready, assignees=(), key="task:contract:74")

    assert site.count("task", "BG 74") == 1


def test_a_step_that_does_not_exist_is_told(site: Site) -> None:
    background = site.tracker.background(site.new_cut("c075"))

    with pytest.raises(TrackerError, match="Haikyo"):
        site.tracker.open_task(background, step="Haikyo", name="BG", status=site.ready, assignees=(), key="task:contract:75")


@TROUBLES
def test_a_note_is_written_once_and_reads_as_meant(site: Site, trouble: Trouble) -> None:
    cut, task = review_task(site, "c081")
    text = "背景案を<b>3枚</b>届けました。\n<script>alert(1)</script> & 夕方 → 夜\n2026-11-22T13:05:00Z"
    note = NoteText(
        project=site.project.id, subject="AI draft c081 <届いた>", content=text, background=cut, tasks=(task,), to=(site.artist.id,)
    )
    site.trouble(trouble, Call.CREATE)

    written = site.tracker.write_note(note, key="note:contract:81")

    assert site.tracker.write_note(note, key="note:contract:81") == written
    assert isinstance(written, str)
    assert site.note_text(NoteId(written)) == text
    assert site.count("note", note.subject) == 1


@TROUBLES
def test_a_playlist_gathers_drafts_and_keeps_what_people_put_in(site: Site, trouble: Trouble) -> None:
    asked = draft(site)
    ours = [site.tracker.create_version(asked, key=f"draft:contract:list:{place}") for place in range(2)]
    theirs = site.hand_in(asked.task, "美術ボード", None)
    first = site.tracker.put_in_playlist(site.project.id, "AI drafts 11/22", [theirs], key="list:contract")
    site.trouble(trouble, site.lists_filled_by)

    again = site.tracker.put_in_playlist(site.project.id, "AI drafts 11/22", ours, key="list:contract")

    assert again == first
    assert site.count("playlist", "AI drafts 11/22") == 1
    assert site.count("in playlist", first) == 3


@pytest.mark.parametrize("trouble", [None, *Trouble])
def test_a_file_attached_twice_or_in_trouble_is_attached_once(site: Site, tmp_path: Path, trouble: Trouble | None) -> None:
    _, task = review_task(site, "c040")
    layers = tmp_path / "layers.bin"
    layers.write_bytes(b"layers")
    if trouble is not None:
        site.trouble(trouble, Call.UPLOAD)

    for _ in range(2):
        site.tracker.attach_file(task, layers, name="c040_BG_r1.psd")
    site.tracker.attach_file(task, layers, name="c040_BG_r2.psd")

    assert site.files_on(task) == ["c040_BG_r1.psd", "c040_BG_r2.psd"]


def test_summaries_are_written_where_they_differ_and_what_is_gone_is_left_alone(site: Site) -> None:
    cut, task = review_task(site, "c041")
    version, gone = (site.hand_in(task, name, None) for name in ("c041_v001", "c041_v002"))
    site.retire_version(gone)
    told = Summary(text="AI drafts: 2 in 1 round.\nAI下描き2枚", url="https://haikei.studio.example/record/x")

    first = site.tracker.write_summaries({cut: told}, {version: told, gone: told})
    again = site.tracker.write_summaries({cut: told}, {version: told})
    changed = site.tracker.write_summaries({cut: Summary(text="none", url="")}, {version: told})

    assert (first, again, changed) == (2, 0, 1)


def test_a_site_that_was_not_set_up_says_what_to_do_or_needs_nothing(bare_site: Site) -> None:
    if bare_site.works_bare:
        assert bare_site.tracker.write_summaries({bare_site.new_cut("c042"): Summary(text="x", url="")}, {}) == 1
        return

    with pytest.raises(TrackerError, match="summary") as refused:
        bare_site.tracker.write_summaries({bare_site.new_cut("c042"): Summary(text="x", url="")}, {})

    assert "setup" in str(refused.value.hint)
