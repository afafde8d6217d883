"""Every tracker tells what people write on drafts, and what they take back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from integration.errors import ArtworkError, NotFoundInTrackerError
from integration.events import BackgroundStatusChanged, NoteAttached, NoteCreated, TaskAssigneesChanged, VersionRetired, VersionRevived
from integration.production import NoteId, VersionId
from integration.tracker.protocol import NoteText
from tests.contract.tracker.sites import Site
from tests.contract.tracker.work import LIMIT_BYTES, draft, events, layout_task, review_task


def handed_in(site: Site, code: str) -> VersionId:
    return site.hand_in(review_task(site, code)[1], f"{code} v001", None)


def test_a_note_is_told_and_read_with_what_it_is_about(site: Site) -> None:
    asked = draft(site, "c201")
    version = site.tracker.create_version(asked, key="draft:contract:note")
    cursor = site.tracker.first_cursor()

    written = site.write_note(version, "再ドラフト\nprompt: 霧 <夜>")
    note = site.tracker.note(written)

    assert [event.note for event in events(site.tracker, cursor)[0] if isinstance(event, NoteCreated)] == [written]
    assert (note.versions, note.content) == ((version,), "再ドラフト\nprompt: 霧 <夜>")
    assert note.background in (None, asked.background)
    assert note.by is not None and note.project == site.project
    assert note.created_at.utcoffset() == timedelta(0)
    assert note.attachments == ()


@pytest.mark.parametrize("in_field", [True, False])
def test_what_is_drawn_on_a_note_is_fetched_as_it_was_drawn(site: Site, picture: Path, tmp_path: Path, in_field: bool) -> None:
    written = site.write_note(handed_in(site, "c202"), "ここ")
    cursor = site.tracker.first_cursor()

    site.draw_on(written, picture, in_field=in_field)
    (drawing,) = site.tracker.note(written).attachments
    site.tracker.download_attachment(drawing, tmp_path / "drawing", limit_bytes=LIMIT_BYTES)

    assert (tmp_path / "drawing").read_bytes() == picture.read_bytes()
    told = [event.note for event in events(site.tracker, cursor)[0] if isinstance(event, NoteAttached)]
    assert told in ([[written]] if in_field else [[], [written]])


def test_a_drawing_that_is_too_large_is_refused_and_leaves_nothing(site: Site, picture: Path, tmp_path: Path) -> None:
    written = site.write_note(handed_in(site, "c203"), "ここ")
    site.draw_on(written, picture)
    (drawing,) = site.tracker.note(written).attachments

    with pytest.raises(ArtworkError, match="larger than"):
        site.tracker.download_attachment(drawing, tmp_path / "drawing", limit_bytes=1000)

    assert list(tmp_path.glob("*drawing*")) == []


def test_a_note_that_never_was_is_not_found(site: Site) -> None:
    with pytest.raises(NotFoundInTrackerError):
        site.tracker.note(NoteId("999999"))


def test_notes_written_since_a_moment_are_found_oldest_first(site: Site) -> None:
    since = site.tracker.server_time() - timedelta(minutes=1)
    version = handed_in(site, "c204")
    written = [site.write_note(version, text) for text in ("一", "二")]

    assert [note.id for note in site.tracker.notes_since(site.project.id, since)] == written
    assert site.tracker.notes_since(site.project.id, since + timedelta(hours=1)) == ()


def test_who_changed_the_scene_is_told_once(site: Site) -> None:
    since, cut = site.tracker.server_time() - timedelta(minutes=1), site.new_cut("c205")

    before = site.tracker.scene_changed_by(cut, since)
    person = site.set_place(cut, "駅前")
    site.set_place(cut, "駅裏")

    assert before == ()
    assert [each.id for each in site.tracker.scene_changed_by(cut, since)] == [person.id]
    assert site.tracker.scene_changed_by(cut, since + timedelta(hours=1)) == ()


def test_who_changed_the_scene_within_the_same_second_is_told(site: Site) -> None:
    cut = site.new_cut("c207")

    since = datetime.now(UTC)
    person = site.set_place(cut, "駅前")

    assert [each.id for each in site.tracker.scene_changed_by(cut, since)] == [person.id]


def test_an_omission_is_told_of_a_cut_and_of_a_background_of_its_own(site: Site) -> None:
    cut = site.new_cut("c206")
    own = site.new_background("bg206", [cut])
    cursor = site.tracker.first_cursor()

    site.set_background_status(cut, site.omitted)
    site.set_background_status(own, site.omitted)

    told = [event for event in events(site.tracker, cursor)[0] if isinstance(event, BackgroundStatusChanged)]
    assert [(event.background, event.new) for event in told] == [(cut, site.omitted), (own, site.omitted)]
    assert [site.tracker.background(each).status for each in (cut, own)] == [site.omitted, site.omitted]


def test_another_artist_on_a_task_is_told(site: Site) -> None:
    task = layout_task(site, "c207")
    cursor = site.tracker.first_cursor()

    site.assign(task)

    assert [event.task for event in events(site.tracker, cursor)[0] if isinstance(event, TaskAssigneesChanged)] == [task]
    assert [person.id for person in site.tracker.task(task).assignees] == [site.artist.id]


def test_a_deleted_version_is_told_though_it_cannot_be_read_and_so_is_its_return(site: Site) -> None:
    version = handed_in(site, "c208")
    cursor = site.tracker.first_cursor()

    site.retire_version(version)
    with pytest.raises(NotFoundInTrackerError):
        site.tracker.version(version)
    gone, cursor = events(site.tracker, cursor)
    assert [event.version for event in gone if isinstance(event, VersionRetired)] == [version]
    assert all(event.by is not None for event in gone)
    if site.deletes_for_good:
        return
    site.revive_version(version)
    back, _ = events(site.tracker, cursor)

    assert [event.version for event in back if isinstance(event, VersionRevived)] == [version]
    assert all(event.by is not None for event in back)


def test_a_deleted_draft_is_made_anew_and_may_not_be_linked(site: Site) -> None:
    asked = draft(site, "c209")
    first = site.tracker.create_version(asked, key="draft:contract:gone")
    site.retire_version(first)

    second = site.tracker.create_version(asked, key="draft:contract:gone")
    both = [first, second]
    playlist = site.tracker.put_in_playlist(site.project.id, "AI drafts", both, key="list:contract:gone")
    note = NoteText(project=site.project.id, subject="届いた", content="案", background=asked.background, versions=tuple(both))
    written = site.tracker.write_note(note, key="note:contract:gone")

    assert second != first
    assert site.count("in playlist", playlist) == 1
    assert site.tracker.note(written).versions == (second,)
