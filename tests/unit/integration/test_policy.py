"""AI use is not allowed unless a named person allowed it, for what is asked, until a day; and only Looks that meet the policy paint."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration.policy import Allowed, NotAllowed, Permission, Policy, Scope, ai_use, refusal_of
from integration.production import Project, ProjectId
from render_service.looks import load_look

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHOW = Project(id=ProjectId("70"), name="Show")


def permission(**given: Any) -> Permission:
    return Permission(**{"by": "Producer", "steps": ("Background",), "until": date(2027, 1, 1), **given})


def policy(*permissions: Permission, **given: Any) -> Policy:
    return Policy(**{"project": SHOW, "time_zone": "Asia/Tokyo", "permissions": permissions, **given})


def asked(of: Policy, *, episode: str = "ep01", now: datetime = NOON, scope: Scope = "draft", elsewhere: str = "") -> Allowed | NotAllowed:
    return ai_use(of, step="Background", episode=episode, now=now, elsewhere=lambda _: elsewhere, scope=scope)


def refused(verdict: Allowed | NotAllowed) -> str:
    assert isinstance(verdict, NotAllowed)
    return verdict.reason


def test_a_show_without_permissions_allows_nothing() -> None:
    assert refused(asked(policy())) == "AI use is not allowed in Show: nobody has allowed it."


def test_a_permission_names_who_gave_it_where_and_until_when() -> None:
    verdict = asked(policy(permission(reference="mail 12", document_sha256="a" * 64)))

    assert verdict == Allowed(by="Producer", reference="mail 12", until=date(2027, 1, 1), document_sha256="a" * 64)


def test_a_permission_for_another_step_covers_nothing() -> None:
    assert refused(asked(policy(permission(steps=("Props",))))) == (
        "AI drafts are not allowed for step Background of episode ep01 of Show: the permission by Producer covers only step Props."
    )


def test_a_permission_for_other_episodes_covers_nothing() -> None:
    assert "covers only episodes ep02, ep03." in refused(asked(policy(permission(episodes=("ep02", "ep03")))))


def test_a_background_without_an_episode_is_not_covered_by_a_permission_for_one() -> None:
    assert isinstance(asked(policy(permission(episodes=("ep01",))), episode=""), NotAllowed)


def test_a_permission_for_drafts_covers_no_final_deliverable() -> None:
    assert "covers drafts only." in refused(asked(policy(permission()), scope="final"))
    assert isinstance(asked(policy(permission(scope="final")), scope="final"), Allowed)
    assert isinstance(asked(policy(permission(scope="final")), scope="draft"), Allowed)


def test_a_permission_for_a_vendor_covers_only_what_is_assigned_to_it() -> None:
    of = policy(permission(vendors=("Studio Kumo",)))

    reason = refused(asked(of, elsewhere="covers only work assigned to Studio Kumo, and this is assigned to Tanaka"))

    assert reason.endswith("the permission by Producer covers only work assigned to Studio Kumo, and this is assigned to Tanaka.")
    assert isinstance(asked(of), Allowed)


def test_whose_work_it_is_is_asked_only_when_all_else_is_covered() -> None:
    def never(vendors: tuple[str, ...]) -> str:
        raise AssertionError(vendors)

    of = policy(permission(vendors=("Studio Kumo",), steps=("Props",)), permission())

    verdict = ai_use(of, step="Background", episode="", now=datetime(2028, 1, 1, tzinfo=UTC), elsewhere=never)

    assert isinstance(verdict, NotAllowed)


def test_a_refusal_names_the_permission_that_comes_nearest() -> None:
    of = policy(
        permission(by="Abe", steps=("Props",), episodes=("ep09",)),
        permission(by="Ueda", until=date(2025, 1, 1)),
        permission(by="Sato", until=date(2026, 11, 1)),
        permission(by="Mori", fault="does not count"),
    )

    assert "the permission by Sato (the nearest of 4) ended on 2026-11-01." in refused(asked(of))


def test_a_faulty_permission_covers_nothing_and_says_why() -> None:
    assert "by Producer does not count, for that is a group and no person." in refused(
        asked(policy(permission(fault="does not count, for that is a group and no person")))
    )


def test_a_policy_that_cannot_be_read_allows_nothing() -> None:
    of = policy(permission(), fault="the AI policy in the tracker cannot be read: line 1.")

    assert "cannot be read: line 1." in refused(asked(of))
    assert not of.holds(of.permissions[0], now=NOON)


def test_a_permission_holds_through_its_last_day_where_the_show_is_made() -> None:
    of = policy(permission(until=date(2026, 11, 22)))

    last_minute = asked(of, now=datetime(2026, 11, 22, 14, 59, tzinfo=UTC))
    past_midnight_in_tokyo = asked(of, now=datetime(2026, 11, 22, 15, 0, tzinfo=UTC))

    assert isinstance(last_minute, Allowed)
    assert "ended on 2026-11-22" in refused(past_midnight_in_tokyo)


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_no_permission_outlives_its_day(until: date) -> None:
    verdict = asked(policy(permission(until=until), time_zone="UTC"))

    assert isinstance(verdict, Allowed) == (NOON.date() <= until)


def test_the_house_look_meets_the_strictest_policy() -> None:
    assert refusal_of(policy(data="licensed", no_vendor_training=True), load_look("house", ())) == ""


def test_a_look_whose_data_are_less_known_than_demanded_is_refused_with_the_reason() -> None:
    look = replace(load_look("house", ()), data="undisclosed", training_data="the publisher does not say")

    reason = refusal_of(policy(data="disclosed"), look)

    assert reason == (
        "The Look 'house' may not paint for Show: the policy asks for disclosed training data, "
        "and of this Look's they are undisclosed (the publisher does not say)."
    )
    assert refusal_of(policy(), look) == ""


@pytest.mark.parametrize(("terms", "said"), [("allowed", "allow it"), ("unstated", "do not say"), ("forbidden", ""), ("local", "")])
def test_a_vendor_who_may_train_on_our_pictures_or_does_not_say_is_refused(terms: str, said: str) -> None:
    reason = refusal_of(policy(no_vendor_training=True), replace(load_look("house", ()), vendor_training=terms))

    assert bool(reason) == bool(said)
    assert said in reason
