"""The page of a cut: its pictures, its entries and their proof, for those who may see the show, and nobody's hours."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import sqlalchemy as sa
import urllib3
from PIL import Image

from integration.ledger import heads, keys, people
from integration.ledger.checkpoint import read_proof
from integration.ledger.entry import Asset, Flag, Time
from integration.ledger.vocabulary import Kind, Role, TimeSource
from integration.web.sight import Sight
from tests.board_show import BoardShow, version_ref
from tests.unit.web.conftest import Office, opened
from tests.unit.web.test_board import SIGHTS, ask, gate

SHOW, OTHER = "海辺の町", "別の作品"


@dataclass
class Told:
    """An office whose record holds cuts of two shows, and a signed head."""

    office: Office
    folder: Path
    story: Mapping[str, Any]
    other: Mapping[str, Any]
    indexes: Mapping[str, int]

    def sign(self) -> None:
        """Sign the record as it stands."""
        with self.office.studio.engine.begin() as connection:
            heads.sign_head(connection, keys.open_signer(connection, self.folder), datetime.now(UTC))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    yield from telling(tmp_path_factory.mktemp("shot"))


def telling(folder: Path) -> Iterator[Told]:
    for office in opened(folder, gate=gate, requests_per_minute=100_000):
        with office.studio.engine.begin() as connection:
            show = BoardShow(connection, office.studio.storage)
            story, indexes = show.whole_story(10), personal(show)
            show.layout(11)
            show.write(Kind.LAYOUT_DRAWN, 11, shots=("c011B",), asset=Asset(sha256="0e" * 32))
            other = BoardShow(connection, office.studio.storage, show=OTHER).whole_story(10)
            keys.create(connection, folder / "keys", "studio.example/haikei")
            SIGHTS["umi"] = Sight(shows=frozenset({SHOW}), own=frozenset({show.person("青木 海")}))
        written = Told(office, folder / "keys", story, other, indexes)
        written.sign()
        yield written


def personal(show: BoardShow) -> dict[str, int]:
    """Entries that are not for everybody."""
    artist = show.human("青木 海", Role.BACKGROUND_ARTIST)
    time = Time(minutes=777, source=TimeSource.SELF, confirmed=True)
    return {
        "hours": show.write(Kind.TIME_LOGGED, 10, actor=artist, time=time),
        "flag": show.write(
            Kind.FLAG_RAISED, 10, asset=Asset(sha256="ab" * 32), flag=Flag(reason="undeclared_ai"), tracker=version_ref(4711)
        ),
    }


def page(told: Told, cut: str = "c010", person: str = "coordinator", *, show: str = SHOW, **more: str) -> urllib3.BaseHTTPResponse:
    return ask(told.office, f"/shot?{urlencode({'cut': cut, 'show': show, **more})}", person)


def alert(answer: urllib3.BaseHTTPResponse) -> list[str]:
    return re.findall(r'role="alert">(.*?)</p>', answer.data.decode())


def pictures(html: str) -> list[str]:
    return list(dict.fromkeys(unescape(path) for path in re.findall(r'<img src="([^"]+)"', html)))


def verify(told: Told, person: str = "coordinator", cut: str = "c010") -> str:
    body = urlencode({"cut": cut, "show": SHOW})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Test-Person": person, "HX-Request": "true", "Accept-Language": "en"}
    answer = urllib3.request("POST", f"{told.office.browser.address}/shot/verify", body=body, headers=headers, timeout=60)
    return answer.data.decode()


def test_the_story_is_told_in_pictures_that_are_there(told: Told) -> None:
    html = page(told).data.decode()
    found = pictures(html)

    assert [re.findall(r'<li class="(\w+)">\n<figure>', html)] == [["genzu", "draft", "draft", "revision", "final"]]
    assert len(found) >= 8
    for path in found:
        answer = ask(told.office, path)
        assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg"), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert Image.open(io.BytesIO(answer.data)).size == (320, 180)


def test_the_final_is_compared_with_the_draft_it_comes_from(told: Told) -> None:
    pair = re.search(r'<div class="pair">(.*?)</div>', page(told).data.decode(), re.DOTALL)

    assert pair is not None
    left, right = pictures(pair[1])
    assert told.story["drafts"][0] in left and told.story["final"] in right


def test_every_entry_it_names_can_be_read(told: Told) -> None:
    named = set(re.findall(r'href="(/entries/\d+)"', page(told).data.decode()))

    assert len(named) >= 14
    assert {ask(told.office, path).status for path in named} == {200}


def test_statement_and_correction_stand_side_by_side(told: Told) -> None:
    html = page(told).data.decode()

    assert "空は描き直しました" in html and "雲は撮影で足しました" in html
    assert f"#{told.story['correction']}" in html


def test_nobody_s_hours_are_shown(told: Told) -> None:
    html = re.sub(r"[0-9a-f]{12,64}", "", page(told).data.decode())

    assert "Logged. Whose and how many is kept" in html
    assert "384" not in html and "777" not in html and f"/entries/{told.indexes['hours']}" not in html


def test_hours_are_read_by_their_person_alone(told: Told) -> None:
    path = f"/entries/{told.indexes['hours']}"

    for person in ("coordinator", "sea"):
        for end in ("", "/json", "/proof"):
            answer = ask(told.office, path + end, person)
            assert answer.status == 403 and b"777" not in answer.data
    assert b"777" in ask(told.office, path + "/json", "umi").data


def test_a_question_is_for_those_who_were_asked(told: Told) -> None:
    answer = ask(told.office, f"/entries/{told.indexes['flag']}")

    assert answer.status == 403 and b"undeclared_ai" not in answer.data


def test_entry_and_proof_are_enough_for_an_outsider(told: Told) -> None:
    path = f"/entries/{told.story['approved']}"

    body, proof = ask(told.office, f"{path}/json"), ask(told.office, f"{path}/proof")

    assert read_proof(proof.data).index == told.story["approved"]
    assert read_proof(proof.data).fits(body.data)
    assert not read_proof(proof.data).fits(body.data + b" ")
    assert proof.headers["Content-Disposition"].endswith('.tlog-proof"')


@pytest.mark.parametrize("index", ["999999", "-1", "1.5", "9" * 30, "x", "%00", "٣", "18446744073709551616"])
def test_an_entry_that_is_none_is_not_there(told: Told, index: str) -> None:
    assert ask(told.office, f"/entries/{quote(index, safe='%')}").status == 404


def test_another_show_s_entries_and_pictures_are_not_there(told: Told) -> None:
    index, final = told.other["approved"], told.other["final"]

    absent = ask(told.office, "/entries/999999", "sea")
    for path in (f"/entries/{index}", f"/entries/{index}/json", f"/entries/{index}/proof"):
        answer = ask(told.office, path, "sea")
        assert answer.status == 404
        assert OTHER not in answer.data.decode()
    assert alert(ask(told.office, f"/entries/{index}", "sea")) == alert(absent)
    assert ask(told.office, f"/entries/{index}/pictures/{final}/small", "sea").status == 404
    assert ask(told.office, f"/entries/{index}/pictures/{final}/small").status == 200


def test_a_picture_is_shown_only_by_an_entry_that_speaks_of_it(told: Told) -> None:
    own, other = told.story["approved"], told.other["final"]

    for sha256 in (other, "0" * 64, "..%2f..%2fhaikei.toml", told.story["final"].upper(), told.story["final"][:12]):
        assert ask(told.office, f"/entries/{own}/pictures/{sha256}/small", "sea").status == 404
    assert ask(told.office, f"/entries/{own}/pictures/{told.story['final']}/huge").status == 404


def test_a_report_s_picture_is_shown_to_those_who_see_a_show_it_is_of(told: Told) -> None:
    own, other = told.story["final"], told.other["final"]

    assert ask(told.office, f"/pictures/{own}/small", "sea").headers["Content-Type"] == "image/jpeg"
    assert [ask(told.office, f"/pictures/{sha256}/small", "sea").status for sha256 in (other, "0" * 64, "", "..%2fx")] == [404] * 4
    assert ask(told.office, f"/pictures/{other}/small").status == 200
    assert ask(told.office, f"/pictures/{'ab' * 32}/small").status == 404  # a flag's


@pytest.mark.parametrize(
    "data",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<html><script>alert(1)</script></html>",
        b"",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 60,
        b"%PDF-1.7",
    ],
)
def test_what_is_no_picture_is_not_served(told: Told, data: bytes) -> None:
    with told.office.studio.engine.begin() as connection:
        sha256 = told.office.studio.storage.put(data, media_type="image/svg+xml").sha256
        show = BoardShow(connection, told.office.studio.storage)
        index = show.write(Kind.LAYOUT_DRAWN, 50, asset=Asset(sha256=sha256))

    for _ in range(2):
        answer = ask(told.office, f"/entries/{index}/pictures/{sha256}/large")
        assert answer.status == 404 and answer.data == b""


def test_a_cut_of_several_shows_is_asked_for_again(told: Told) -> None:
    several, one = page(told, show="").data.decode(), page(told, "c010", "sea", show="").data.decode()

    assert "Which cut?" in several and SHOW in several and OTHER in several
    assert "In pictures" in one and OTHER not in one


@pytest.mark.parametrize("cut", ["c999", "", "x" * 5000, "c010' OR 1=1 --", "\u202ec010", "<script>"])
def test_a_cut_without_a_record_is_refused_plainly(told: Told, cut: str) -> None:
    answer = page(told, cut)

    assert answer.status == 404
    assert "Nothing is recorded of such a cut" in answer.data.decode()
    assert "<script>alert" not in answer.data.decode()


def test_another_show_s_cut_is_refused_as_one_that_is_not(told: Told) -> None:
    assert page(told, "c010", "sea", show=OTHER).status == 404
    assert page(told, "c010", show=SHOW, episode="ep99").status == 404


def test_a_renamed_cut_says_both_names(told: Told) -> None:
    old, new = page(told, "c011").data.decode(), page(told, "c011B").data.decode()

    assert "This cut was renamed" in old and "cut=c011B" in old
    assert "Earlier called" in new and "renamed" not in new


def test_verify_now_follows_every_entry_to_the_head(tmp_path: Path) -> None:
    for told in telling(tmp_path):
        first = verify(told)
        with told.office.studio.engine.begin() as connection:
            BoardShow(connection, told.office.studio.storage).hand_in(10, "青木 海", version=7)
        newer = verify(told)
        told.sign()
        signed = verify(told)
        with told.office.studio.engine.begin() as connection:
            values = {"idx": told.story["statement"]}
            edit = "UPDATE ledger_entry SET body = CAST(replace(CAST(body AS TEXT), 'painted_by_hand', 'graded_only') AS BLOB) WHERE idx = :idx"
            connection.execute(sa.text(edit), values)
        forged = verify(told)

    assert "it holds" in first and "it holds" in signed
    assert "1 are under no checkpoint yet" in newer and "it holds" not in newer
    assert "It does not hold" in forged and f"#{told.story['statement']}" in forged and "it holds." not in forged


def test_a_form_of_another_site_verifies_nothing(told: Told) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Test-Person": "coordinator", "Sec-Fetch-Site": "cross-site"}
    answer = urllib3.request("POST", f"{told.office.browser.address}/shot/verify", body="cut=c010", headers=headers)

    assert answer.status == 403


def test_erased_names_and_words_are_gone_from_the_page(tmp_path: Path) -> None:
    for told in telling(tmp_path):
        before = page(told).data.decode()
        with told.office.studio.engine.begin() as connection:
            person_id = people.id_of(connection, next(iter(SIGHTS["umi"].own)))
            people.erase(connection, person_id)
            connection.execute(sa.text("DELETE FROM ledger_text"))
        after = page(told).data.decode()

    assert "青木 海" in before and "手前をもう少し暗く" in before
    assert "青木 海" not in after and "手前をもう少し暗く" not in after
    assert "(name erased)" in after and "(words erased)" in after
