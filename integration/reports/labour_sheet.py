"""Labour as a sheet."""

from integration.language import Words
from integration.ledger.vocabulary import Role
from integration.reports.credits_sheet import ROLES
from integration.reports.hours import Group
from integration.reports.labour import Labour
from integration.reports.naming_words import said_name
from integration.reports.sheet import FEW, NOT_LOGGED, UNKNOWN, Bars, Cell, Column, Prose, Sheet, Table, Unit
from integration.reports.turnaround import Stage, Turnaround
from integration.reports.worked import Known, Sum

_ABOUT = (
    Words(
        ja="時間は、本人か代わりの人が記入したものです。誰も見張っていません。上手さや速さ、順位は表しません。",
        en="Hours are put down by people, or for them. Nobody is watched, and nothing here says how good or fast anybody is.",
    ),
    Words(
        ja="3人に満たない集まりの時間は出しません。ほかの報告書との引き算でも分からないように、出すかどうかは作品全体で一度だけ決めています。",
        en="Hours of fewer than three people are not told, nor what would show them by taking one report from another: what is told is "
        "decided once, for the whole show.",
    ),
    Words(
        ja="「記入なし」は働かなかったという意味ではありません。機械の時間は人の時間と並べるだけで、差し引きしません。",
        en="“Not logged” does not mean that nobody worked. Machine time stands beside people's hours and is never set against them.",
    ),
)
_NOT_YET = Words(ja="月が終わってから", en="month not over")
_MORE = Words(ja="ほかに公開しない時間があります。", en="There are further hours that are not told.")
_SOURCES = {
    "tracker": Words(ja="トラッカー", en="tracker"),
    "self": Words(ja="本人", en="themselves"),
    "import": Words(ja="取り込み", en="import"),
}
_CUTS = Words(
    ja="カットごとの時間は出しません。カットの担当はひとりだからです。話数か作品で見てください。",
    en="Hours are told of episodes and shows only: one person works on a cut.",
)
_STAGES = {
    Stage.TO_DRAFT: Words(ja="レイアウト承認から下描きまで", en="layout approved to draft delivered"),
    Stage.TO_REVISION: Words(ja="下描きから提出まで", en="draft delivered to revision handed in"),
    Stage.TO_APPROVAL: Words(ja="提出から決定まで", en="revision handed in to approved"),
}
_DRAFTS = {
    "made": Words(ja="作られた", en="made"),
    "rejected": Words(ja="品質確認で捨てた", en="thrown away by the quality gate"),
    "delivered": Words(ja="渡した", en="delivered"),
    "used": Words(ja="使った", en="used"),
    "partly_used": Words(ja="一部使った", en="partly used"),
    "not_used": Words(ja="使わなかった", en="not used"),
    "from_scratch": Words(ja="一から描いた", en="painted from scratch"),
    "layout_only": Words(ja="原図から描いた", en="painted from layout"),
    "nothing_said": Words(ja="まだ何も言われていない", en="nothing said yet"),
    "no_draft": Words(ja="下描きなしと決めた背景", en="backgrounds for which none was wanted"),
}


def labour_sheet(told: Labour) -> Sheet:
    """`told` as a sheet."""
    about = (*_ABOUT, _CUTS) if told.scope.shots else _ABOUT
    return Sheet(
        report="labour",
        title=Words(ja="作業の記録", en="Labour"),
        scope=told.scope,
        blocks=(
            Prose(key="about", title=Words(ja="読み方", en="How to read this"), lines=about),
            *(() if told.scope.shots else (_hours(told), _when(told), _limits(told))),
            _estimates(told),
            _turnarounds(told),
            _retakes(told),
            _drafts(told),
            _machine(told),
            _houses(told),
        ),
        numbers=told.numbers(),
        currency=told.rules.currency,
    )


def _cell(hours: Sum) -> Cell:
    if hours.minutes is not None:
        return hours.minutes
    return {Known.FEW: FEW, Known.NOT_YET: _NOT_YET, Known.UNKNOWN: UNKNOWN}.get(hours.known, NOT_LOGGED)


def _more(*hours: Sum) -> Cell:
    """Whether what stands beside it is not all."""
    return _MORE if any(each.partial for each in hours) else None


def _sources(*hours: Sum) -> Cell:
    named = [_SOURCES[source] for source in sorted({source for each in hours for source in each.sources})]
    return Words(ja="、".join(each.ja for each in named), en=", ".join(each.en for each in named)) if named else None


_MORE_COLUMN = Column(key="more", title=Words(ja="備考", en="note"))


def _hours(told: Labour) -> Table:
    return Table(
        key="hours",
        title=Words(ja="時間（工程と役割）", en="Hours by step and role"),
        columns=(
            Column(key="step", title=Words(ja="工程", en="step")),
            Column(key="role", title=Words(ja="役割", en="role")),
            Column(key="confirmed", title=Words(ja="本人が記入", en="put down by themselves"), unit=Unit.MINUTES),
            Column(key="unconfirmed", title=Words(ja="代わりに記入", en="put down for them"), unit=Unit.MINUTES),
            Column(key="sources", title=Words(ja="出所", en="from")),
            _MORE_COLUMN,
        ),
        rows=tuple(_group(group) for group in told.groups),
        notes=(
            Words(ja=f"{told.rules.until}より前の月だけです。", en=f"Of months before {told.rules.until}."),
            Words(
                ja=f"提出やリテイクのあった背景{told.handed_in.backgrounds}件のうち、誰かが時間を記入したのは{told.handed_in.with_hours}件です。",
                en=f"Of {told.handed_in.backgrounds} backgrounds handed in or asked for again, {told.handed_in.with_hours} have hours logged.",
            ),
        ),
        bars=Bars(label="step", values=("confirmed", "unconfirmed")),
    )


def _group(group: Group) -> tuple[Cell, ...]:
    both = (group.confirmed, group.unconfirmed)
    role = ROLES[Role(group.role)] if group.role else UNKNOWN
    return group.step or UNKNOWN, role, *map(_cell, both), _sources(*both), _more(*both)


def _when(told: Labour) -> Table:
    return Table(
        key="when",
        title=Words(ja="夜と週末", en="Nights and weekends"),
        columns=(
            Column(key="when", title=Words(ja="いつ", en="when")),
            Column(key="minutes", title=Words(ja="時間", en="hours"), unit=Unit.MINUTES),
            _MORE_COLUMN,
        ),
        rows=(
            (Words(ja="夜（22時から5時）", en="nights, 22:00 to 05:00"), _cell(told.night), _more(told.night)),
            (Words(ja="土曜と日曜", en="Saturdays and Sundays"), _cell(told.weekend), _more(told.weekend)),
        ),
        notes=(Words(ja="時刻のない記入からは夜の時間は分かりません。", en="Logs without a clock tell nothing of nights."),),
    )


def _limits(told: Labour) -> Table:
    return Table(
        key="over_limits",
        title=Words(ja="残業の上限を超えた人", en="People over a limit of overtime"),
        columns=(Column(key="period", title=Words(ja="期間", en="period")), Column(key="people", title=Words(ja="人数", en="people"))),
        rows=tuple((each.period, each.people if each.people is not None else _cell(Sum(known=each.known))) for each in told.over_limits),
        notes=(
            Words(
                ja=f"上限は月{told.rules.month_limit_hours}時間、年{told.rules.year_limit_hours}時間。本人には自分の記録で先に見えます。",
                en=f"Limits: {told.rules.month_limit_hours} h a month, {told.rules.year_limit_hours} h a year. People see their own first.",
            ),
        ),
    )


def _estimates(told: Labour) -> Table:
    """Two lines for each step, so that one bar lies under the other."""
    cuts = bool(told.scope.shots)
    rows: list[tuple[Cell, ...]] = []
    for each in told.estimates:
        step = each.step or UNKNOWN.both
        estimated: Cell = UNKNOWN if each.estimated is None else each.estimated
        rows.append((Words(ja=f"{step}：見込み", en=f"{step}: estimated"), estimated, each.tasks, None))
        if not cuts:
            rows.append((Words(ja=f"{step}：実際", en=f"{step}: put down"), _cell(each.actual), None, _more(each.actual)))
    return Table(
        key="estimates",
        title=Words(ja="見込みと実際", en="Estimate and actual"),
        columns=(
            Column(key="what", title=Words(ja="工程", en="step")),
            Column(key="minutes", title=Words(ja="時間", en="hours"), unit=Unit.MINUTES),
            Column(key="tasks", title=Words(ja="見込みのあるタスク", en="tasks estimated")),
            _MORE_COLUMN,
        ),
        rows=tuple(rows),
        notes=(
            Words(
                ja="見込みはタスク全体のもので、月ごとには分かりません。",
                en="Estimates are of whole tasks; of single months they are unknown.",
            ),
        ),
        bars=Bars(label="what", values=("minutes",)),
    )


def _turnarounds(told: Labour) -> Table:
    def row(each: Turnaround) -> tuple[Cell, ...]:
        if each.median is None:
            silence = _cell(Sum(known=each.known))
            return _STAGES[each.stage], None, silence, silence, silence
        return _STAGES[each.stage], each.times, each.first_quarter, each.median, each.third_quarter

    return Table(
        key="turnaround",
        title=Words(ja="かかった時間", en="How long things took"),
        columns=(
            Column(key="stage", title=Words(ja="区間", en="from and to")),
            Column(key="times", title=Words(ja="件", en="times")),
            Column(key="first_quarter", title=Words(ja="四分の一", en="a quarter within"), unit=Unit.MINUTES),
            Column(key="median", title=Words(ja="半分", en="half within"), unit=Unit.MINUTES),
            Column(key="third_quarter", title=Words(ja="四分の三", en="three quarters within"), unit=Unit.MINUTES),
        ),
        rows=tuple(row(each) for each in told.turnarounds),
        notes=(Words(ja="暦の時間です。働いた時間ではありません。", en="Time on the calendar, not time worked."),),
    )


def _retakes(told: Labour) -> Table:
    return Table(
        key="retakes",
        title=Words(ja="リテイク（背景ごと）", en="Retakes, by background"),
        columns=(
            Column(key="retakes", title=Words(ja="リテイクの回数", en="times asked for again")),
            Column(key="backgrounds", title=Words(ja="背景", en="backgrounds")),
        ),
        rows=tuple((str(times), count) for times, count in told.handed_in.by_retakes.items()),
        bars=Bars(label="retakes", values=("backgrounds",)),
    )


def _drafts(told: Labour) -> Table:
    return Table(
        key="drafts",
        title=Words(ja="AI下描き", en="AI drafts"),
        columns=(Column(key="what", title=Words(ja="項目", en="what")), Column(key="count", title=Words(ja="数", en="count"))),
        rows=tuple((words, getattr(told.drafts, name)) for name, words in _DRAFTS.items()),
        bars=Bars(label="what", values=("count",)),
    )


def _machine(told: Labour) -> Table:
    machine = told.machine
    cells = [machine.minutes, machine.watt_hours, machine.money]
    return Table(
        key="machine",
        title=Words(ja="機械", en="Machines"),
        columns=(
            Column(key="pictures", title=Words(ja="枚数", en="pictures")),
            Column(key="minutes", title=Words(ja="時間", en="time"), unit=Unit.MINUTES),
            Column(key="energy", title=Words(ja="電力量", en="energy"), unit=Unit.WATT_HOURS),
            Column(key="money", title=Words(ja="費用", en="money"), unit=Unit.MONEY),
        ),
        rows=((machine.pictures, *(UNKNOWN if each is None else each for each in cells)),),
        notes=(
            Words(ja=f"時間の分からない絵が{machine.untold}枚あります。", en=f"{machine.untold} pictures do not say how long they took."),
        )
        if machine.untold
        else (),
    )


def _houses(told: Labour) -> Table:
    return Table(
        key="houses",
        title=Words(ja="協力会社", en="Outside houses"),
        columns=(
            Column(key="house", title=Words(ja="会社", en="house")),
            Column(key="given", title=Words(ja="渡した背景", en="given")),
            Column(key="returned", title=Words(ja="戻った背景", en="returned")),
            Column(key="retakes", title=Words(ja="リテイク", en="retakes")),
            Column(key="hours", title=Words(ja="時間", en="hours"), unit=Unit.MINUTES),
        ),
        rows=tuple((said_name(each.name), each.handed_over, each.returned, each.retakes, _cell(each.hours)) for each in told.houses),
    )
