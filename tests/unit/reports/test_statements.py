"""People say how they worked and correct what is said of them; both are appended, shown, and can lose their names."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typer.testing import CliRunner

from integration.cli.app import app
from integration.database import open_database
from integration.errors import LedgerError
from integration.ledger import heads, keys, log, people
from integration.ledger.check import check_log
from integration.ledger.entry import Actor, Asset, Entry, TrackerRef, milliseconds, new_id
from integration.ledger.vocabulary import ActorKind, Claim, Kind, Role
from integration.reports.shot_record import as_json, shot_record
from integration.reports.shot_text import shot_text
from integration.workflow.statements import Said, correct, forget, person_called, place_of, signed_bytes, state
from tests.unit.reports.conftest import REVISION, SHOW, START, Write

BY_HAND = Said(claims=(Claim.PAINTED_BY_HAND, Claim.DRAFT_NOT_USED), tool="Clip Studio Paint", words="空は塗り直しました😀\u2028ﾊﾟｽ直し")


@pytest.fixture
def artist(person: Callable[..., str], write: Write) -> str:
    """An artist who handed in a revision, entry 0."""
    ref = person("HumanUser:7", "背 景子", "Keiko Hai")
    write(
        Kind.REVISION_SUBMITTED,
        actor=Actor(kind=ActorKind.HUMAN, ref=ref, role=Role.BACKGROUND_ARTIST),
        asset=Asset(sha256=REVISION),
        tracker=TrackerRef(type="shotgrid", site_hash="0" * 64, version_id="500"),
    )
    return ref


def report(connection: sa.Connection) -> str:
    return shot_text(shot_record(connection, "c012", zone="Asia/Tokyo"))


def test_a_statement_stands_beside_the_work_and_is_written_once(connection: sa.Connection, artist: str) -> None:
    place = place_of(connection, "c012", version="500")

    first = state(connection, place, person=artist, said=BY_HAND)
    again = state(connection, place, person=artist, said=BY_HAND)
    changed = state(connection, place, person=artist, said=Said(claims=(Claim.TRACED,)))
    back = state(connection, place, person=artist, said=BY_HAND)

    assert first == again
    assert len({first, changed, back}) == 3
    told = report(connection)
    assert "How people say they worked" in told
    assert "draft not used, painted by hand, with Clip Studio Paint" in told
    assert "空は塗り直しました" in told
    data = as_json(shot_record(connection, "c012", zone="Asia/Tokyo"))
    assert [each["claims"] for each in data["statements"]][1] == ["traced"]
    assert data["statements"][0]["sha256"] == REVISION


def test_a_person_corrects_what_is_said_of_them_and_nothing_else(
    connection: sa.Connection, artist: str, person: Callable[..., str]
) -> None:
    stranger = person("HumanUser:8", "森 航")

    put = correct(connection, 0, person=artist, words="雲は先輩が描きました。")
    again = correct(connection, 0, person=artist, words="雲は先輩が描きました。")
    with pytest.raises(LedgerError, match="entry 0 is not about"):
        correct(connection, 0, person=stranger, words="私です")
    with pytest.raises(LedgerError, match="no entry 99"):
        correct(connection, 99, person=artist, words="x")

    assert put == again == 1
    told = report(connection)
    assert "put right by #1" in told
    assert "雲は先輩が描きました。" in told


def test_who_puts_it_down_for_somebody_is_recorded_beside_them(connection: sa.Connection, artist: str, person: Callable[..., str]) -> None:
    manager = person("HumanUser:9", "桜井 ひろ")

    state(connection, place_of(connection, "c012"), person=artist, said=Said(claims=(Claim.TRACED,)), told_by=manager)

    assert "背 景子 (Keiko Hai) of BG: traced, put down by 桜井 ひろ" in report(connection)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_people_are_found_by_any_of_their_names(connection: sa.Connection, person: Callable[..., str], form: Literal["NFC", "NFD"]) -> None:
    ref = person("HumanUser:3", normalize("NFD", "ガイ バゲット"), "Gaï Baguette")

    assert person_called(connection, normalize(form, "ガイ バゲット"), show=SHOW) == ref
    assert person_called(connection, normalize(form, "Gaï Baguette"), show=SHOW) == ref
    assert person_called(connection, "HumanUser:3", show=SHOW) == ref
    with pytest.raises(LedgerError, match="nobody called"):
        person_called(connection, "somebody else", show=SHOW)


def test_a_namesake_must_be_told_apart(connection: sa.Connection, person: Callable[..., str]) -> None:
    person("HumanUser:3", "佐藤 花")
    person("HumanUser:4", "佐藤 花")

    with pytest.raises(LedgerError, match="several people"):
        person_called(connection, "佐藤 花", show=SHOW)


def test_words_past_the_limit_and_unknown_places_are_refused(connection: sa.Connection, artist: str) -> None:
    place = place_of(connection, "c012")

    with pytest.raises(LedgerError, match="at most 4000"):
        state(connection, place, person=artist, said=Said(claims=(Claim.TRACED,), words="長" * 4001))
    with pytest.raises(LedgerError, match="no part BOOK9"):
        place_of(connection, "c012", part="BOOK9")
    with pytest.raises(LedgerError, match="no Version 1"):
        place_of(connection, "c012", version="1")
    assert state(connection, place, person=artist, said=Said(claims=(Claim.TRACED,), words="長" * 4000)) == 1


def test_forgetting_a_person_leaves_proofs_and_takes_names_and_words(connection: sa.Connection, artist: str, tmp_path: Path) -> None:
    state(connection, place_of(connection, "c012"), person=artist, said=BY_HAND)
    signer = keys.create(connection, tmp_path / "keys", "studio.example/haikei")
    heads.sign_head(connection, signer, START)

    references, told = forget(connection, "HumanUser:7", show=SHOW)

    assert (references, told) == (1, 1)
    assert check_log(connection).holds
    shown = report(connection)
    assert "(name erased)" in shown and "(words erased)" in shown
    assert "背 景子" not in shown and "空は" not in shown
    assert people.names(connection, [artist])[artist] is people.ERASED


def test_the_commands_show_first_then_write_sign_and_erase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "haikei.toml").write_text("")
    engine = open_database(f"sqlite:///{tmp_path / '.haikei' / 'haikei.sqlite'}")
    log.metadata.create_all(engine)
    with engine.begin() as opened:
        ref = people.person_ref(opened, show=SHOW, person_id="HumanUser:7", name="背 景子")
        log.append(opened, _drawn(ref), key="drawn")
    key, run = Ed25519PrivateKey.generate(), CliRunner()
    asked = ["person", "state", "背 景子", "--cut", "c012", "--claim", "painted_by_hand"]

    dry = run.invoke(app, [*asked, "--dry-run"])
    run.invoke(app, [*asked, "--to-sign", "said"])
    (tmp_path / "said.sig").write_bytes(key.sign((tmp_path / "said").read_bytes()))
    (tmp_path / "key.pem").write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    signed = [*asked, "--signature", "said.sig", "--public-key", "key.pem"]
    forged = run.invoke(app, [*signed, "--claim", "traced"])
    written = run.invoke(app, signed)
    kept = run.invoke(app, ["report", "shot", "c012", "--json"])
    corrected = run.invoke(app, ["person", "correct", "背 景子", "0", "--words", "違います"])
    would = run.invoke(app, ["person", "forget", "背 景子", "--show", SHOW])
    gone = run.invoke(app, ["person", "forget", "背 景子", "--show", SHOW, "--apply"])

    assert "Would be written: 背 景子 states of c012 BG: painted by hand." in dry.output
    assert isinstance(forged.exception, LedgerError) and "does not fit" in str(forged.exception)
    assert written.output.startswith("#1: 背 景子 states")
    assert json.loads(kept.output)["statements"][0]["claims"] == ["painted_by_hand"]
    assert corrected.output.startswith("#2: 背 景子 corrects #0")
    assert "--apply does it" in would.output
    assert "1 references and 1 texts erased" in gone.output
    assert "(name erased)" in run.invoke(app, ["report", "shot", "c012"]).output
    engine.dispose()
    assert not any("背 景子".encode() in file.read_bytes() for file in (tmp_path / ".haikei").iterdir() if file.is_file())


def _drawn(ref: str) -> Entry:
    return Entry(
        id=new_id(START),
        kind=Kind.LAYOUT_DRAWN,
        at_ms=milliseconds(START),
        recorded_ms=milliseconds(START),
        show=SHOW,
        shots=("c012",),
        background="Shot:1024",
        part="BG",
        actor=Actor(kind=ActorKind.HUMAN, ref=ref),
        asset=Asset(sha256=REVISION),
    )


def test_what_is_signed_names_everything_but_the_words(connection: sa.Connection, artist: str) -> None:
    place = place_of(connection, "c012", version="500")

    data = signed_bytes(place, BY_HAND)

    assert data.decode() == (
        f"haikei statement v1\n{SHOW}\nc012\nShot:1024 BG\n{REVISION}\ndraft_not_used painted_by_hand\nClip Studio Paint\n"
    )
