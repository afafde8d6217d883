"""A policy written in the tracker: who wrote it, whom it may name, whose work it covers; through the vendor's real client."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from integration.policy import Allowed, NotAllowed, Policy
from integration.production import Background, TaskId
from integration.settings import ProjectSettings
from integration.workflow.permission import leave, policy_of
from tests.contract.tracker.sites import Site

GIVEN = """[[ai_use]]
allowed_by = "佐藤 花"
reference = "mail of 3 March"
until = 2099-12-31
"""
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def write(site: Site, text: str, *, login: str = "shinko") -> None:
    """Somebody writes the field through the tracker's own client."""
    site.write_policy(text, login=login)


def rules(**given: Any) -> ProjectSettings:
    return ProjectSettings.model_validate({"ai_use_from": "tracker", **given})


def read(site: Site, **given: Any) -> Policy:
    return policy_of(site.tracker, site.project, rules(**given))


def judged(site: Site, background: Background, **given: Any) -> Allowed | NotAllowed:
    shown = rules(**given)
    return leave(site.tracker, policy_of(site.tracker, site.project, shown), background, shown, now=NOW)


def test_a_site_that_was_not_set_up_allows_nothing(bare_site: Site) -> None:
    policy = read(bare_site)

    assert policy.permissions == ()
    assert policy.fault == ""


def test_what_a_person_wrote_is_read_with_their_name(site: Site) -> None:
    write(site, GIVEN)

    policy = read(site)

    (given,) = policy.permissions
    assert (given.by, given.until, given.reference, given.fault) == ("佐藤 花", date(2099, 12, 31), "mail of 3 March", "")
    assert policy.source == "tracker"
    assert policy.written_by is not None
    assert (policy.written_by.id, policy.written_by.name) == (site.coordinator.id, "進行 めい")


@pytest.mark.parametrize(
    ("name", "said"),
    [("去 太郎", "nobody active"), ("haikei", "nobody active"), ("背景班", "a group and no person"), ("' or 1=1", "nobody active")],
)
def test_only_an_active_person_of_the_tracker_can_have_allowed_it(site: Site, name: str, said: str) -> None:
    write(site, GIVEN.replace("佐藤 花", name))

    (given,) = read(site).permissions

    assert said in given.fault


def test_a_script_cannot_allow_ai(site: Site) -> None:
    write(site, GIVEN, login="haikei")

    policy = read(site)

    assert policy.permissions == ()
    assert policy.fault == "the AI policy in the tracker was last written by the script haikei, and only a person may."


@pytest.mark.parametrize(
    ("may_allow", "writer", "said"),
    [
        (["sato"], "shinko", "last written by 進行 めい, who may not allow AI"),
        (["shinko"], "shinko", "they may not allow AI"),
        (["sato", "shinko@example.com"], "shinko", ""),
        (["背景班"], "sato", ""),
        (["nobody.there"], "sato", "who may not allow AI"),
    ],
)
def test_settings_say_who_may_allow_ai_in_the_tracker(site: Site, may_allow: list[str], writer: str, said: str) -> None:
    write(site, GIVEN, login=writer)

    policy = read(site, ai_use_may_allow=may_allow)

    told = policy.fault + "".join(each.fault for each in policy.permissions)
    assert said in told
    assert bool(said) == bool(told)


@pytest.mark.parametrize("text", ["AI はダメ", "<script>alert(1)</script>", "[[ai_use]]\nuntil = 1", "'" * 30_000])
def test_broken_text_allows_nothing_and_says_why(site: Site, text: str) -> None:
    write(site, text)

    assert read(site).fault.startswith("the AI policy in the tracker cannot be read: ")


def test_demands_of_the_tracker_add_to_those_of_settings(site: Site) -> None:
    write(site, GIVEN + '[ai_models]\ndata = "disclosed"\n')

    both = read(site, ai_models={"data": "licensed", "no_vendor_training": True})
    alone = read(site)

    assert (both.data, both.no_vendor_training) == ("licensed", True)
    assert (alone.data, alone.no_vendor_training) == ("disclosed", False)


def test_permissions_in_settings_count_only_where_settings_say_so(site: Site) -> None:
    permission: Mapping[str, object] = {"allowed_by": "Producer", "until": "2099-01-01"}

    assert read(site, ai_use=[permission]).permissions == ()
    assert read(site, ai_use=[permission], ai_use_from="settings").permissions[0].by == "Producer"


def test_a_vendors_permission_covers_only_what_is_assigned_to_the_vendor(site: Site) -> None:
    write(site, GIVEN + 'vendors = ["背景班"]\n')
    background = site.tracker.background(site.new_cut("c001"))
    unassigned = judged(site, background)
    to_somebody_else = judged(site, background, assignment={"kind": "fixed", "to": ["shinko"]})
    to_the_vendor = judged(site, background, assignment={"kind": "group", "to": ["背景班"]})
    task = site.tracker.open_task(
        background, step="Background", name="BG revision", status=site.ready, assignees=[site.artist.id], key="review:policy"
    )
    to_its_artist = judged(site, background)
    site.assign_both(TaskId(task.id))
    to_both = judged(site, background, assignment={"kind": "group", "to": ["背景班"]})

    assert isinstance(unassigned, NotAllowed)
    assert unassigned.reason.endswith("covers only work assigned to 背景班, and this is assigned to nobody.")
    assert isinstance(to_somebody_else, NotAllowed)
    assert isinstance(to_the_vendor, Allowed)
    assert isinstance(to_its_artist, Allowed)
    assert isinstance(to_both, NotAllowed)
    assert to_both.reason.endswith("and this is assigned to 進行 めい.")


def test_a_vendor_nobody_knows_covers_nothing(site: Site) -> None:
    write(site, GIVEN + 'vendors = ["Studio Nowhere"]\n')

    verdict = judged(site, site.tracker.background(site.new_cut("c001")))

    assert isinstance(verdict, NotAllowed)
    assert "no group is called 'Studio Nowhere' in the tracker" in verdict.reason


def test_a_document_that_is_not_what_settings_say_covers_nothing(site: Site, tmp_path: Path) -> None:
    document = tmp_path / "approval.txt"
    document.write_text("yes")
    use = {"allowed_by": "Producer", "until": "2099-01-01", "document": str(document)}

    (same,) = read(site, ai_use=[use], ai_use_from="settings").permissions
    (other,) = read(site, ai_use=[use | {"document_sha256": "a" * 64}], ai_use_from="settings").permissions
    (missing,) = read(site, ai_use=[use | {"document": str(tmp_path / "gone")}], ai_use_from="settings").permissions

    assert (same.fault, len(same.document_sha256)) == ("", 64)
    assert "has another" in other.fault
    assert "cannot be read" in missing.fault
