"""From an account to a person: known by a verified address alone, one or nobody, and seeing no more than settings say."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
import sqlalchemy as sa

from integration.database import make_tables, open_database
from integration.ledger import people
from integration.ledger.log import metadata as ledger_tables
from integration.studio import Studio
from integration.web.identity import UnknownPersonError, rules_of, sight_of, signed_in
from integration.web.oidc import Account
from integration.web.rights import EVERY_SHOW, WebRole
from integration.web.sessions import SignedIn
from integration.web_settings import OidcSettings, RoleSettings, WebSettings
from tests.unit.web.conftest import ARTIST, COORDINATOR, Office, opened

SEA, HILL, CITY = "海辺の町", "丘の町", "都会"
ROLE_SETS = [frozenset(some) for count in range(1, len(WebRole) + 1) for some in combinations(WebRole, count)]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    yield from opened(tmp_path_factory.mktemp("identity"), gate=None)


def studio_with(office: Office, **web: Any) -> Studio:
    settings = office.studio.settings
    return replace(office.studio, settings=settings.model_copy(update={"web": settings.web.model_copy(update=web)}))


def account(email: str = "", *groups: str, name: str = "") -> Account:
    return Account(issuer="https://login.studio.example", subject="7", name=name, email=email, groups=groups)


def test_a_verified_address_is_a_person_of_the_tracker(office: Office) -> None:
    who = signed_in(office.studio, account("artist@example.com"))

    assert (who.person, who.roles, who.name) == (f"HumanUser:{ARTIST}", frozenset({WebRole.ARTIST}), "artist@example.com")
    assert "artist" not in who.account


@pytest.mark.parametrize("email", ["", "nobody@example.com", "BG team", "背 景子@example.com", "'; DROP TABLE ledger_person"])
def test_whoever_neither_settings_nor_tracker_know_is_refused_and_told_whom_to_ask(office: Office, email: str) -> None:
    with pytest.raises(UnknownPersonError) as told:
        signed_in(office.studio, account(email))

    assert "pipeline TD" in told.value.hint


def test_an_address_of_two_people_is_nobody_s(office: Office) -> None:
    office.coordinator.update("HumanUser", 43, {"email": "twice@example.com"})
    office.coordinator.update("HumanUser", 44, {"email": "twice@example.com"})

    with pytest.raises(UnknownPersonError, match="does not tell one person") as told:
        signed_in(office.studio, account("twice@example.com"))

    assert "web.people" in told.value.hint and "twice@" not in str(told.value)


def test_settings_say_who_somebody_with_another_address_is(office: Office) -> None:
    studio = studio_with(office, people={"Hiro@Elsewhere.example": "sakura", "artist@example.com": ""})

    assert signed_in(studio, account("hiro@elsewhere.example")).person == f"HumanUser:{COORDINATOR}"
    with pytest.raises(UnknownPersonError):
        signed_in(studio, account("artist@example.com"))


def test_somebody_may_have_several_roles_by_address_and_groups(office: Office) -> None:
    roles = RoleSettings(coordinator=("Sakura@example.com",), art_director=("group:美術",), management=("group:producers", "bg"))
    studio = studio_with(office, roles=roles)

    who = signed_in(studio, account("sakura@EXAMPLE.com", "美術", "bg"))
    grouped = signed_in(studio, account("", "Producers", name="製作 一"))

    assert who.roles == {WebRole.COORDINATOR, WebRole.ART_DIRECTOR}
    assert (grouped.roles, grouped.person, grouped.name) == (frozenset({WebRole.MANAGEMENT}), "", "製作 一")


def test_a_group_called_as_an_address_gives_nobody_that_address_s_role(office: Office) -> None:
    studio = studio_with(office, roles=RoleSettings(management=("boss@example.com",)))

    with pytest.raises(UnknownPersonError):
        signed_in(studio, account("", "boss@example.com"))


def test_settings_limit_somebody_to_shows(office: Office) -> None:
    studio = studio_with(office, shows={"group:house b": (SEA,), "artist@example.com": (HILL,)})

    assert signed_in(studio, account("artist@example.com", "House B")).shows == {SEA, HILL}
    assert signed_in(studio, account("sakura@example.com")).shows == frozenset()


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sa.Connection]:
    engine = open_database(f"sqlite:///{tmp_path_factory.mktemp('sight') / 'haikei.sqlite'}")
    make_tables(engine, ledger_tables)
    with engine.begin() as connection:
        for show in (SEA, HILL):
            people.person_ref(connection, show=show, person_id="HumanUser:45", name="背 景子")
        people.person_ref(connection, show=CITY, person_id="HumanUser:46", name="青木 海")
        yield connection
    engine.dispose()


@pytest.mark.parametrize("roles", ROLE_SETS, ids=lambda roles: "+".join(sorted(roles)))
@pytest.mark.parametrize("only", [frozenset[str](), frozenset({SEA, CITY})], ids=["no limit", "limited"])
def test_which_shows_somebody_sees_is_decided_by_role_record_and_limit(
    connection: sa.Connection, roles: frozenset[WebRole], only: frozenset[str]
) -> None:
    sight = sight_of(connection, SignedIn(name="x", person="HumanUser:45", roles=roles, shows=only), others=False)

    seen = {show for show in (SEA, HILL, CITY) if sight.sees(show)}
    if not EVERY_SHOW.isdisjoint(roles):
        assert seen == (only or {SEA, HILL, CITY})
    elif WebRole.AUDITOR in roles:
        assert seen == (only or {SEA, HILL})
    else:
        assert seen == ({SEA} if only else {SEA, HILL})


def test_nobody_has_another_s_references(connection: sa.Connection) -> None:
    own = {person: sight_of(connection, SignedIn(name="x", person=person, roles=frozenset(WebRole)), others=True).own for person in WHO}

    assert len(own["HumanUser:45"]) == 2 and len(own["HumanUser:46"]) == 1
    assert own["HumanUser:45"].isdisjoint(own["HumanUser:46"])
    assert own[""] == own["HumanUser:4"] == frozenset()


WHO = ("", "HumanUser:4", "HumanUser:45", "HumanUser:46")


@pytest.mark.parametrize(
    "changed",
    [
        {"roles": RoleSettings(management=("boss@example.com",))},
        {"people": {"a@example.com": "b"}},
        {"shows": {"a@example.com": ("x",)}},
        {"oidc": OidcSettings(issuer="https://other.example", client_id="haikei")},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_every_setting_that_gives_rights_is_among_the_rules_of_a_session(changed: dict[str, Any]) -> None:
    web = WebSettings()

    assert rules_of(web.model_copy(update=changed)) != rules_of(web)
    assert rules_of(web.model_copy(update={"session_hours": 3})) == rules_of(web)


@pytest.mark.parametrize(
    ("oidc", "said"),
    [
        ({"issuer": "http://login.studio.example", "client_id": "x"}, "no https address"),
        ({"issuer": "http://127.0.0.1.evil.example", "client_id": "x"}, "no https address"),
        ({"issuer": "https://login.studio.example/?realm=x", "client_id": "x"}, "no https address"),
        ({"issuer": "https://login.studio.example"}, "client_id"),
        ({"issuer": "https://login.studio.example", "client_id": "x", "scopes": ("email",)}, "openid"),
    ],
)
def test_a_provider_others_could_listen_to_or_that_cannot_work_is_no_setting(oidc: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        OidcSettings(**oidc)


def test_a_provider_on_this_machine_may_do_without_https() -> None:
    assert OidcSettings(issuer="http://127.0.0.1:9400", client_id="x").issuer


def test_secrets_stand_in_no_text_of_the_settings() -> None:
    web = WebSettings(oidc=OidcSettings(issuer="https://login.studio.example", client_id="x", client_secret="hush hush"))

    assert "hush" not in repr(web) + web.model_dump_json()
