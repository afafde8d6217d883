"""A human-authorship sheet for a copyright registration: what is claimed with whose name, what is left out, and the pictures of both."""

from collections.abc import Iterator

from integration.language import Words
from integration.ledger.people import Naming
from integration.ledger.vocabulary import Kind, LayerState
from integration.reports.ai_in_picture import Answer
from integration.reports.authorship import Authorship, CutAuthorship, Part
from integration.reports.disclosure_sheet import CUT, ENTRY, EPISODE, open_points
from integration.reports.disclosure_words import (
    ANSWERS,
    AREAS_CAVEAT,
    BACKGROUNDS_ALONE,
    BASES,
    CANNOT_TELL,
    CLAIMS,
    HELPS,
    listed,
    word_of,
)
from integration.reports.naming_words import said_name
from integration.reports.sheet import UNKNOWN, Cell, Column, Picture, Pictures, Prose, Sheet, Table, Unit

_SOURCE = Words(
    ja=(
        "米国著作権局の登録ガイダンス（2023年3月16日、88 FR 16190）は、僅かでないAI生成物を申告し、人が作った部分を短く説明するよう求めています。"
        "指示（プロンプト）だけでは足りません。下の表は、記録がそれぞれについて言えることです。"
    ),
    en=(
        "The US Copyright Office's registration guidance (16 March 2023, 88 FR 16190) asks to disclose AI-generated material that is more than "
        "de minimis and to say briefly what people made; instructions to a model alone are not claimed. Below is what the record says of both."
    ),
)
_PARTS: dict[Kind, Words] = {
    Kind.LAYOUT_DRAWN: Words(ja="レイアウト（原図）を描いた", en="drew the layout (genzu)"),
    Kind.LAYOUT_CORRECTED: Words(ja="レイアウトを修正した", en="corrected the layout"),
    Kind.LAYOUT_CLEANED: Words(ja="原図を清書した", en="cleaned the genzu up"),
    Kind.LAYOUT_APPROVED: Words(ja="レイアウトを決めた", en="decided on the layout"),
    Kind.DRAFT_CHOSEN: Words(ja="下描きから選んだ", en="chose among drafts"),
    Kind.REVISION_SUBMITTED: Words(ja="背景を描いて提出した", en="painted the background and handed it in"),
    Kind.REVISION_RETAKE: Words(ja="描き直しを求めた", en="asked for a retake"),
    Kind.REVISION_APPROVED: Words(ja="完成と決めた", en="decided that it is final"),
}
"""What people did, as a registration may speak of it."""
_PICTURES = {
    "genzu": Words(ja="原図", en="genzu"),
    "draft": Words(ja="AIの下描き", en="AI draft"),
    "revision": Words(ja="美術の絵", en="revision"),
    "final": Words(ja="完成", en="final"),
    "class_map": Words(ja="変化の地図", en="map of what changed"),
}


def authorship_sheet(told: Authorship) -> Sheet:
    """`told` as a sheet: the claimed and the excluded of all cuts, then each cut's pictures."""
    return Sheet(
        report="authorship",
        title=Words(ja="著作権登録のための、人の創作部分のシート", en="Human authorship, for a copyright registration"),
        scope=told.told.scope,
        blocks=(
            Prose(key="about", title=Words(ja="この書類について", en="About this sheet"), lines=(HELPS, _SOURCE, BACKGROUNDS_ALONE)),
            _claimed_table(told),
            _excluded_table(told),
            _statements_table(told),
            _measures_table(told),
            _layers_table(told),
            *(_pictures(each) for each in told.cuts),
        ),
        warnings=(*open_points(told.told), *_unnamed(told)),
        numbers=told.told.numbers(),
    )


def _claimed_table(told: Authorship) -> Table:
    columns = (
        EPISODE,
        CUT,
        Column(key="by", title=Words(ja="誰が", en="author")),
        Column(key="made", title=Words(ja="何をした", en="what they made")),
        ENTRY,
    )
    rows = tuple(_row(each, said_name(part.by), _PARTS[part.kind], part.index) for each in told.cuts for part in each.claimed)
    note = Words(
        ja="選ぶこと、描き直しを求めることは、それだけで著作にあたるとは限りません。",
        en="To choose or to ask for a retake alone may be no authorship.",
    )
    return Table(key="claimed", title=Words(ja="人が作った部分", en="Claimed: what people made"), columns=columns, rows=rows, notes=(note,))


def _row(each: CutAuthorship, *cells: Cell) -> tuple[Cell, ...]:
    return (each.cut.episode, each.cut.shot, *cells)


def _excluded_table(told: Authorship) -> Table:
    columns = (
        EPISODE,
        CUT,
        Column(key="tool", title=Words(ja="ツールと版", en="tool and version")),
        Column(key="material", title=Words(ja="AIの作ったもの", en="AI-generated material")),
        Column(key="in_picture", title=Words(ja="絵に残っているか", en="in the picture")),
        Column(key="basis", title=Words(ja="根拠", en="as")),
    )
    return Table(
        key="excluded",
        title=Words(ja="除く部分：AIの作ったもの", en="Excluded: AI-generated material"),
        columns=columns,
        rows=tuple(row for each in told.cuts for row in _excluded(each)),
        notes=(
            Words(
                ja="「なし」とあるのは、記録にある下描きについてだけです。記録にないツールについては、描いた人に確かめてください。",
                en="None is said of recorded drafts alone; of tools the record does not know, ask who painted.",
            ),
        ),
    )


def _excluded(each: CutAuthorship) -> Iterator[tuple[Cell, ...]]:
    answer, basis = ANSWERS[each.cut.answer], BASES[each.cut.basis]
    for tool in each.excluded:
        material = Words(ja=f"背景の下描き {tool.drafts}枚", en=f"{tool.drafts} background drafts")
        yield _row(each, f"{tool.model_id} {tool.revision}".strip() or UNKNOWN, material, answer, basis)
    if not each.excluded:
        yield _row(each, None, ANSWERS[Answer.NONE_MADE], answer, basis)


def _statements_table(told: Authorship) -> Table:
    columns = (
        EPISODE,
        CUT,
        Column(key="by", title=Words(ja="誰が", en="by")),
        Column(key="claims", title=Words(ja="申告", en="states")),
        Column(key="tool", title=Words(ja="使ったソフト", en="program used")),
        ENTRY,
    )
    rows = tuple(
        _row(
            each,
            said_name(deed.for_whom or deed.by),
            listed(word_of(CLAIMS, claim) for claim in deed.claims),
            deed.tool or UNKNOWN,
            deed.index,
        )
        for each in told.cuts
        for deed in each.statements
    )
    return Table(key="statements", title=Words(ja="本人の申告", en="What people state"), columns=columns, rows=rows)


def _measures_table(told: Authorship) -> Table:
    columns = (
        EPISODE,
        CUT,
        Column(key="part", title=Words(ja="部分", en="part")),
        Column(key="repainted_least_ppm", title=Words(ja="描き直しは少なくとも", en="repainted at least"), unit=Unit.PPM),
        Column(key="repainted_most_ppm", title=Words(ja="多くとも", en="at most"), unit=Unit.PPM),
        Column(key="adjusted_ppm", title=Words(ja="調整", en="adjusted"), unit=Unit.PPM),
        Column(key="cannot_tell_ppm", title=Words(ja="判断できない", en="cannot tell"), unit=Unit.PPM),
        Column(key="layout_kept_ppm", title=Words(ja="原図の線が残る割合", en="the layout's lines kept"), unit=Unit.PPM),
        ENTRY,
    )
    keys = [column.key for column in columns if column.unit is Unit.PPM]
    rows = []
    for each in told.cuts:
        for measured in each.measures:
            areas = {key: getattr(measured.measure, key) for key in keys}
            if (areas["repainted_least_ppm"], areas["repainted_most_ppm"]) == (0, 1_000_000):
                areas = dict.fromkeys(keys)
            told_areas: list[Cell] = [CANNOT_TELL if value is None else value for value in areas.values()]
            rows.append(_row(each, measured.part, *told_areas, measured.index))
    return Table(
        key="measures",
        title=Words(ja="測定：下描きから絵まで", en="Measured: from draft to picture"),
        columns=columns,
        rows=tuple(rows),
        notes=(AREAS_CAVEAT,),
    )


def _layers_table(told: Authorship) -> Table:
    columns = (
        EPISODE,
        CUT,
        Column(key="new", title=Words(ja="新しいレイヤー", en="new layers")),
        Column(key="changed", title=Words(ja="変わったレイヤー", en="changed layers")),
        Column(key="shipped", title=Words(ja="渡したままのレイヤー", en="layers as handed out")),
        Column(key="painted_ppm", title=Words(ja="新しいレイヤーが見える面積", en="visibly covered by new layers"), unit=Unit.PPM),
        ENTRY,
    )
    rows = []
    for each in told.cuts:
        for measured in each.measures:
            states = [layer.state for layer in measured.measure.layers]
            counted = [states.count(state) for state in (LayerState.NEW, LayerState.CHANGED, LayerState.SHIPPED)]
            covered: Cell = measured.measure.painted_ppm if measured.measure.painted_ppm is not None else CANNOT_TELL
            if states:
                rows.append(_row(each, *counted, covered, measured.index))
    return Table(
        key="layers", title=Words(ja="提出ファイルのレイヤー", en="Layers of the files handed in"), columns=columns, rows=tuple(rows)
    )


def _pictures(each: CutAuthorship) -> Pictures:
    where = f"{each.cut.episode} {each.cut.shot}".strip()
    shown = tuple(
        Picture(sha256=picture.sha256, caption=Words(ja=f"{word.ja} #{picture.index}", en=f"{word.en} #{picture.index}"))
        for picture in each.pictures
        for word in (_PICTURES[picture.kind],)
    )
    note = Words(ja="#の数字は、その絵について述べる記録の番号です。", en="The number after # is the entry that speaks of the picture.")
    return Pictures(
        key=f"pictures_{where.replace(' ', '_')}",
        title=Words(ja=f"{where}：原図から完成まで", en=f"{where}: from genzu to final"),
        pictures=shown,
        notes=(note,) if shown else (Words(ja="絵の記録はありません。", en="No picture is recorded."),),
    )


def _unnamed(told: Authorship) -> Iterator[Words]:
    """Human parts of which the record never knew whose they are; who declined to be named, or was erased, is left in peace."""
    for each in told.cuts:
        for part in each.claimed:
            if part.by.naming is Naming.UNKNOWN:
                yield _lack(each, part)


def _lack(each: CutAuthorship, part: Part) -> Words:
    what = _PARTS[part.kind]
    return Words(
        ja=f"{each.cut.shot}：「{what.ja}」人が不明です（#{part.index}）。制作担当に確かめてください。",
        en=f"{each.cut.shot}: the record does not know who {what.en} (#{part.index}); ask the coordinator.",
    )
