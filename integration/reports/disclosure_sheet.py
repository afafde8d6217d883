"""A disclosure as a sheet: totals, tools, permissions, a map of the cuts by timecode, and each cut's facts side by side."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from integration.language import Words
from integration.reports.ai_in_picture import Answer
from integration.reports.disclosure import CutUse, Disclosure, Permit, ToolUse, totals
from integration.reports.disclosure_words import (
    ANSWERS,
    AREAS_CAVEAT,
    BACKGROUNDS_ALONE,
    BASES,
    CANNOT_TELL,
    CLAIMS,
    COUNTED_ONCE,
    HELPS,
    NONE,
    NOT_YET,
    OUTCOMES,
    PERMITTED,
    TIMECODE_UNKNOWN,
    VENDOR_TERMS,
    YES,
    listed,
    word_of,
)
from integration.reports.drafted_pieces import Piece
from integration.reports.naming_words import said_name
from integration.reports.natural_order import natural
from integration.reports.sheet import UNKNOWN, Cell, Column, Prose, Sheet, Table, Unit
from integration.reports.timecode import timecode

Frames = Mapping[tuple[str, str], tuple[int, int]]
"""First and last frame of cuts in their episode, counted from 0, by episode and cut."""
_NAMED = 12
"""Cuts a warning names; more are counted."""

EPISODE = Column(key="episode", title=Words(ja="話数", en="episode"))
CUT = Column(key="cut", title=Words(ja="カット", en="cut"))
ENTRY = Column(key="entry", title=Words(ja="記録番号", en="entry"), unit=Unit.INDEX)


def disclosure_sheet(told: Disclosure, *, frames: Frames | None = None, fps: Fraction = Fraction(24)) -> Sheet:
    """`told` as a sheet.

    Args:
        told: the disclosure of a show, an episode or cuts.
        frames: where cuts lie in their episode; those it lacks are listed by their codes, as of unknown timecode.
        fps: frames a second.
    """
    return Sheet(
        report="disclosure",
        title=Words(ja="背景でのAI使用の記録", en="Use of AI in backgrounds"),
        scope=told.scope,
        blocks=(
            Prose(key="about", title=Words(ja="この書類について", en="About this sheet"), lines=(HELPS, BACKGROUNDS_ALONE, COUNTED_ONCE)),
            _totals_table(told),
            tools_table(told),
            _stated_tools_table(told),
            permits_table(told),
            _policies_table(told),
            map_table(told, frames or {}, fps),
            _cuts_table(told),
            _statements_table(told),
            _measures_table(told),
        ),
        warnings=tuple(open_points(told)),
        numbers=told.numbers(),
    )


def open_points(told: Disclosure) -> Iterator[Words]:
    """Why a disclosure cannot be handed out as final, and whom to ask."""
    uncertain = [cut for cut in told.cuts if cut.answer is Answer.CANNOT_TELL]
    if uncertain:
        yield Words(
            ja=f"{len(uncertain)}カットで、絵にAIの絵が残っているか判断できません。担当の美術スタッフに聞いてください：{_codes(uncertain)}",
            en=f"Of {len(uncertain)} cuts it cannot be told whether AI material is in the picture; ask their artists: {_codes(uncertain)}",
        )
    asked = [cut for cut in told.cuts if any(piece.raised > piece.answered for piece in cut.pieces)]
    if asked:
        yield Words(
            ja=f"{len(asked)}カットに、答えの出ていない質問があります。質問を受けた人が答えます：{_codes(asked)}",
            en=f"Questions about {len(asked)} cuts are open; those who were asked answer them: {_codes(asked)}",
        )
    uncovered = [cut for cut in told.cuts if cut.is_final and cut.answer is Answer.YES and not covering(told, cut.episode)]
    if uncovered:
        yield Words(
            ja=f"{len(uncovered)}カットの完成した絵にAIの絵が残っていますが、納品物での使用許可の記録がありません。プロデューサーに確かめてください：{_codes(uncovered)}",
            en=(
                f"AI material is in the final picture of {len(uncovered)} cuts, and no permission for final deliverables is recorded; ask the "
                f"producer: {_codes(uncovered)}"
            ),
        )
    if not told.cuts:
        yield Words(ja="この範囲の記録がありません。", en="Nothing is recorded in this scope.")


def covering(told: Disclosure, episode: str) -> list[Permit]:
    """Permissions that cover final deliverables of `episode`."""
    return [permit for permit in told.permits if permit.scope == "final" and permit.covers(episode)]


def tools_table(told: Disclosure) -> Table:
    """The models that painted drafts, with licence and what is known of their training data."""
    columns = (
        Column(key="step", title=Words(ja="工程", en="step")),
        Column(key="tool", title=Words(ja="ツール", en="tool")),
        Column(key="version", title=Words(ja="版", en="version")),
        Column(key="licence", title=Words(ja="ライセンス", en="licence")),
        Column(key="training_data", title=Words(ja="学習データ", en="training data")),
        Column(key="vendor", title=Words(ja="入出力の保存・学習", en="keeping or training on our pictures")),
        Column(key="drafts", title=Words(ja="下描きの枚数", en="drafts made")),
        Column(key="machine_ms", title=Words(ja="機械の時間", en="machine time"), unit=Unit.MILLISECONDS),
        Column(key="weights_sha256", title=Words(ja="重みのSHA-256", en="SHA-256 of weights")),
        Column(key="look_sha256", title=Words(ja="設定のSHA-256", en="SHA-256 of settings")),
    )
    return Table(
        key="tools",
        title=Words(ja="使われたAIツール", en="AI tools used"),
        columns=columns,
        rows=tuple(_tool_row(tool) for tool in told.tools),
        notes=(
            Words(
                ja="ライセンスと版は記録から、学習データと規約は Look のファイルから。手元にない Look については不明です。",
                en="Licence and version are the record's; training data and terms are the Look file's, and unknown where it is not at hand.",
            ),
        ),
    )


def permits_table(told: Disclosure) -> Table:
    """Permissions to use AI, with their entries."""
    columns = (
        Column(key="covers", title=Words(ja="許可の範囲", en="permitted for")),
        Column(key="by", title=Words(ja="許可した人", en="permitted by")),
        Column(key="until", title=Words(ja="期限", en="until")),
        Column(key="steps", title=Words(ja="工程", en="steps")),
        Column(key="episodes", title=Words(ja="話数", en="episodes")),
        Column(key="document_sha256", title=Words(ja="許可書のSHA-256", en="SHA-256 of the document")),
        ENTRY,
    )
    return Table(
        key="permits",
        title=Words(ja="AI使用の許可", en="Permissions to use AI"),
        columns=columns,
        rows=tuple(_permit_row(told, permit) for permit in told.permits),
        notes=() if told.permits else (Words(ja="許可の記録はありません。", en="No permission is recorded."),),
    )


def map_table(told: Disclosure, frames: Frames, fps: Fraction) -> Table:
    """Where in the episode AI material is in the picture, cut by cut."""
    columns = (
        EPISODE,
        Column(key="in", title=Words(ja="始まり", en="in")),
        Column(key="out", title=Words(ja="終わり", en="out")),
        CUT,
        Column(key="ai_in_picture", title=Words(ja="絵にAIの絵が残っているか", en="AI material in the picture")),
        Column(key="basis", title=Words(ja="根拠", en="as")),
        Column(key="final", title=Words(ja="完成", en="final")),
    )

    def order(cut: CutUse) -> tuple[object, ...]:
        place = frames.get((cut.episode, cut.shot))
        return (natural(cut.episode), (1, 0) if place is None else (0, place[0]), natural(cut.shot))

    rows = tuple(_map_row(cut, frames.get((cut.episode, cut.shot)), fps) for cut in sorted(told.cuts, key=order))
    note = Words(
        ja="「終わり」は最後のコマです。タイムコードの分からないカットは、カット番号順に並べています。",
        en="Out is the last frame. Cuts whose timecode is unknown stand in the order of their codes.",
    )
    return Table(key="map", title=Words(ja="カットごとの対応表", en="Shot disclosure map"), columns=columns, rows=rows, notes=(note,))


def day_of(at_ms: int | None, zone: str) -> Cell:
    """A day in the show's zone; unknown for None."""
    if at_ms is None:
        return UNKNOWN
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).astimezone(ZoneInfo(zone)).date().isoformat()


def _codes(cuts: list[CutUse]) -> str:
    codes = [f"{cut.episode} {cut.shot}".strip() for cut in cuts[:_NAMED]]
    return ", ".join(codes) + (f" … +{len(cuts) - _NAMED}" if len(cuts) > _NAMED else "")


def _totals_table(told: Disclosure) -> Table:
    added = totals(told.pieces)
    said = {word_of(OUTCOMES, code): count for code, count in added["said"].items()}
    refused = {Words(ja=f"断った：{code}", en=f"refused: {code}"): count for code, count in added["refused"].items()}
    rows: dict[Words, int] = {
        Words(ja="下描きの依頼（回）", en="rounds of drafts asked for"): added["requested"],
        **refused,
        Words(ja="下描きなしで描くとされた背景", en="backgrounds painted from layout, no draft wanted"): added["from_layout"],
        Words(ja="作られた下描き（枚）", en="drafts made"): added["made"],
        Words(ja="渡された下描き（枚）", en="drafts handed over"): added["delivered"],
        **{Words(ja=f"申告：{word.ja}", en=f"people say: {word.en}"): count for word, count in said.items()},
        Words(ja="申告のない下描き", en="drafts nobody said anything of"): added["nothing_said"],
        Words(ja="完成した背景", en="parts of backgrounds that are final"): added["final"],
        Words(ja="質問", en="questions asked"): added["raised"],
        Words(ja="答えのある質問", en="questions answered"): added["answered"],
    }
    columns = (Column(key="what", title=Words(ja="項目", en="what")), Column(key="count", title=Words(ja="数", en="count")))
    return Table(key="totals", title=Words(ja="合計", en="Totals"), columns=columns, rows=tuple(rows.items()))


def _tool_row(tool: ToolUse) -> tuple[Cell, ...]:
    look = tool.look
    return (
        tool.step or UNKNOWN,
        tool.model_id or UNKNOWN,
        tool.revision or UNKNOWN,
        tool.licence or (look.licence if look else UNKNOWN),
        look.training_data if look else UNKNOWN,
        word_of(VENDOR_TERMS, look.vendor_training) if look else UNKNOWN,
        tool.drafts,
        UNKNOWN if tool.render_ms is None else tool.render_ms,
        tool.weights_sha256 or UNKNOWN,
        tool.look_sha256 or UNKNOWN,
    )


def _stated_tools_table(told: Disclosure) -> Table:
    columns = (
        Column(key="tool", title=Words(ja="ツール", en="tool")),
        Column(key="statements", title=Words(ja="申告の数", en="statements")),
    )
    rows = tuple((tool or UNKNOWN, count) for tool, count in told.stated_tools.items())
    note = Words(
        ja="版、ライセンス、学習データは haikei では記録していません。",
        en="Their versions, licences and training data are not recorded by haikei.",
    )
    title = Words(ja="申告されたほかのAIツール", en="Other tools with AI that people state")
    return Table(key="stated_tools", title=title, columns=columns, rows=rows, notes=(note,))


def _permit_row(told: Disclosure, permit: Permit) -> tuple[Cell, ...]:
    return (
        word_of(PERMITTED, permit.scope),
        said_name(permit.by),
        day_of(permit.until_ms, told.zone),
        ", ".join(permit.steps) or UNKNOWN,
        ", ".join(permit.episodes) or Words(ja="全話", en="all"),
        permit.document_sha256 or UNKNOWN,
        permit.index,
    )


def _policies_table(told: Disclosure) -> Table:
    columns = (Column(key="policy_sha256", title=Words(ja="方針のハッシュ", en="commitment to the policy")), ENTRY)
    rows = tuple((sha256, index) for index, sha256 in told.policies.items())
    return Table(key="policies", title=Words(ja="スタジオの方針", en="The studio's policy"), columns=columns, rows=rows)


def _map_row(cut: CutUse, place: tuple[int, int] | None, fps: Fraction) -> tuple[Cell, ...]:
    span: tuple[Cell, Cell] = (TIMECODE_UNKNOWN, None) if place is None else (timecode(place[0], fps), timecode(place[1], fps))
    return (cut.episode, *span, cut.shot, ANSWERS[cut.answer], BASES[cut.basis], YES if cut.is_final else NOT_YET)


def _cuts_table(told: Disclosure) -> Table:
    columns = (
        EPISODE,
        CUT,
        Column(key="asked", title=Words(ja="依頼（回）", en="rounds asked for")),
        Column(key="refused", title=Words(ja="断った理由", en="refused for")),
        Column(key="made", title=Words(ja="作られた枚数", en="drafts made")),
        Column(key="handed_over", title=Words(ja="渡された枚数", en="handed over")),
        *(Column(key=code, title=word) for code, word in OUTCOMES.items()),
        Column(key="nothing_said", title=Words(ja="申告なし", en="nothing said")),
        Column(key="no_draft_wanted", title=Words(ja="下描きなし", en="no draft wanted")),
        Column(key="statements", title=Words(ja="署名された申告", en="statements")),
        Column(key="questions", title=Words(ja="質問（答えなし）", en="questions open")),
        Column(key="credentials", title=Words(ja="来歴情報（C2PA）", en="Content Credentials")),
        Column(key="final", title=Words(ja="完成", en="final")),
    )
    return Table(
        key="cuts",
        title=Words(ja="カットごと", en="Cut by cut"),
        columns=columns,
        rows=tuple(map(_cut_row, told.cuts)),
        notes=(COUNTED_ONCE,),
    )


def _cut_row(cut: CutUse) -> tuple[Cell, ...]:
    added = totals(cut.pieces)
    refused = ", ".join(f"{reason} ×{count}" if count > 1 else reason for reason, count in added["refused"].items())
    return (
        cut.episode,
        cut.shot,
        added["requested"],
        refused or NONE,
        added["made"],
        added["delivered"],
        *(added["said"].get(code, 0) for code in OUTCOMES),
        added["nothing_said"],
        YES if added["from_layout"] else None,
        sum(len(piece.statements) for piece in cut.pieces),
        added["raised"] - added["answered"],
        _credentials(cut.pieces),
        YES if cut.is_final else NOT_YET,
    )


def _credentials(pieces: tuple[Piece, ...]) -> Words:
    """What the record says of labels that travel with files; the files themselves may say more."""
    drafts, labelled = sum(piece.delivered for piece in pieces), sum(piece.labelled for piece in pieces)
    heads = [piece for piece in pieces if piece.head]
    signed = sum(piece.head_labelled for piece in heads)
    if not labelled and not signed:
        return UNKNOWN
    return Words(
        ja=f"下描き {labelled}/{drafts}、絵 {signed}/{len(heads)}", en=f"drafts {labelled} of {drafts}, pictures {signed} of {len(heads)}"
    )


def _statements_table(told: Disclosure) -> Table:
    columns = (
        EPISODE,
        CUT,
        Column(key="by", title=Words(ja="誰が", en="by")),
        Column(key="claims", title=Words(ja="申告", en="states")),
        Column(key="put_right", title=Words(ja="あとから訂正", en="put right since")),
        ENTRY,
    )
    rows = tuple(
        (
            cut.episode,
            cut.shot,
            said_name(told.names[each.ref]),
            listed(word_of(CLAIMS, claim) for claim in each.claims),
            YES if each.corrected else None,
            each.index,
        )
        for cut in told.cuts
        for piece in cut.pieces
        for each in piece.statements
    )
    return Table(key="statements", title=Words(ja="本人の申告", en="What people state"), columns=columns, rows=rows)


_AREAS = (
    ("kept_ppm", Words(ja="見た目の変化なし", en="no visible change")),
    ("adjusted_ppm", Words(ja="調整", en="adjusted")),
    ("repainted_ppm", Words(ja="描き直し", en="repainted")),
    ("cannot_tell_ppm", Words(ja="判断できない", en="cannot tell")),
    ("repainted_least_ppm", Words(ja="描き直しは少なくとも", en="repainted at least")),
    ("repainted_most_ppm", Words(ja="描き直しは多くとも", en="repainted at most")),
)


def _measures_table(told: Disclosure) -> Table:
    columns = (
        EPISODE,
        CUT,
        Column(key="part", title=Words(ja="部分", en="part")),
        *(Column(key=key, title=title, unit=Unit.PPM) for key, title in _AREAS),
        ENTRY,
    )
    rows = tuple(
        (cut.episode, cut.shot, piece.part, *_areas(piece.measure[1]), piece.measure[0])
        for cut in told.cuts
        for piece in cut.pieces
        if piece.measure
    )
    title = Words(ja="測定：下描きから絵まで", en="Measured: from draft to picture")
    return Table(key="measures", title=title, columns=columns, rows=rows, notes=(AREAS_CAVEAT,))


def _areas(measure: Mapping[str, object]) -> tuple[Cell, ...]:
    """Areas as they were measured; where everything is possible of the repainted, nothing can be told."""
    nothing = (measure.get("repainted_least_ppm"), measure.get("repainted_most_ppm")) == (0, 1_000_000)
    told = [measure.get(key) for key, _ in _AREAS]
    return tuple(value if isinstance(value, int) and not nothing else CANNOT_TELL for value in told)
