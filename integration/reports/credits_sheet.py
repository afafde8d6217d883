"""The credits as a sheet: people by role, houses, what is missing, and tools last."""

from collections.abc import Iterator
from itertools import groupby

from integration.language import Words
from integration.ledger.people import Naming
from integration.ledger.vocabulary import Role
from integration.reports.credits import Credits, Gap, Line, Step
from integration.reports.naming_words import said_name
from integration.reports.sheet import UNKNOWN, Cell, Column, Prose, Sheet, Table, Unit

ROLES = {
    Role.DIRECTOR: Words(ja="演出", en="Director"),
    Role.ART_DIRECTOR: Words(ja="美術監督", en="Art director"),
    Role.BACKGROUND_ARTIST: Words(ja="背景", en="Background artist"),
    Role.LAYOUT_ARTIST: Words(ja="レイアウト・原図", en="Layout artist"),
    Role.LAYOUT_CORRECTOR: Words(ja="レイアウト作監", en="Layout correction"),
    Role.ANIMATION_DIRECTOR: Words(ja="作画監督", en="Animation director"),
    Role.GENZU_CLEANER: Words(ja="原図整理", en="Genzu clean-up"),
    Role.COORDINATOR: Words(ja="制作進行", en="Production coordinator"),
    Role.PRODUCER: Words(ja="プロデューサー", en="Producer"),
    Role.RENDERER: Words(ja="レンダラー", en="Renderer"),
    Role.PIPELINE: Words(ja="パイプライン", en="Pipeline"),
}
"""Titles as credit rolls have them."""
_STEPS = {
    Step.LAYOUT: Words(ja="原図を描いた人", en="who drew the layout"),
    Step.LAYOUT_APPROVAL: Words(ja="レイアウトを承認した人", en="who approved the layout"),
    Step.BACKGROUND: Words(ja="背景を描いた人", en="who painted the background"),
    Step.FINAL_APPROVAL: Words(ja="決定した人", en="who approved the final"),
}
_ABOUT = (
    Words(
        ja="原図から決定までに関わった人を、役職ごとに、名前の順で載せています。作業の量や順位は表しません。",
        en="Everybody whose work touched a background, from layout to final, once for each role and in order of name; nothing says how much they did.",
    ),
    Words(
        ja="名前の掲載を希望しない人は、その希望どおりに載せています。道具は最後に分けて載せ、人の欄には入れません。",
        en="Who declined to be named is shown as that. Tools stand last, by themselves, and never in a person's place.",
    ),
)
_MOST_CUTS = 12


def credits_sheet(told: Credits) -> Sheet:
    """`told` as a sheet."""
    return Sheet(
        report="credits",
        title=Words(ja="背景クレジット", en="Background credits"),
        scope=told.scope,
        blocks=(
            Prose(key="about", title=Words(ja="この一覧について", en="About this list"), lines=_ABOUT),
            _people(told),
            _houses(told),
            _by_hand(told),
            _tools(told),
        ),
        warnings=tuple(_warnings(told)),
        numbers=told.numbers(),
    )


def _people(told: Credits) -> Table:
    return Table(
        key="people",
        title=Words(ja="スタッフ", en="People"),
        columns=(
            Column(key="role", title=Words(ja="役職", en="role")),
            Column(key="name", title=Words(ja="氏名", en="name")),
            Column(key="name_en", title=Words(ja="英字表記", en="name in Latin letters")),
        ),
        rows=tuple(row for role, lines in groupby(told.lines, key=lambda line: line.role) for row in _role_rows(role, list(lines))),
        notes=tuple(
            Words(
                ja=f"{ROLES[role].ja}：名前の分からない記録が{count}件あります。",
                en=f"{ROLES[role].en}: {count} entries name nobody.",
            )
            for role, count in told.unnamed.items()
        ),
    )


def _role_rows(role: Role, lines: list[Line]) -> Iterator[tuple[Cell, ...]]:
    for line in lines:
        if line.stands:
            name = line.name.name if line.name.naming is Naming.NAMED else said_name(line.name)
            yield ROLES[role], name, line.name.name_en or None


def _houses(told: Credits) -> Table:
    return Table(
        key="houses",
        title=Words(ja="協力会社", en="Outside houses"),
        columns=(
            Column(key="name", title=Words(ja="会社", en="house")),
            Column(key="backgrounds", title=Words(ja="背景", en="backgrounds")),
        ),
        rows=tuple((said_name(name), count) for _, name, count in told.houses),
    )


def _by_hand(told: Credits) -> Table:
    rows = [
        (ROLES[line.role], said_name(line.name), _ADDED if each.adds else _TAKEN, said_name(each.by), each.reason or UNKNOWN, each.index)
        for line in told.lines
        for each in line.overrides
    ]
    return Table(
        key="by_hand",
        title=Words(ja="手で直したもの", en="Put right by hand"),
        columns=(
            Column(key="role", title=Words(ja="役職", en="role")),
            Column(key="name", title=Words(ja="氏名", en="name")),
            Column(key="change", title=Words(ja="変更", en="change")),
            Column(key="by", title=Words(ja="直した人", en="by")),
            Column(key="reason", title=Words(ja="理由", en="reason")),
            Column(key="entry", title=Words(ja="記録番号", en="entry"), unit=Unit.INDEX),
        ),
        rows=tuple(rows),
    )


_ADDED, _TAKEN = Words(ja="加えた", en="added"), Words(ja="外した", en="taken out")


def _tools(told: Credits) -> Table:
    models = dict.fromkeys((tool.model_id or UNKNOWN, tool.revision or UNKNOWN, tool.licence or UNKNOWN) for tool in told.tools)
    return Table(
        key="tools",
        title=Words(ja="使用ツール", en="Tools used"),
        columns=(
            Column(key="tool", title=Words(ja="ツール", en="tool")),
            Column(key="version", title=Words(ja="版", en="version")),
            Column(key="licence", title=Words(ja="ライセンス", en="licence")),
        ),
        rows=tuple(models),
        notes=(Words(ja="下描きを作ったモデルです。人の役職には入れません。", en="Models that made drafts; they hold no role."),),
    )


def _warnings(told: Credits) -> Iterator[Words]:
    if not told.final:
        yield Words(ja="決定した背景がまだありません。", en="No background is final yet.")
    if told.not_final:
        cuts = _listed(told.not_final)
        yield Words(
            ja=f"決定していないカットが{len(told.not_final)}あります：{cuts}", en=f"{len(told.not_final)} cuts are not final yet: {cuts}"
        )
    yield from (_gap_words(gap) for gap in told.gaps)


def _gap_words(gap: Gap) -> Words:
    cuts, who = _listed(gap.cuts), [name.name for name in gap.ask]
    ask = Words(ja="、".join(who) or "制作進行", en=", ".join(who) or "the coordinator")
    return Words(
        ja=f"{_STEPS[gap.step].ja}が分かりません（{cuts}）。{ask.ja}に聞いてください。",
        en=f"It is not known {_STEPS[gap.step].en} of {cuts}: ask {ask.en}.",
    )


def _listed(cuts: tuple[str, ...]) -> str:
    rest = len(cuts) - _MOST_CUTS
    return ", ".join(cuts[:_MOST_CUTS]) + (f" … +{rest}" if rest > 0 else "")
