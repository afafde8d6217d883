"""Every tracker tells what people say became of a draft, where none is wanted, and who may speak."""

import pytest

from integration.events import OutcomeSaid
from integration.production import PersonId
from tests.contract.tracker.sites import Site
from tests.contract.tracker.work import draft, events


@pytest.mark.parametrize("said", ["used", "partly used", "not used", "from scratch", "layout only"])
def test_an_outcome_said_in_the_field_is_told_once_with_who(site: Site, said: str) -> None:
    version = site.tracker.create_version(draft(site), key="draft:contract:outcome")
    cursor = site.tracker.first_cursor()

    site.say_outcome(version, said)
    found, after = events(site.tracker, cursor)

    (event,) = [event for event in found if isinstance(event, OutcomeSaid)]
    assert (event.version, event.said, event.project) == (version, said, site.project.id)
    assert event.by is not None
    assert not events(site.tracker, after)[0]


def test_a_cleared_outcome_is_no_event(site: Site) -> None:
    version = site.tracker.create_version(draft(site), key="draft:contract:cleared")
    site.say_outcome(version, "used")
    cursor = site.tracker.first_cursor()

    site.say_outcome(version, None)

    assert not [event for event in events(site.tracker, cursor)[0] if isinstance(event, OutcomeSaid)]


def test_a_background_says_that_no_draft_is_wanted(site: Site) -> None:
    cut, other = site.new_cut("c401"), site.new_cut("c402")
    background = site.new_background("bg-station", [cut])
    before = [site.tracker.background(each).no_draft for each in (cut, other, background)]

    for each in (cut, background):
        site.tick_no_draft(each)

    assert before == [False, False, False]
    assert [site.tracker.background(each).no_draft for each in (cut, other, background)] == [True, False, True]


def test_a_site_without_the_field_wants_drafts(bare_site: Site) -> None:
    assert bare_site.tracker.background(bare_site.new_cut("c403")).no_draft is False


def test_an_active_person_is_known_and_nobody_else(site: Site) -> None:
    known = site.tracker.active_person(site.artist.id)
    strangers = ("", ":", "HumanUser:", "HumanUser:x", "HumanUser:１", "HumanUser:999999", "Shot:1", site.group.id, site.left)

    assert known is not None and (known.id, known.name) == (site.artist.id, site.artist.name)
    assert [site.tracker.active_person(PersonId(nobody)) for nobody in strangers] == [None] * len(strangers)
