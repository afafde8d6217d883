"""An auditor reads one show, by a link that one browser opens once, until a day, and not a minute longer than somebody wants."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import requests
import sqlalchemy as sa

from integration.ledger import log, people
from integration.ledger.vocabulary import ActorKind, Kind
from integration.web import links
from integration.web.cookies import SESSION
from integration.web.rights import WebRole
from integration.web.sessions import SignedIn
from tests.board_show import BoardShow
from tests.unit.web.conftest import Office, opened
from tests.unit.web.test_reports_page import ask, token_of
from tests.unit.web.test_sign_in import enter, is_in

SHOW, OTHER = "海辺の町", "別の作品"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("auditor")


@pytest.fixture(scope="module")
def office(folder: Path) -> Iterator[Office]:
    for office in opened(folder, gate=None, requests_per_minute=10_000, sign_ins_per_minute=10_000):
        with office.studio.engine.begin() as connection:
            BoardShow(connection, office.studio.storage).whole_story(10)
            BoardShow(connection, office.studio.storage, show=OTHER).whole_story(10)
            people.person_ref(connection, show=SHOW, person_id="HumanUser:41", name="制作 進")
        yield office


def haikei(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "integration.cli.app", *arguments, "--settings", str(folder / "haikei.toml")]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def link(folder: Path, *, show: str = SHOW, name: str = "外部 監査") -> str:
    """The code of a link that the command line prints."""
    done = haikei(folder, "auditor", "link", name, "--show", show, "--by", "制作 進", "--days", "14")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().partition("#code=")[2]


def test_a_link_opens_one_show_once_and_for_reading_alone(folder: Path, office: Office) -> None:
    code = link(folder)
    auditor, second = enter(office, code), enter(office, code)

    seen = {show: is_in(auditor, office, f"/shot?show={quote(show)}&cut=c010") for show in (SHOW, OTHER)}

    assert seen == {SHOW: True, OTHER: False}
    assert not is_in(second, office)
    assert [is_in(auditor, office, path) for path in ("/", "/reports", "/mine", "/operations")] == [True, True, False, False]


def test_a_link_carries_its_code_where_no_server_and_no_log_sees_it(folder: Path, office: Office) -> None:
    done = haikei(folder, "auditor", "link", "外部 監査", "--show", SHOW, "--by", "制作 進")

    parts = urlsplit(done.stdout.strip())
    with office.studio.engine.connect() as connection:
        rows = str(connection.execute(sa.text("SELECT * FROM haikei_sign_in_link")).all())
    assert (parts.path, parts.query, parts.fragment[:5]) == ("/sign-in", "", "code=")
    assert parts.fragment[5:] not in rows
    assert "once" in done.stderr


def test_looking_at_a_link_does_not_use_it_up(folder: Path, office: Office) -> None:
    code = link(folder)

    for _ in range(3):
        requests.get(f"{office.browser.address}/sign-in", timeout=30)
        requests.get(f"{office.browser.address}/sign-in/code", timeout=30)

    assert is_in(enter(office, code), office)


def test_an_auditor_stays_signed_in_to_the_last_day(folder: Path, office: Office) -> None:
    answer = requests.post(f"{office.browser.address}/sign-in/code", data={"code": link(folder)}, allow_redirects=False, timeout=30)

    (cookie,) = (each for each in answer.cookies if each.name == SESSION)
    assert cookie.expires is not None
    assert timedelta(days=13, hours=23) < datetime.fromtimestamp(cookie.expires, UTC) - datetime.now(UTC) <= timedelta(days=14, minutes=1)


def test_a_link_that_is_taken_back_ends_its_session_and_no_other_s(folder: Path, office: Office) -> None:
    theirs = enter(office, link(folder, name="一人目"))
    others = enter(office, link(folder, name="二人目"))
    unopened = link(folder, name="一人目")

    done = haikei(folder, "auditor", "end", "--show", SHOW, "--name", "一人目")

    assert done.returncode == 0 and "2 links" in done.stdout
    assert (is_in(theirs, office), is_in(others, office), is_in(enter(office, unopened), office)) == (False, True, False)


def test_who_let_whom_in_can_be_told_afterwards(folder: Path, office: Office) -> None:
    enter(office, link(folder, name="あとで聞く"))
    haikei(folder, "auditor", "end", "--show", SHOW, "--name", "あとで聞く")

    with office.studio.engine.connect() as connection:
        given = next(each for each in links.given_links(connection, WebRole.AUDITOR) if each.who.name == "あとで聞く")
        by = people.names(connection, {given.made_by})[given.made_by].name
    listed = haikei(folder, "auditor", "list")

    assert (by, given.who.shows) == ("制作 進", frozenset({SHOW}))
    assert given.used_at is not None and given.ended_at is not None
    assert listed.returncode == 0 and "あとで" in listed.stdout


def test_what_an_auditor_takes_out_is_told_of_them(folder: Path, office: Office) -> None:
    auditor = enter(office, link(folder, name="監査 花子"))
    page = ask(office, auditor, show=SHOW)

    file = auditor.post(page.url, data={"token": token_of(page), "form": ".json"}, timeout=60)

    assert file.status_code == 200
    with office.studio.engine.connect() as connection:
        entry = [entry for _, entry in log.read(connection, kinds=[Kind.REPORT_EXPORTED])][-1]
        assert (entry.actor.kind, people.names(connection, {entry.actor.ref})[entry.actor.ref].name) == (ActorKind.HUMAN, "監査 花子")


def test_an_auditor_whose_name_is_erased_is_signed_out_and_nobody(folder: Path, office: Office) -> None:
    auditor = enter(office, link(folder, name="監査 次郎"))
    page = ask(office, auditor, show=SHOW)
    auditor.post(page.url, data={"token": token_of(page), "form": ".json"}, timeout=60)

    done = haikei(folder, "person", "forget", "監査 次郎", "--show", SHOW, "--apply")

    assert done.returncode == 0, done.stderr
    with office.studio.engine.connect() as connection:
        kept = [str(connection.execute(sa.text(f"SELECT * FROM {table}")).all()) for table in ("haikei_session", "haikei_sign_in_link")]
        entry = [entry for _, entry in log.read(connection, kinds=[Kind.REPORT_EXPORTED])][-1]
        assert people.names(connection, {entry.actor.ref})[entry.actor.ref] == people.ERASED
    assert "監査 次郎" not in "".join(kept)
    assert not is_in(auditor, office)


def test_a_link_after_its_day_opens_nothing(office: Office) -> None:
    made, now = datetime.now(UTC) - timedelta(days=15), datetime.now(UTC)
    who = SignedIn(name="外部 監査", roles=frozenset({WebRole.AUDITOR}), shows=frozenset({SHOW}))
    with office.studio.engine.begin() as connection:
        late = links.make_link(connection, who, now=made, open_until=now - timedelta(seconds=1), session_until=now)

    assert not is_in(enter(office, late), office)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("link", "外部", "--show", "知らない作品", "--by", "制作 進"), "no show called"),
        (("link", "外部", "--show", SHOW, "--by", "知らない人"), "知らない人"),
        (("link", "外部", "--show", SHOW, "--by", "制作 進", "--days", "91"), "90"),
    ],
)
def test_a_link_for_nothing_by_nobody_or_for_ever_is_not_made(folder: Path, office: Office, arguments: tuple[str, ...], said: str) -> None:
    done = haikei(folder, "auditor", *arguments)

    assert done.returncode != 0
    assert said in done.stderr and "#code" not in done.stdout


def test_everybody_can_be_signed_out_at_once(folder: Path, office: Office) -> None:
    auditor = enter(office, link(folder))

    done = haikei(folder, "sessions", "end")

    assert done.returncode == 0
    assert not is_in(auditor, office)
