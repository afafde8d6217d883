"""The vendor's client writes on the pretend site as on a real one: defaults, whole sets, all or nothing, rights."""

from typing import Any

import ftrack_api.exception
import pytest

from tests.contract.sandbox_ftrack.studio import ARTIST, LAYOUT, PROJECT, SHOT, Site


@pytest.fixture
def session(site: Site) -> Any:
    return site.session()


def version_on(session: Any, **data: Any) -> Any:
    kind = session.query('AssetType where short is "upload"').one()
    asset = session.query(f'Asset where name is "bg" and context_id is {SHOT}').first()
    asset = asset or session.create("Asset", {"name": "bg", "type": kind, "parent": session.get("Shot", SHOT)})
    version = session.create("AssetVersion", {"asset": asset, "task": session.get("Task", LAYOUT), **data})
    session.commit()
    return version


def statuses(session: Any, kind: str = "Task") -> dict[str, Any]:
    return {status["name"]: status for status in session.get("Project", PROJECT)["project_schema"].get_statuses(kind)}


def test_the_server_numbers_versions_and_says_who_made_them(session: Any) -> None:
    first, second = version_on(session), version_on(session, comment="二")

    assert (first["version"], second["version"]) == (1, 2)
    assert (first["is_latest_version"], second["is_latest_version"], second["user"]["username"]) == (False, True, "sakura")
    assert (second["status"]["name"], second["asset"]["latest_version"]["id"]) == ("Pending review", second["id"])


def test_a_status_change_goes_into_the_history_with_who_and_from_what(session: Any) -> None:
    task, version = session.get("Task", LAYOUT), version_on(session)
    task["status"] = statuses(session)["Approved"]
    version["status"] = statuses(session, "AssetVersion")["Revise"]
    session.commit()

    (change,) = session.query(
        f"select parent.name, status.name, from_status.name, user.username, date from TypedContextStatusChange where parent_id is {LAYOUT}"
    )
    (other,) = session.query(f"select status.name, from_status.name from AssetVersionStatusChange where parent_id is {version['id']}")

    assert (change["parent"]["name"], change["from_status"]["name"], change["status"]["name"]) == ("Layout", "Pending review", "Approved")
    assert change["user"]["username"] == "sakura" and (other["from_status"]["name"], other["status"]["name"]) == (
        "Pending review",
        "Revise",
    )


def test_metadata_is_set_changed_found_and_taken_away(session: Any, site: Site) -> None:
    version = version_on(session)
    version["metadata"]["haikei.key"] = "a/b 100%"
    session.commit()
    version["metadata"]["haikei.key"] = 'c"d\\e'
    version["metadata"]["other"] = "1"
    session.commit()
    del version["metadata"]["other"]
    session.commit()

    found = (
        site.session().query('select metadata from AssetVersion where metadata any (key is "haikei.key" and value is "c\\"d\\\\e")').one()
    )

    assert (found["id"], dict(found["metadata"])) == (version["id"], {"haikei.key": 'c"d\\e'})


def test_custom_attributes_are_there_before_they_are_set(session: Any, site: Site) -> None:
    version = version_on(session)
    assert dict(version["custom_attributes"]) == {"haikei_genzu": False, "haikei_outcome": ""}

    version["custom_attributes"]["haikei_genzu"] = True
    version["custom_attributes"]["haikei_outcome"] = "used"
    session.commit()

    found = site.session().query('AssetVersion where custom_attributes any (key is "haikei_outcome" and value is "used")').one()
    assert dict(found["custom_attributes"]) == {"haikei_genzu": True, "haikei_outcome": "used"}
    values = site.session().query("select value from AssetVersionCustomAttributeValue where configuration_id is outcome-1").all()
    assert [value["value"] for value in values] == ["used"]


def test_a_collection_is_the_whole_set(session: Any, site: Site) -> None:
    one, two = version_on(session), version_on(session)
    folder = session.create(
        "AssetVersionList", {"name": "drafts", "project_id": PROJECT, "category": session.query("ListCategory").first()}
    )
    folder["items"].append(one)
    folder["items"].append(two)
    session.commit()
    folder["items"].remove(one)
    session.commit()

    read = site.session().query("select items from AssetVersionList").one()

    assert [item["id"] for item in read["items"]] == [two["id"]]
    assert [each["name"] for each in site.session().get("AssetVersion", two["id"])["lists"]] == ["drafts"]


def test_a_note_has_an_author_recipients_and_replies(session: Any, site: Site) -> None:
    me, artist = session.query("User where username is sakura").one(), session.get("User", ARTIST)
    note = session.get("Task", LAYOUT).create_note("<b>空</b> をもっと暗く", me, recipients=[artist])
    session.commit()
    note.create_reply("はい", artist)
    session.commit()

    read = (
        site.session()
        .query(f"select content, author.username, recipients.recipient, replies.content, date from Note where parent_id is {LAYOUT}")
        .one()
    )

    assert (read["content"], read["author"]["username"]) == ("<b>空</b> をもっと暗く", "sakura")
    assert [each["recipient"]["id"] for each in read["recipients"]] == [ARTIST] and [each["content"] for each in read["replies"]] == [
        "はい"
    ]


def test_hours_add_up_on_everything_above(session: Any, site: Site) -> None:
    for seconds in (3600, 1800):
        session.create(
            "Timelog", {"user": session.get("User", ARTIST), "context": session.get("Task", LAYOUT), "duration": seconds, "name": "layout"}
        )
    session.commit()

    assert [site.session().get(kind, number)["time_logged"] for kind, number in (("Task", LAYOUT), ("Shot", SHOT))] == [5400, 5400]


def test_one_timer_for_each_person(session: Any) -> None:
    artist = session.get("User", ARTIST)
    artist.start_timer(session.get("Task", LAYOUT), comment="塗り")

    with pytest.raises(ftrack_api.exception.NotUniqueError):
        artist.start_timer(session.get("Task", LAYOUT))
    session.rollback()

    assert artist.stop_timer()["comment"] == "塗り"


def test_a_batch_whose_last_operation_fails_leaves_nothing(session: Any, site: Site) -> None:
    session.create("Shot", {"name": "c002", "parent": session.get("Project", PROJECT)})
    session.create("Shot", {"name": "c001", "parent": session.get("Episode", "episode-1")})

    with pytest.raises(ftrack_api.exception.ServerError, match="DuplicateEntryError"):
        session.commit()

    assert [shot["name"] for shot in site.session().query("select name from Shot")] == ["c001"]
    with pytest.raises(ftrack_api.exception.ServerError):
        session.commit()
    session.rollback()
    session.commit()


def test_what_is_deleted_takes_what_it_owns_along(session: Any, site: Site) -> None:
    version = version_on(session)
    version["metadata"]["k"] = "v"
    session.get("Task", LAYOUT).create_note("x", session.query("User where username is sakura").one())
    session.commit()
    session.delete(session.get("Shot", SHOT))
    session.commit()

    read = site.session()
    assert {
        kind: len(read.query(kind).all()) for kind in ("Task", "Asset", "AssetVersion", "Note", "Metadata", "Appointment")
    } == dict.fromkeys(("Task", "Asset", "AssetVersion", "Note", "Metadata", "Appointment"), 0)


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("Shot", {"parent_id": "nothing", "name": "x"}, "parent is required"),
        ("Shot", {"parent_id": PROJECT}, "name is required"),
        ("Shot", {"parent_id": PROJECT, "name": 7}, "is no str"),
        ("Task", {"parent_id": SHOT, "name": "x", "status_id": "nothing"}, "there is no Status"),
        ("Task", {"parent_id": SHOT, "name": "x", "bid": "long"}, "is no num"),
        ("Timelog", {"context_id": LAYOUT, "start": "yesterday", "duration": 1}, "is no date"),
        ("AssetVersion", {"asset_id": "nothing"}, "asset is required"),
        ("TypedContextStatusChange", {}, "cannot be created"),
    ],
)
def test_wrong_values_are_refused_before_anything_is_written(session: Any, kind: str, data: dict[str, Any], said: str) -> None:
    with pytest.raises(ftrack_api.exception.ServerError, match=said):
        session.call([{"action": "create", "entity_type": kind, "entity_key": [], "entity_data": {"__entity_type__": kind, **data}}])


def test_a_key_that_reads_writes_nothing(site: Site) -> None:
    session = site.session("reader")
    session.get("Task", LAYOUT)["name"] = "x"

    with pytest.raises(ftrack_api.exception.ServerError, match="PermissionDeniedError"):
        session.commit()


def test_a_key_without_rights_to_attributes_or_settings_is_refused_those(site: Site) -> None:
    session = site.session("plain")
    version = version_on(session)
    version["custom_attributes"]["haikei_genzu"] = True
    with pytest.raises(ftrack_api.exception.ServerError, match="may not set haikei_genzu"):
        session.commit()
    session.rollback()

    session.create("Status", {"name": "AI draft"})
    with pytest.raises(ftrack_api.exception.ServerError, match="may not write Status"):
        session.commit()


def test_hostile_text_in_a_query_is_text(session: Any) -> None:
    for hostile in ('x" or name is "Layout', "x' or 1 = 1", 'x\\" or id is_not none', "%", '"; delete from Task', "名前\n\x00"):
        literal = hostile.replace("\\", "\\\\").replace('"', '\\"')
        assert session.query(f'select id from Task where name is "{literal}"').all() == []
