"""A show's policy stands in the record whenever it changed, once, and names nobody."""

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from integration.ledger import log, people, texts
from integration.ledger.canonical import canonical_bytes
from integration.ledger.entry import Entry, milliseconds
from integration.ledger.vocabulary import Kind
from integration.policy import Permission, Policy
from integration.production import Person, PersonId, Project, ProjectId
from integration.sandbox.server import start_sandbox
from integration.settings import Settings
from integration.studio import Studio, open_studio
from integration.workflow.policy_record import record_policies, record_policy
from tests.contract.tracker.shotgrid_site import write_seed

SHOW = Project(id=ProjectId("70"), name="雨の街")
WRITERS = 8


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    with start_sandbox(write_seed(tmp_path), folder=tmp_path / "site") as sandbox:
        yield Settings.model_validate(
            {
                "tracker": "shotgrid",
                "state_folder": tmp_path / "state",
                "shotgrid": {"url": sandbox.url, "script_name": sandbox.script_name, "api_key": sandbox.api_key},
                "projects": {"雨の街": {"ai_use": [{"allowed_by": "Sato", "until": "2099-12-31"}]}},
            }
        )


@pytest.fixture
def studio(settings: Settings) -> Studio:
    return open_studio(settings)


def permission(by: str = "Sato Yuki", **given: object) -> Permission:
    given = {"steps": ("Background",), "episodes": ("ep03",), "until": date(2027, 3, 31), "reference": "mail of 3 March", **given}
    return Permission(by=by, **given)  # type: ignore[arg-type]  # checked by the dataclass's users


def policy(*permissions: Permission, written_by: Person | None = None) -> Policy:
    return Policy(project=SHOW, time_zone="Asia/Tokyo", permissions=permissions, written_by=written_by)


def entries(studio: Studio) -> list[Entry]:
    with studio.engine.connect() as connection:
        return [entry for _, entry in log.read(connection, show=SHOW.name)]


def kinds(studio: Studio) -> list[Kind]:
    return [entry.kind for entry in entries(studio)]


def test_a_first_policy_and_its_permissions_are_recorded(studio: Studio) -> None:
    sha256 = record_policy(studio, policy(permission(document_sha256="a" * 64, scope="final", vendors=("Kumo",))))

    changed, granted = entries(studio)
    assert (changed.kind, changed.policy_sha256) == (Kind.POLICY_CHANGED, sha256)
    assert (granted.kind, granted.policy_sha256) == (Kind.APPROVAL_GRANTED, sha256)
    assert granted.approval is not None
    assert (granted.approval.scope, granted.approval.document_sha256) == ("final", "a" * 64)
    assert (granted.approval.steps, granted.approval.seqs) == (("Background",), ("ep03",))
    assert granted.approval.until_ms == milliseconds(datetime(2027, 3, 31, 15, tzinfo=UTC)) - 1
    with studio.engine.connect() as connection:
        assert texts.reveal(connection, granted.approval.reference_commit) == "mail of 3 March"
        assert texts.reveal(connection, granted.approval.vendors_commit) == "Kumo"
        assert people.names(connection, [granted.actor.ref])[granted.actor.ref].name == "Sato Yuki"


def test_a_policy_that_did_not_change_is_not_recorded_again(studio: Studio) -> None:
    first = record_policy(studio, policy(permission()))

    assert record_policy(studio, policy(permission())) == first
    assert kinds(studio) == [Kind.POLICY_CHANGED, Kind.APPROVAL_GRANTED]


def test_only_what_is_new_in_a_policy_is_granted(studio: Studio) -> None:
    record_policy(studio, policy(permission()))
    record_policy(studio, policy(permission(), permission(by="Mori")))
    record_policy(studio, policy())
    record_policy(studio, policy(permission()))

    assert kinds(studio) == [
        Kind.POLICY_CHANGED,
        Kind.APPROVAL_GRANTED,
        Kind.POLICY_CHANGED,
        Kind.APPROVAL_GRANTED,
        Kind.POLICY_CHANGED,
        Kind.POLICY_CHANGED,
        Kind.APPROVAL_GRANTED,
    ]
    assert len({entry.policy_sha256 for entry in entries(studio)}) == 4


def test_a_permission_that_does_not_count_is_not_granted(studio: Studio) -> None:
    record_policy(studio, policy(permission(fault="does not count, for they may not allow AI")))
    before = kinds(studio)

    record_policy(studio, policy(permission()))

    assert before == [Kind.POLICY_CHANGED]
    assert kinds(studio)[1:] == [Kind.POLICY_CHANGED, Kind.APPROVAL_GRANTED]


def test_a_show_without_permission_says_so_in_the_record(studio: Studio) -> None:
    record_policy(studio, policy())

    assert kinds(studio) == [Kind.POLICY_CHANGED]


def test_the_entries_name_nobody_and_erasing_a_person_leaves_no_name(studio: Studio) -> None:
    writer = Person(id=PersonId("HumanUser:43"), name="Mori Ken")
    sha256 = record_policy(studio, policy(permission(), written_by=writer))
    with studio.engine.begin() as connection:
        told = texts.reveal(connection, sha256) or ""
        people.erase(connection, "settings:Sato Yuki")
        people.erase(connection, "HumanUser:43")
        refs = {entry.actor.ref for entry in entries(studio)}
        names = {name.name for name in people.names(connection, refs).values()}

    bodies = b"".join(canonical_bytes(entry) for entry in entries(studio)).decode()
    assert [name for name in ("Sato", "Mori", "mail of 3 March") if name in bodies] == []
    assert [name for name in ("Sato", "Mori") if name in told] == []
    assert "ep03" in told
    assert names == {"(name erased)"}


def test_a_change_that_many_writers_see_at_once_is_recorded_once(settings: Settings) -> None:
    studios = [open_studio(settings) for _ in range(WRITERS)]
    record_policy(studios[0], policy())
    together, found = threading.Barrier(WRITERS), set()

    def see(studio: Studio) -> None:
        together.wait()
        found.add(record_policy(studio, policy(permission())))

    writers = [threading.Thread(target=see, args=(studio,)) for studio in studios]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert len(found) == 1
    assert kinds(studios[0]) == [Kind.POLICY_CHANGED, Kind.POLICY_CHANGED, Kind.APPROVAL_GRANTED]


def test_a_start_and_a_sweep_record_the_policy_of_every_enabled_show(studio: Studio) -> None:
    record_policies(studio)
    record_policies(studio)

    changed, granted = entries(studio)
    assert (changed.kind, granted.kind) == (Kind.POLICY_CHANGED, Kind.APPROVAL_GRANTED)
    assert changed.show == "雨の街"
