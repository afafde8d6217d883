"""The board: every background in the state that counts, filtered, live, and never of a show somebody may not see."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import urllib3
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from integration.ledger.entry import Asset
from integration.ledger.vocabulary import Kind
from integration.web.board import words
from integration.web.board.rows import State
from integration.web.pages import NavItem, Onlooker
from integration.web.sight import Sight
from integration.web.visit import Visit
from integration.workflow.rounds import DraftState
from tests.board_show import BoardShow
from tests.unit.web.conftest import Office, opened

SIGHTS: dict[str, Sight] = {
    "coordinator": Sight(shows=None, others=True),
    "sea": Sight(shows=frozenset({"海辺の町"})),
}


async def gate(request: Request) -> Visit | Response:
    """People say who they are; how that is proved is tested elsewhere."""
    sight = SIGHTS.get(request.headers.get("x-test-person", request.cookies.get("test-person", "")))
    if sight is None:
        return PlainTextResponse("sign in", status_code=401)
    return Visit(onlooker=Onlooker(name="試験 さん", nav=(NavItem(path="/", words=words.TITLE),)), sight=sight)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    for office in opened(tmp_path_factory.mktemp("board"), gate=gate, requests_per_minute=100_000):
        write_production(office)
        wait_for(partial(shows, office, "c014"))
        yield office


def shows(office: Office, cut: str) -> bool:
    return cut in states(ask(office, "/"))


def wait_for(holds: Callable[[], bool], *, patience_s: float = 20.0) -> None:
    """Wait until something holds, as somebody at the screen would."""
    until_s = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < until_s, "it never came"
        time.sleep(0.1)


def write_production(office: Office) -> None:
    with office.studio.engine.begin() as connection:
        sea = BoardShow(connection, office.studio.storage)
        write_states(sea)
        other = BoardShow(connection, office.studio.storage, show="別の作品", episode="", people={})
        other.layout(1)


def write_states(show: BoardShow) -> None:
    """Cuts 1 to 14, each in a state of its own."""
    show.hold(1, "genzu", "No BG genzu on the approved layout task: attach one as a Version.")
    show.hold(2, "policy", "AI use is not allowed for ep01.")
    for number, state in ((3, DraftState.QUEUED), (4, DraftState.RENDERING), (5, DraftState.FAILED)):
        show.layout(number)
        show.round(number, state, reason="the store does not answer" if state is DraftState.FAILED else "")
    show.deliver(6)
    show.deliver(7, to="青木 海")
    revision = show.hand_in(8, "青木 海")
    revision = show.hand_in(9, "中村 陸")
    show.decide(9, Kind.REVISION_RETAKE, revision)
    show.whole_story(10)
    show.round(11, DraftState.CANCELLED, reason="The shot was omitted.")
    show.round(12, DraftState.SUPERSEDED, reason="The layout's approval was withdrawn.")
    show.hold(13, "no_draft", "Painted from layout.")
    show.deliver(14, part="BOOK1", to="中村 陸")


def ask(office: Office, path: str, person: str = "coordinator", **headers: str) -> urllib3.BaseHTTPResponse:
    told = {"X-Test-Person": person, "Accept-Language": "en", **headers}
    return urllib3.request("GET", f"{office.browser.address}{path}", headers=told, retries=False, redirect=False, timeout=30)


def states(page: urllib3.BaseHTTPResponse) -> dict[str, str]:
    """Words of each row's state by the row's cut."""
    rows = re.findall(
        r'<th role="rowheader".*?<bdi[^>]*>(.*?)</bdi>.*?<td role="cell" class="state"><span[^>]*>(.*?)</span>',
        page.data.decode(),
        re.DOTALL,
    )
    return dict(rows)


@pytest.mark.parametrize(
    ("number", "state"),
    [
        (1, State.WAITING),
        (2, State.REFUSED),
        (3, State.QUEUED),
        (4, State.RENDERING),
        (5, State.STOPPED),
        (6, State.DELIVERED),
        (7, State.WITH_ARTIST),
        (8, State.WITH_ARTIST),
        (9, State.RETAKE),
        (10, State.FINAL),
        (11, State.OMITTED),
        (12, State.WAITING),
        (13, State.WITH_ARTIST),
        (14, State.WITH_ARTIST),
    ],
)
def test_each_background_is_in_the_state_that_counts(office: Office, number: int, state: State) -> None:
    found = states(ask(office, "/?show=海辺の町"))

    assert found[f"c{number:03d}"] == words.STATES[state].en


def test_a_reason_stands_beside_what_waits_or_is_refused(office: Office) -> None:
    page = ask(office, "/").data.decode()

    assert "attach one as a Version" in page
    assert "AI use is not allowed for ep01." in page


def test_nobody_sees_a_show_they_have_no_part_in(office: Office) -> None:
    for query in ("", "show=別の作品", "cut=c001", "state=waiting&page=99"):
        page = ask(office, f"/?{query}", "sea").data.decode()

        assert page.count("別の作品") <= query.count("別の作品")  # what they typed themselves


def test_without_a_name_there_is_no_board(office: Office) -> None:
    assert ask(office, "/", "nobody").status == 401
    assert ask(office, "/board/changes", "nobody").status == 401


def person(office: Office, name: str) -> str:
    """The value of the person in the board's filter."""
    options = re.findall(r'<option dir="auto"[^>]*value="([^"]+)">([^<]+)</option>', ask(office, "/").data.decode())
    return str(next(value for value, label in options if label == name))


@pytest.mark.parametrize(
    ("query", "cuts"),
    [
        ("state=retake", {"c009"}),
        ("cut=C01", {"c010", "c011", "c012", "c013", "c014"}),
        ("show=海辺の町&episode=ep02", set()),
        ("state=nonsense&cut=c009&page=-1", {"c009"}),
        ("cut=c009&page=999999", {"c009"}),
        ("cut=c009&page=" + "9" * 400, {"c009"}),
        ("cut=" + "x" * 5000, set()),
    ],
)
def test_a_filter_finds_what_fits_it(office: Office, query: str, cuts: set[str]) -> None:
    assert set(states(ask(office, f"/?{quote(query, safe='=&')}"))) == cuts


def test_a_person_finds_what_is_with_them(office: Office) -> None:
    assert set(states(ask(office, f"/?person={person(office, '中村 陸')}"))) == {"c009", "c014"}


def test_nobody_s_cuts_are_counted(office: Office) -> None:
    page = ask(office, f"/?person={person(office, '中村 陸')}").data.decode()

    assert 'class="states"' not in page
    assert "of 2" not in page


def test_an_artist_asks_for_nobody_else_s_cuts(office: Office) -> None:
    other = person(office, "中村 陸")

    page = ask(office, f"/?person={other}", "sea")

    assert 'name="person"' not in page.data.decode()
    assert {"c007", "c009", "c014"} <= set(states(page))


def test_what_changes_is_told_to_whoever_listens(office: Office) -> None:
    with listening(office, "/board/changes") as stream:
        assert b"text/event-stream" in stream.until(b"\r\n\r\n")
        stream.until(b"event: changed")
        with office.studio.engine.begin() as connection:
            BoardShow(connection, office.studio.storage).layout(40)

        stream.until(b"event: changed")

    assert states(ask(office, "/?cut=c040")) == {"c040": "Waiting"}


def test_who_knows_the_newest_revision_is_told_nothing_yet(office: Office) -> None:
    known = re.findall(r"changes\?after=(\d+)", ask(office, "/").data.decode())[0]

    with listening(office, f"/board/changes?after={known}") as stream:
        first = stream.until(b":\n\n")

    assert b"event:" not in first


def test_a_listener_that_leaves_is_forgotten(office: Office) -> None:
    for _ in range(300):  # more than may listen at once
        with listening(office, "/board/changes") as stream:
            assert b" 200 " in stream.until(b"\r\n")


def test_a_stream_ends_with_the_pages(tmp_path: Path) -> None:
    for office in opened(tmp_path, gate=gate):
        stream = listening(office, "/board/changes")
        stream.until(b"event: changed")

    with stream:
        assert stream.is_at_end()


def test_the_list_alone_is_what_a_listener_fetches(office: Office) -> None:
    piece = ask(office, "/", **{"HX-Request": "true"}).data.decode()

    assert "<html" not in piece and 'class="board"' in piece


def test_names_that_hold_markup_or_directions_stay_text(office: Office) -> None:
    with office.studio.engine.begin() as connection:
        show = BoardShow(connection, office.studio.storage, show="<script>alert(1)</script>", episode="\u202eep")
        show.person("<b onclick=x>名", person_id="HumanUser:666")
        show.hand_in(60, "<b onclick=x>名")
        show.write(Kind.LAYOUT_DRAWN, 61, shots=("c" * 200,), asset=Asset(sha256="0e" * 32))
    wait_for(partial(shows, office, "c060"))

    page = ask(office, "/").data.decode()

    assert "<script>alert" not in page and "<b onclick" not in page
    assert "&lt;b onclick=x&gt;" in page
    assert "c" * 60 not in re.sub(r'(title|href)="[^"]*"', "", page)


class Stream:
    """A listener's end of a stream."""

    def __init__(self, office: Office, path: str) -> None:
        parts = urlsplit(office.browser.address)
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30)
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Test-Person: coordinator\r\n\r\n"
        self._socket.sendall(request.encode())
        self._unread = b""

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def is_at_end(self) -> bool:
        """Whether nothing more comes."""
        while more := self._socket.recv(65_536):
            self._unread += more
        return True

    def until(self, mark: bytes) -> bytes:
        """What came up to `mark`."""
        while mark not in self._unread:
            more = self._socket.recv(65_536)
            assert more, "the stream ended"
            self._unread += more
        told, _, self._unread = self._unread.partition(mark)
        return told + mark


def listening(office: Office, path: str) -> Stream:
    return Stream(office, path)
