"""Every tracker holds each draft once, whatever happens on the way."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from integration.errors import TrackerError
from integration.production import PersonKind
from tests.contract.tracker.sites import Call, Site, Trouble
from tests.contract.tracker.work import LIMIT_BYTES, approvals, draft, events, layout_task

TROUBLES = pytest.mark.parametrize("trouble", list(Trouble))


def test_a_draft_stands_in_the_tracker_as_asked(site: Site) -> None:
    asked = draft(site)

    version = site.tracker.version(site.tracker.create_version(asked, key="draft:contract:asked"))

    assert (version.name, version.status, version.version_type) == (asked.name, asked.status, asked.version_type)
    assert (version.task, version.background, version.key) == (asked.task, asked.background, "draft:contract:asked")
    assert version.by is None or version.by.kind is PersonKind.SCRIPT


def test_a_drafts_name_always_says_what_it_is(site: Site) -> None:
    version = site.tracker.create_version(draft(site, name="c012 案1"), key="draft:contract:name")

    assert site.draft_type in site.tracker.version(version).name


def test_the_same_draft_twice_is_one(site: Site) -> None:
    asked = draft(site)

    first = site.tracker.create_version(asked, key="draft:contract:twice")

    assert site.tracker.create_version(asked, key="draft:contract:twice") == first
    assert site.opened_again().create_version(asked, key="draft:contract:twice") == first
    assert site.count("version", asked.name) == 1


@TROUBLES
def test_a_draft_made_in_trouble_is_one(site: Site, trouble: Trouble) -> None:
    asked = draft(site)
    site.trouble(trouble, Call.CREATE)

    version = site.tracker.create_version(asked, key="draft:contract:trouble")

    assert site.tracker.version(version).name == asked.name
    assert site.count("version", asked.name) == 1


def test_a_draft_made_by_many_at_once_ends_as_one(site: Site) -> None:
    asked = draft(site)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: site.tracker.create_version(asked, key="draft:contract:race"), range(4)))

    settled = {site.tracker.create_version(asked, key="draft:contract:race") for _ in range(2)}

    assert len(settled) == 1
    assert site.count("version", asked.name) == 1


def test_a_persons_copy_of_a_draft_is_a_persons_version(site: Site) -> None:
    asked = draft(site)
    version = site.tracker.create_version(asked, key="draft:contract:copy")
    copy = site.copy_version(version)

    assert site.tracker.create_version(asked, key="draft:contract:copy") == version
    assert site.tracker.version(copy).key == ""
    assert [found.id for found in site.tracker.versions_on(asked.task)] == [copy]
    assert [found.id for found in site.tracker.versions_with_key("draft:contract:copy")] == [version]


def test_drafts_are_found_by_how_their_key_begins_oldest_first(site: Site) -> None:
    made = [site.tracker.create_version(draft(site, f"c06{place}"), key=f"draft:contract:60%_:{place}") for place in range(3)]
    site.tracker.create_version(draft(site, "c069"), key="draft:contract:60x:0")

    assert [version.id for version in site.tracker.versions_with_key("draft:contract:60%_")] == made


def test_an_unknown_status_is_refused_with_those_that_exist(site: Site) -> None:
    asked = draft(site)

    with pytest.raises(TrackerError, match=site.reviewed) as told:
        site.tracker.set_version_status(site.tracker.create_version(asked, key="draft:contract:status"), "zzz")

    assert told.value.hint


@TROUBLES
def test_a_picture_sent_in_trouble_arrives_whole(site: Site, picture: Path, tmp_path: Path, trouble: Trouble) -> None:
    version = site.tracker.create_version(draft(site), key="draft:contract:picture")
    site.trouble(trouble, Call.UPLOAD)

    site.tracker.upload_picture(version, picture, name="c012_案1.png")
    site.tracker.upload_picture(version, picture, name="c012_案1.png")

    stands = site.tracker.version(version)
    assert stands.media is not None
    assert stands.media.name == "c012_案1.png"
    site.tracker.download(stands, tmp_path / "fetched.png", limit_bytes=LIMIT_BYTES)
    assert (tmp_path / "fetched.png").read_bytes() == picture.read_bytes()


def test_the_same_picture_twice_is_sent_once(site: Site, picture: Path) -> None:
    version = site.tracker.create_version(draft(site), key="draft:contract:once")
    site.tracker.upload_picture(version, picture, name="案.png")
    first = site.tracker.version(version).media

    site.tracker.upload_picture(version, picture, name="案.png")

    assert site.tracker.version(version).media == first


def test_a_picture_that_is_not_at_hand_is_refused(site: Site, tmp_path: Path) -> None:
    version = site.tracker.create_version(draft(site), key="draft:contract:missing")

    with pytest.raises(TrackerError):
        site.tracker.upload_picture(version, tmp_path / "nothing.png", name="案.png")


def test_a_draft_becomes_playable(site: Site, picture: Path) -> None:
    version = site.tracker.create_version(draft(site), key="draft:contract:playable")

    assert not site.tracker.wait_until_playable(version, timeout_s=0)
    site.tracker.upload_picture(version, picture, name="案.png")
    assert site.tracker.wait_until_playable(version, timeout_s=20)


@TROUBLES
def test_a_status_set_in_trouble_stands(site: Site, trouble: Trouble) -> None:
    task = layout_task(site)
    site.trouble(trouble, Call.UPDATE)

    site.tracker.set_task_status(task, site.approved)

    assert site.tracker.task(task).status == site.approved


def test_a_status_that_stands_already_is_not_set_again(site: Site) -> None:
    task = layout_task(site, status=site.approved)
    cursor = site.tracker.first_cursor()

    site.tracker.set_task_status(task, site.approved)

    assert not approvals(events(site.tracker, cursor)[0], task)


def test_what_is_gone_is_left_alone(site: Site) -> None:
    task = layout_task(site)
    version = site.tracker.create_version(draft(site), key="draft:contract:gone")
    site.retire_task(task)
    site.retire_version(version)

    site.tracker.set_task_status(task, site.approved)
    site.tracker.set_version_status(version, site.reviewed)


def test_what_a_house_handed_back_is_theirs_and_says_what_they_declare(site: Site) -> None:
    returned = replace(draft(site), name="c012 returned", version_type="", by=site.artist.id, declares_ai=True)

    version = site.tracker.version(site.tracker.create_version(returned, key="received:contract:person"))

    assert (version.name, version.by, version.declares_ai) == ("c012 returned", site.artist, True)


def test_a_group_that_no_version_can_belong_to_leaves_it_the_scripts(site: Site) -> None:
    returned = replace(draft(site), version_type="", by=site.group.id)

    version = site.tracker.version(site.tracker.create_version(returned, key="received:contract:group"))

    assert version.by is None or version.by.kind is PersonKind.SCRIPT
