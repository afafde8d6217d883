"""People see everything recorded of them, put it right, take it along; and nothing of anybody else."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import requests
import sqlalchemy as sa

from integration.ledger import log, people, tables
from integration.ledger.people import Naming
from integration.ledger.vocabulary import Kind
from integration.reports.facts import facts, follow
from integration.web.links import make_link
from integration.web.rights import WebRole
from integration.web.sessions import SignedIn
from integration.workflow.statements import refs_in
from tests.random_show import random_show
from tests.unit.web.conftest import Office, opened
from tests.unit.web.test_sign_in import enter

SHOW = "海辺の町"


@dataclass(frozen=True)
class Told:
    """An office with a random show, and one of its background artists."""

    office: Office
    person: str
    ref: str


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    for office in opened(tmp_path_factory.mktemp("office"), sign_ins_per_minute=10_000):
        with office.studio.engine.begin() as connection:
            random_show(connection, seed=4, shots=60)
        follow(office.studio.engine)
        busiest = sa.select(facts.c.actor).where(
            facts.c.kind == Kind.REVISION_SUBMITTED.value, facts.c.actor.in_(sa.select(tables.people.c.ref))
        )
        busiest = busiest.where(facts.c.actor_kind == "human").group_by(facts.c.actor).order_by(sa.func.count().desc()).limit(1)
        with office.studio.engine.connect() as connection:
            row = connection.execute(sa.select(tables.people).where(tables.people.c.ref.in_(busiest))).one()
        yield Told(office, row.tracker_person_id, row.ref)


@pytest.fixture
def artist(told: Told) -> requests.Session:
    return enter_as(told, told.person)


def enter_as(told: Told, person: str) -> requests.Session:
    now = datetime.now(UTC)
    who = SignedIn(name="わたし", person=person, roles=frozenset({WebRole.ARTIST}))
    with told.office.studio.engine.begin() as connection:
        code = make_link(connection, who, now=now, open_until=now + timedelta(minutes=5), session_until=now + timedelta(hours=1))
    return enter(told.office, code)


def at(told: Told, path: str) -> str:
    return told.office.browser.address + path


def token_of(page: requests.Response) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page.text)
    assert found, page.text[:400]
    return found.group(1)


def about(told: Told) -> set[int]:
    """Indexes of every entry about the artist, read from the entries themselves."""
    with told.office.studio.engine.connect() as connection:
        return {index for index, entry in log.read(connection) if told.ref in refs_in(entry)}


def send(told: Told, browser: requests.Session, path: str, **form: str) -> requests.Response:
    token = token_of(browser.get(at(told, "/mine"), timeout=30))
    return browser.post(at(told, path), data={"token": token, **form}, timeout=30)


def one(told: Told, kind: Kind) -> int:
    """An entry of `kind` that the artist did."""
    with told.office.studio.engine.connect() as connection:
        return next(index for index, entry in log.read(connection, kinds=[kind]) if entry.actor.ref == told.ref)


def test_everything_about_a_person_is_on_their_pages_and_nothing_else(told: Told, artist: requests.Session) -> None:
    seen: set[int] = set()
    for page in range(1, 20):
        text = artist.get(at(told, f"/mine?page={page}"), timeout=30).text
        seen |= {int(index) for index in re.findall(r'href="/mine/(\d+)"', text)}

    assert seen == about(told)
    assert len(seen) > 20


def test_another_person_s_entries_do_not_open_by_their_number(told: Told, artist: requests.Session) -> None:
    with told.office.studio.engine.connect() as connection:
        every = range(log.size(connection))
    theirs = set(every) - about(told)

    opened_ones = {index for index in sorted(theirs)[:150] if artist.get(at(told, f"/mine/{index}"), timeout=30).status_code != 404}

    assert opened_ones == set()


@pytest.mark.parametrize("index", ["-1", "1e9", "99999999999999999999", "%00", "..%2f..", "0x1", "１"])
def test_what_is_no_number_opens_nothing(told: Told, artist: requests.Session, index: str) -> None:
    assert artist.get(at(told, f"/mine/{index}"), timeout=30).status_code == 404


def test_a_correction_is_written_once_however_often_it_is_sent(told: Told, artist: requests.Session) -> None:
    index = one(told, Kind.REVISION_SUBMITTED)
    for _ in range(2):
        assert send(told, artist, f"/mine/{index}/correction", words="<b>違います</b>").status_code == 200

    with told.office.studio.engine.connect() as connection:
        entries = [entry for _, entry in log.read(connection, kinds=[Kind.CORRECTION]) if entry.corrects == index]
    assert [entry.actor.ref for entry in entries][-1:] == [told.ref]
    assert len([entry for entry in entries if entry.actor.ref == told.ref]) == 1


def test_nobody_corrects_what_is_said_of_another(told: Told, artist: requests.Session) -> None:
    index = min(set(range(50)) - about(told))

    assert send(told, artist, f"/mine/{index}/correction", words="違います").status_code == 404


def test_a_correction_without_words_is_told(told: Told, artist: requests.Session) -> None:
    answer = send(told, artist, f"/mine/{one(told, Kind.REVISION_SUBMITTED)}/correction", words="  ")

    assert (answer.status_code, 'role="alert"' in answer.text) == (400, True)


def test_a_person_states_how_they_worked(told: Told, artist: requests.Session) -> None:
    index = one(told, Kind.REVISION_SUBMITTED)
    send(told, artist, f"/mine/{index}/statement", claim_painted_by_hand="yes", tool="Clip Studio Paint")

    with told.office.studio.engine.connect() as connection:
        about_it = log.read(connection, first=index, end=index + 1)
        (_, revision) = next(about_it)
        said = [entry for _, entry in log.read(connection, kinds=[Kind.STATEMENT_SIGNED]) if entry.asset == revision.asset]
    assert said[-1].actor.ref == told.ref
    assert said[-1].statement is not None and said[-1].statement.tool == "Clip Studio Paint"


def test_a_statement_without_a_claim_is_told(told: Told, artist: requests.Session) -> None:
    assert send(told, artist, f"/mine/{one(told, Kind.REVISION_SUBMITTED)}/statement").status_code == 400


def test_a_person_declines_to_be_named_and_takes_it_back(told: Told, artist: requests.Session) -> None:
    namings = []
    for declined in ("yes", "no"):
        send(told, artist, "/mine/naming", declined=declined)
        with told.office.studio.engine.connect() as connection:
            namings.append(people.names(connection, {told.ref})[told.ref].naming)

    assert namings == [Naming.DECLINED, Naming.NAMED]


def test_the_download_holds_every_entry_in_full(told: Told, artist: requests.Session) -> None:
    answer = send(told, artist, "/mine/download")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as pack:
        record = json.loads(pack.read("record.json"))
    assert {each["index"] for each in record} == about(told)


def test_a_form_of_another_session_does_not_count(told: Told, artist: requests.Session) -> None:
    theirs = token_of(enter_as(told, told.person).get(at(told, "/mine"), timeout=30))

    answer = artist.post(at(told, "/mine/naming"), data={"token": theirs, "declined": "yes"}, timeout=30)

    assert answer.status_code == 403


def test_somebody_the_tracker_does_not_know_sees_no_record(told: Told) -> None:
    stranger = enter_as(told, "")

    page = stranger.get(at(told, "/mine"), timeout=30)

    assert "トラッカーの誰なのか" in page.text
    assert 'href="/mine/' not in page.text


def test_own_hours_are_shown_and_nobody_else_s(told: Told, artist: requests.Session) -> None:
    text = artist.get(at(told, "/mine"), timeout=30).text
    section = text[text.index('id="hours"') :]
    with told.office.studio.engine.connect() as connection:
        logged = {index for index, entry in log.read(connection, kinds=[Kind.TIME_LOGGED]) if told.ref in refs_in(entry)}

    assert {int(index) for index in re.findall(r'href="/mine/(\d+)"', section)} == logged
