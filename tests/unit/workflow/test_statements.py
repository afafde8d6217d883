"""People say themselves how they worked and what of them is wrong; it is appended, shown beside what it concerns, and can be forgotten."""

import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from integration.cli import person as cli
from integration.cli.bundle import make_bundle
from integration.cli.keys import create_key
from integration.cli.report import show_shot
from integration.cli.verify import Question, verify
from integration.database import inbox, make_tables, open_database
from integration.errors import LedgerError
from integration.ledger import log, people, texts
from integration.ledger.entry import Actor, Asset, Decision, Entry, TrackerRef
from integration.ledger.vocabulary import ActorKind, Claim, Kind, Role, Verdict
from integration.settings import read_settings
from integration.workflow import statements
from integration.workflow.statements import Said
from tests.unit.ledger.record import entry

SHOW, PICTURE = "海辺の町", "5e" * 32
UMI, KEN = "青木 海", "森 健"
HAND = Said(claims=(Claim.PAINTED_BY_HAND, Claim.DRAFT_NOT_USED), tool="Clip Studio Paint", words="下書きは見ていません。")


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """A record in a working folder, with one revision by Umi."""
    monkeypatch.chdir(tmp_path)
    create_key(None, "studio.example/haikei")
    engine = open_database(read_settings().database_url())
    make_tables(engine, log.metadata)
    with engine.begin() as connection:
        umi = people.person_ref(connection, show=SHOW, person_id="HumanUser:3", name=UMI, name_en="Umi Aoki")
        people.person_ref(connection, show=SHOW, person_id="HumanUser:4", name=KEN)
        by = Actor(kind=ActorKind.HUMAN, ref=umi, role=Role.BACKGROUND_ARTIST)
        tracker = TrackerRef(type="shotgrid", site_hash="ab" * 32, version_id="777")
        revision = entry(kind=Kind.REVISION_SUBMITTED, actor=by, part="BG", asset=Asset(sha256=PICTURE), tracker=tracker)
        log.append(connection, revision, key="revision")
    return engine


def say(said: Said = HAND, *, person: str = UMI, told_by: str = "", dry_run: bool = False, version: str = "") -> None:
    asked = cli.Statement(
        cut="c012", show=None, episode=None, part="BG", version=version, claims=said.claims, tool=said.tool, words=said.words,
        to_sign=None, signature=None, public_key=None,
    )  # fmt: skip
    cli.state(None, person, asked, told_by=told_by, dry_run=dry_run)


def put_right(index: int = 0, *, person: str = UMI, words: str = "I only graded it.", field: str = "", told_by: str = "") -> None:
    cli.correct(None, person, index, words=words, field=field, told_by=told_by, dry_run=False)


def entries(engine: sa.Engine) -> list[Entry]:
    with engine.connect() as connection:
        return [each for _, each in log.read(connection)]


def report(capsys: pytest.CaptureFixture[str], *, as_json: bool = False) -> str:
    capsys.readouterr()
    show_shot(None, "c012", show=None, episode=None, as_json=as_json)
    return capsys.readouterr().out


def test_a_statement_is_appended_once_and_shown_with_its_words(engine: sa.Engine, capsys: pytest.CaptureFixture[str]) -> None:
    say()
    say()

    shown, plain = report(capsys), json.loads(report(capsys, as_json=True))
    assert [each.kind for each in entries(engine)] == [Kind.REVISION_SUBMITTED, Kind.STATEMENT_SIGNED]
    assert "draft not used, painted by hand" in shown
    assert "Clip Studio Paint" in shown
    assert "下書きは見ていません。" in shown
    assert plain["statements"][0]["claims"] == ["draft_not_used", "painted_by_hand"]


def test_who_changes_their_mind_says_it_again_and_both_stand(engine: sa.Engine) -> None:
    say()
    say(Said(claims=(Claim.TRACED,)))
    say()

    assert [each.statement.claims[0] for each in entries(engine)[1:] if each.statement] == [
        Claim.DRAFT_NOT_USED,
        Claim.TRACED,
        Claim.DRAFT_NOT_USED,
    ]


def test_a_statement_about_a_version_names_its_file(engine: sa.Engine) -> None:
    say(version="777")

    assert entries(engine)[1].asset == Asset(sha256=PICTURE)


def test_who_speaks_for_somebody_is_named_beside_them(engine: sa.Engine, capsys: pytest.CaptureFixture[str]) -> None:
    say(told_by=KEN)
    put_right(told_by=KEN)

    stated, corrected = entries(engine)[1:]
    assert stated.actor.ref == corrected.actor.ref != stated.on_behalf_of == corrected.on_behalf_of
    shown = report(capsys)
    assert f"put down by {KEN}" in shown


def test_a_correction_is_shown_beside_what_it_corrects_and_edits_nothing(engine: sa.Engine, capsys: pytest.CaptureFixture[str]) -> None:
    before = entries(engine)

    put_right(field="actor.role")
    put_right(field="actor.role")

    assert entries(engine)[:1] == before
    assert len(entries(engine)) == 2
    shown = report(capsys)
    assert "put right by #1" in shown
    assert "actor.role: I only graded it." in shown


@pytest.mark.parametrize(
    ("index", "person", "words", "field", "said"),
    [
        (0, KEN, "not so", "", "entry 0 is not about"),
        (9, UMI, "not so", "", "no entry 9"),
        (0, "Nobody", "not so", "", "nobody called"),
        (0, UMI, "  ", "", "without words"),
        (0, UMI, "not so", "actor.name", "holds no 'actor.name'"),
        (0, UMI, "x" * 4001, "", "at most 4000"),
        (2**63, UMI, "not so", "", "no entry"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(engine: sa.Engine, index: int, person: str, words: str, field: str, said: str) -> None:
    with pytest.raises(LedgerError, match=said):
        put_right(index, person=person, words=words, field=field)

    assert len(entries(engine)) == 1


@pytest.mark.parametrize("words", ["か\u3099", "が", "👩‍🎨", "ｶﾞ", "a\u2028b", "x" * 4000])
def test_words_are_kept_as_they_were_said(engine: sa.Engine, words: str) -> None:
    say(Said(claims=(Claim.TRACED,), tool=words[:40], words=words))
    say(Said(claims=(Claim.TRACED,), tool=words[:40], words=words))

    (_, stated) = entries(engine)
    with engine.connect() as connection:
        assert texts.reveal(connection, stated.note_commit) == words


def test_who_is_forgotten_is_gone_from_everywhere_and_every_proof_holds(
    engine: sa.Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    say()
    put_right(words=f"{UMI} graded it")
    event = json.dumps({"kind": "VersionCreated", "by": {"id": "HumanUser:3", "name": UMI, "kind": "human"}}, ensure_ascii=False)
    with engine.begin() as connection:
        values = {"site": "s", "event_id": "1", "event_order": 1, "at_ms": 1, "seen_ms": 1, "body": event}
        connection.execute(sa.insert(inbox).values(values))
        told_of = texts.commit_text(connection, f"allowed by {UMI}")

    cli.forget(None, UMI, show=SHOW, apply=False)
    assert UMI in report(capsys)
    cli.forget(None, UMI, show=SHOW, apply=True)

    make_bundle(None, tmp_path / "pack.zip", show=SHOW, shot=None, with_names=True)
    capsys.readouterr()
    verify(None, None, Question(shot="c012"))
    verify(None, tmp_path / "pack.zip", Question())
    said = capsys.readouterr().out + report(capsys) + report(capsys, as_json=True)
    assert "BROKEN" not in said
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        packed = b"".join(pack.read(name) for name in pack.namelist())
    files = b"".join(file.read_bytes() for file in (tmp_path / ".haikei").rglob("*") if file.is_file())
    everything = said.encode() + packed + files
    gone = (UMI, "Umi Aoki", "下書きは見ていません。", "graded it")
    assert [name for name in gone if name.encode() in everything or name.encode("unicode-escape") in everything] == []
    assert "(name erased)" in said
    with engine.connect() as connection:
        assert texts.reveal(connection, told_of) is None
        assert KEN in {each.name for each in people.names(connection, {statements.person_called(connection, KEN, show=SHOW)}).values()}


def test_an_exported_report_is_an_entry_and_verify_names_later_corrections(
    engine: sa.Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "c012.json"
    show_shot(None, "c012", show=None, episode=None, as_json=True, out=out, person=KEN)
    exported = entries(engine)[1]

    verify(None, None, Question(report=out))
    before = capsys.readouterr().out
    put_right()
    verify(None, None, Question(report=out))
    after = capsys.readouterr().out
    out.write_text(out.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(SystemExit):
        verify(None, None, Question(report=out))

    assert (exported.kind, exported.report, exported.shots) == (Kind.REPORT_EXPORTED, "shot", ("c012",))
    assert exported.asset is not None
    assert exported.asset.media_type == "application/json"
    assert "entry 1, report.exported" in before
    assert "Nothing the report c012.json tells of was put right since" in before
    assert "put right since: entry 0 by entry 2" in after
    assert "No entry here knows the report c012.json" in capsys.readouterr().out


def test_a_word_that_is_heard_late_counts_from_when_it_was_said() -> None:
    said = [(Verdict.USED, 3000), (Verdict.NOT_USED, 1000), (Verdict.PARTLY_USED, 2000)]
    entries = [
        replace(entry(kind=Kind.DRAFT_OUTCOME), at_ms=at_ms, asset=Asset(sha256=PICTURE), decision=Decision(verdict=verdict))
        for verdict, at_ms in said
    ]

    assert statements.last_outcomes(entries) == {PICTURE: Verdict.USED}
