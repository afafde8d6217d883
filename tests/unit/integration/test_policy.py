"""AI use is not allowed unless a named person allowed it, for what is asked, until a day."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from integration.policy import Allowed, NotAllowed, ai_use
from integration.production import Background, BackgroundId, Project, ProjectId, Shot, ShotId
from integration.settings import AiUse, ProjectSettings

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def background(episode: str = "ep01") -> Background:
    shot = Shot(id=ShotId("7"), code="c001")
    return Background(
        id=BackgroundId("Shot:7"), project=Project(id=ProjectId("70"), name="Show"), code="c001", shots=(shot,), episode=episode
    )


def permission(**given: object) -> AiUse:
    return AiUse.model_validate({"allowed_by": "Producer", "until": date(2027, 1, 1), **given})


def test_a_show_without_permissions_allows_nothing() -> None:
    verdict = ai_use(ProjectSettings(), background(), now=NOON)

    assert isinstance(verdict, NotAllowed)
    assert "nobody has allowed it" in verdict.reason


def test_a_permission_names_who_gave_it() -> None:
    verdict = ai_use(ProjectSettings(ai_use=(permission(reference="mail 12"),)), background(), now=NOON)

    assert verdict == Allowed(by="Producer", reference="mail 12")


def test_a_permission_for_another_step_covers_nothing() -> None:
    assert isinstance(ai_use(ProjectSettings(ai_use=(permission(steps=("Props",)),)), background(), now=NOON), NotAllowed)


def test_a_permission_for_another_episode_covers_nothing() -> None:
    assert isinstance(ai_use(ProjectSettings(ai_use=(permission(episodes=("ep02",)),)), background(), now=NOON), NotAllowed)


def test_a_permission_holds_through_its_last_day_where_the_show_is_made() -> None:
    rules = ProjectSettings(ai_use=(permission(until=date(2026, 11, 22)),), time_zone="Asia/Tokyo")

    last_minute = ai_use(rules, background(), now=datetime(2026, 11, 22, 14, 59, tzinfo=UTC))
    past_midnight_in_tokyo = ai_use(rules, background(), now=datetime(2026, 11, 22, 15, 0, tzinfo=UTC))

    assert isinstance(last_minute, Allowed)
    assert isinstance(past_midnight_in_tokyo, NotAllowed)
    assert "ended on 2026-11-22" in past_midnight_in_tokyo.reason


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_no_permission_outlives_its_day(until: date) -> None:
    verdict = ai_use(ProjectSettings(ai_use=(permission(until=until),), time_zone="UTC"), background(), now=NOON)

    assert isinstance(verdict, Allowed) == (until >= NOON.date())
