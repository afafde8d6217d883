"""What the record says of a cut, side by side: people, drafts, tools; nothing guessed and nothing summed into one number."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from integration.errors import LedgerError
from integration.ledger import people, texts
from integration.ledger.entry import Actor, Asset, Decision, TrackerRef
from integration.ledger.people import UNKNOWN, Naming
from integration.ledger.vocabulary import ActorKind, Kind, Role, Verdict
from integration.reports.shot_record import ShotRecord, as_json, shot_record
from integration.reports.shot_text import shot_text
from integration.reports.terminal import safe

Write = Callable[..., int]
Person = Callable[..., str]
Story = dict[str, int]


def read(connection: sa.Connection, shot: str = "c012", **conditions: Any) -> ShotRecord:
    return shot_record(connection, shot, zone="Asia/Tokyo", **conditions)


def test_people_stand_in_order_with_both_their_names(connection: sa.Connection, whole_story: Story) -> None:
    record = read(connection)

    assert [(deed.kind, deed.by.name, deed.by.name_en) for deed in record.people] == [
        (Kind.LAYOUT_DRAWN, "田中 花子", "Hanako Tanaka"),
        (Kind.LAYOUT_CORRECTED, "佐藤 次郎", "Jiro Sato"),
        (Kind.LAYOUT_APPROVED, "佐藤 次郎", "Jiro Sato"),
        (Kind.REVISION_SUBMITTED, "青木 海", "Umi Aoki"),
    ]


def test_who_set_the_status_and_who_decided_are_two(connection: sa.Connection, whole_story: Story) -> None:
    (approval,) = read(connection).done(Kind.LAYOUT_APPROVED)

    assert approval.set_by is not None
    assert (approval.by.name, approval.set_by.name, approval.status) == ("佐藤 次郎", "伊藤 進", "apr")


def test_a_decider_nobody_named_is_unknown_and_not_who_set_the_status(connection: sa.Connection, person: Person, write: Write) -> None:
    setter = person("HumanUser:4", "伊藤 進")
    write(Kind.LAYOUT_APPROVED, actor=Actor(kind=ActorKind.HUMAN, ref=setter), decision=Decision(verdict=Verdict.APPROVED, set_by=setter))

    assert read(connection).done(Kind.LAYOUT_APPROVED)[0].by == UNKNOWN
    assert "decided by unknown; status set by 伊藤 進" in shot_text(read(connection))


def test_each_draft_has_its_seed_settings_seconds_and_fate(connection: sa.Connection, whole_story: Story) -> None:
    (round_,) = read(connection).rounds
    first, second = round_.drafts

    assert [(draft.seed, draft.look_sha256, draft.seconds) for draft in round_.drafts] == [(11, "1a" * 32, 14.23), (12, "1a" * 32, 13.77)]
    assert [(deed.kind, deed.verdict, deed.by.name) for deed in first.deeds] == [
        (Kind.DRAFT_DELIVERED, "", "unknown"),
        (Kind.DRAFT_OUTCOME, "partly_used", "青木 海"),
    ]
    assert second.deeds == ()
    assert [deed.kind for deed in round_.deeds] == [Kind.DRAFT_REQUESTED, Kind.DRAFT_SUPERSEDED]
    assert round_.deeds[-1].words == "カメラが変わった"


def test_an_outcome_that_names_no_round_finds_its_draft_by_the_picture(connection: sa.Connection, whole_story: Story, write: Write) -> None:
    write(Kind.DRAFT_OUTCOME, asset=Asset(sha256="d2" * 32), decision=Decision(verdict=Verdict.NOT_USED))

    (round_,) = read(connection).rounds

    assert [deed.verdict for deed in round_.drafts[1].deeds] == ["not_used"]


def test_tools_are_summed_for_each_setting_and_stand_after_people(connection: sa.Connection, whole_story: Story) -> None:
    record = read(connection)
    (tool,) = record.tools
    shown = shot_text(record)

    assert (tool.model_id, tool.licence, tool.drafts, tool.seconds) == ("house", "Apache-2.0", 2, 28.0)
    assert shown.index("People\n") < shown.index("Drafts\n") < shown.index("Tools used\n")
    assert "house" not in shown[: shown.index("Drafts\n")]


def test_a_refusal_is_shown_with_its_reason(connection: sa.Connection, write: Write) -> None:
    words = texts.commit_text(connection, "Nobody allowed it.")
    write(Kind.DRAFT_REFUSED, decision=Decision(verdict=Verdict.REFUSED, reason="ai_not_allowed", reason_commit=words))

    assert "refused, 2026-11-20 10:00 #0 [ai_not_allowed]: “Nobody allowed it.”" in shot_text(read(connection))


def test_work_nobody_is_named_for_is_printed_as_unknown(connection: sa.Connection, whole_story: Story) -> None:
    assert re.search(r"Genzu cleaned up 原図整理 +unknown\n", shot_text(read(connection)))


def test_a_delivered_draft_nobody_spoke_of_has_an_unknown_outcome(connection: sa.Connection, whole_story: Story, write: Write) -> None:
    write(Kind.DRAFT_DELIVERED, draft="draft:1", asset=Asset(sha256="d2" * 32), tracker=TrackerRef(type="shotgrid", site_hash="ab" * 32))

    assert shot_text(read(connection)).count("outcome: unknown") == 1


def test_the_last_outcome_stands_first_and_the_others_beside_it(
    connection: sa.Connection, whole_story: Story, person: Person, write: Write
) -> None:
    artist = Actor(kind=ActorKind.HUMAN, ref=person("HumanUser:3", "青木 海"), role=Role.BACKGROUND_ARTIST)
    late = Decision(verdict=Verdict.NOT_USED)
    write(Kind.DRAFT_OUTCOME, actor=artist, asset=Asset(sha256="d1" * 32), decision=Decision(verdict=Verdict.LAYOUT_ONLY), draft="draft:1")
    write(Kind.DRAFT_OUTCOME, actor=artist, asset=Asset(sha256="d1" * 32), decision=late, draft="draft:1", at_ms=1)

    shown = re.findall(r"(before that, )?outcome: ([a-z ]+), says 青木 海", shot_text(read(connection)))

    assert shown == [("", "painted from layout"), ("before that, ", "partly used"), ("before that, ", "not used")]


def test_a_background_without_a_draft_is_painted_from_layout_by_nobody_in_particular(connection: sa.Connection, write: Write) -> None:
    write(Kind.DRAFT_OUTCOME, decision=Decision(verdict=Verdict.LAYOUT_ONLY), part="")

    assert re.search(r"Without a draft, Shot:1024\n +outcome: painted from layout, 2026-11-20 10:00 #0\n", shot_text(read(connection)))


def test_a_cut_without_entries_says_so(connection: sa.Connection) -> None:
    assert "Nothing is recorded for this cut." in shot_text(read(connection, "c999"))
    assert read(connection, "c999").people == ()


def test_an_erased_person_is_still_somebody(connection: sa.Connection, whole_story: Story) -> None:
    people.erase(connection, "HumanUser:1")
    record = read(connection)

    assert record.done(Kind.LAYOUT_DRAWN)[0].by.naming is Naming.ERASED
    assert "花子" not in json.dumps(as_json(record), ensure_ascii=False)
    assert re.search(r"Layout drawn 原図 +\(name erased\), 2026", shot_text(record))


def test_who_declined_to_be_named_is_not_named(connection: sa.Connection, whole_story: Story) -> None:
    people.decline(connection, "HumanUser:3")

    shown = shot_text(read(connection))

    assert "青木" not in shown
    assert "says (declined to be named)" in shown


def test_erased_words_are_said_to_be_erased(connection: sa.Connection, write: Write) -> None:
    words = texts.commit_text(connection, "secret")
    write(Kind.DRAFT_CANCELLED, draft="draft:1", decision=Decision(verdict=Verdict.WITHDRAWN, reason_commit=words))

    texts.erase_text(connection, words)

    assert read(connection).rounds[0].deeds[0].words is None
    assert "cancelled, 2026-11-20 10:00 #0: (words erased)" in shot_text(read(connection))


def test_a_correction_stands_beside_what_it_corrects(connection: sa.Connection, whole_story: Story, person: Person, write: Write) -> None:
    umi = person("HumanUser:3", "青木 海")
    correction = write(
        Kind.CORRECTION,
        shots=(),
        actor=Actor(kind=ActorKind.HUMAN, ref=umi, role=Role.BACKGROUND_ARTIST),
        corrects=whole_story["outcome"],
        decision=Decision(verdict=Verdict.FROM_SCRATCH, set_by=umi, reason_commit=texts.commit_text(connection, "全部描き直した")),
    )

    record = read(connection)
    shown = shot_text(record)

    assert record.rounds[0].drafts[0].deeds[-1].corrected_by == (correction,)
    assert f"outcome: partly used, says 青木 海 (Umi Aoki), 2026-11-20 10:07 #7, put right by #{correction}" in shown
    assert "correction of #7: painted from scratch, says 青木 海 (Umi Aoki), 2026-11-20 10:10 #10: “全部描き直した”" in shown


def test_what_was_written_down_late_says_so(connection: sa.Connection, write: Write) -> None:
    write(Kind.HANDOVER, at_ms=0)

    assert "1970-01-01 09:00, written down 2026-11-20 10:00 #0" in shot_text(read(connection))


def test_one_cut_number_in_two_shows_needs_the_show(connection: sa.Connection, whole_story: Story, write: Write) -> None:
    write(Kind.HANDOVER, show="山")

    with pytest.raises(LedgerError, match="several shows"):
        read(connection)

    assert [deed.kind for deed in read(connection, show="山").people] == [Kind.HANDOVER]


def test_cuts_that_share_a_background_are_named(connection: sa.Connection, write: Write) -> None:
    write(Kind.HANDOVER, shots=("c012", "c013"))

    assert "also serves c013" in shot_text(read(connection))


def test_nothing_is_ever_a_percentage(connection: sa.Connection, whole_story: Story) -> None:
    record = read(connection)

    assert "%" not in shot_text(record) + json.dumps(as_json(record))


def test_the_json_holds_the_same_facts_with_offsets_and_unescaped_names(connection: sa.Connection, whole_story: Story) -> None:
    plain = json.loads(json.dumps(as_json(read(connection)), ensure_ascii=False))

    assert plain["people"][0]["by"] == {"name": "田中 花子", "name_en": "Hanako Tanaka", "naming": "named"}
    assert plain["people"][0]["at"] == "2026-11-20T10:00:00+09:00"
    assert plain["rounds"][0]["drafts"][0]["seed"] == 11
    assert plain["tools"][0]["weights_sha256"] == "3b" * 32


@pytest.mark.parametrize("hostile", ["\u202egnp.exe", "\u2066x", "a\u2028b", "\u200bx", "\ufeff", "\U000e0041", "\u061c"])
def test_names_and_codes_cannot_move_the_reading_direction(connection: sa.Connection, person: Person, write: Write, hostile: str) -> None:
    write(Kind.HANDOVER, actor=Actor(kind=ActorKind.HUMAN, ref=person("HumanUser:9", hostile)), seq=hostile)

    shown = shot_text(read(connection))

    assert hostile not in shown
    assert safe(hostile) in shown


def test_words_cannot_drive_the_terminal(connection: sa.Connection, write: Write) -> None:
    words = texts.commit_text(connection, "a\x1b[2J\r\nb\x9b")
    write(Kind.HANDOVER, note_commit=words)

    assert "“a\\u001b[2J\\u000d\\u000ab\\u009b”" in shot_text(read(connection))


@pytest.mark.parametrize("text", ["田中 花子", "👩‍🎨 é", "ｶﾞ [bold]", "ا"])
def test_ordinary_text_is_shown_as_it_is(text: str) -> None:
    assert safe(text) == text


def test_a_name_that_holds_nothing_is_unknown(connection: sa.Connection, person: Person) -> None:
    ref = person("HumanUser:7", "")

    assert people.names(connection, [ref])[ref] == UNKNOWN
