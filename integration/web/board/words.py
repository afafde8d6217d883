"""What the board says, in Japanese and English."""

from integration.language import Words
from integration.web.board.rows import State, Told

TITLE = Words(ja="ボード", en="Board")
STATES = {
    State.WAITING: Words(ja="待ち", en="Waiting"),
    State.REFUSED: Words(ja="下描き不可", en="Refused"),
    State.STOPPED: Words(ja="停止", en="Stopped"),
    State.QUEUED: Words(ja="順番待ち", en="Queued"),
    State.RENDERING: Words(ja="下描き中", en="Rendering"),
    State.DELIVERED: Words(ja="下描き到着", en="Delivered"),
    State.WITH_ARTIST: Words(ja="作業中", en="With artist"),
    State.RETAKE: Words(ja="リテイク", en="Retake"),
    State.FINAL: Words(ja="決定", en="Final"),
    State.OMITTED: Words(ja="欠番", en="Omitted"),
}
LOOKS = {
    State.WAITING: "",
    State.REFUSED: "stop",
    State.STOPPED: "stop",
    State.QUEUED: "busy",
    State.RENDERING: "busy",
    State.DELIVERED: "busy",
    State.WITH_ARTIST: "care",
    State.RETAKE: "care",
    State.FINAL: "good",
    State.OMITTED: "",
}
"""Class of a state's chip; its words say the same."""
TOLD = {
    Told.NOTHING: Words(ja="", en=""),
    Told.REOPENED: Words(ja="レイアウトの承認が取り消されました", en="The layout's approval does not stand any more"),
    Told.REPLACED: Words(ja="原図が差し替えられました", en="The genzu was replaced"),
    Told.PART_GONE: Words(ja="承認された原図にこのパートはもうありません", en="The approved genzu no longer has this part"),
    Told.LAYOUT_GONE: Words(ja="レイアウトのタスクがなくなりました", en="The layout task is gone"),
    Told.NEW_ROUND: Words(ja="美術監督が新しい下描きを求めています", en="The art director asks for new drafts"),
    Told.OMITTED: Words(ja="欠番になりました", en="The shot was omitted"),
    Told.NOT_ALLOWED: Words(ja="AIの使用が許可されなくなりました", en="AI use is no longer allowed"),
    Told.HANDED_IN: Words(ja="提出済み、判定待ち", en="Handed in, not decided yet"),
    Told.NO_DRAFT: Words(ja="下描きなしで原図から", en="Painted from layout, without a draft"),
    Told.DELETED: Words(ja="提出されたバージョンがトラッカーで削除されました", en="The Version handed in was deleted in the tracker"),
    Told.DELIVERING: Words(ja="描き終わり、トラッカーへ登録中", en="Painted, being put into the tracker"),
}

ALL = Words(ja="すべて", en="All")
SHOW = Words(ja="作品", en="Show")
EPISODE = Words(ja="話数", en="Episode")
CUT = Words(ja="カット", en="Cut")
PART = Words(ja="パート", en="Part")
STATE = Words(ja="状態", en="State")
KNOWN = Words(ja="わかっていること", en="What is known")
PERSON = Words(ja="担当", en="With")
MINE = Words(ja="わたしの分", en="Mine")
SINCE = Words(ja="いつから", en="Since")
ROUND = Words(ja="下描き回数", en="Draft rounds")
FILTER = Words(ja="絞り込む", en="Filter")
FILTERS = Words(ja="絞り込み", en="Filters")
CLEAR = Words(ja="解除", en="Clear")
BY_STATE = Words(ja="状態で絞り込む", en="By state")
NONE = Words(ja="ここに入る背景はありません。", en="No background fits.")
EMPTY = Words(
    ja="まだ何もありません。レイアウトが承認されると、ここに背景が並びます。",
    en="Nothing yet: backgrounds stand here once a layout is approved.",
)
READING = Words(ja="記録を読んでいます。少し待ってください。", en="The record is being read. Wait a moment.")
LIVE = Words(ja="自動で更新されます", en="Updates by itself")
EARLIER = Words(ja="前へ", en="Earlier")
LATER = Words(ja="次へ", en="Later")
PAGES = Words(ja="ページ", en="Pages")
UNKNOWN = Words(ja="不明", en="unknown")


def pictures_done(done: int, pictures: int, percent: int | None) -> Words:
    """How far a painting is."""
    more_ja, more_en = (f"、次の1枚 {percent} %", f", the next {percent} %") if percent is not None else ("", "")
    return Words(ja=f"{pictures}枚中{done}枚{more_ja}", en=f"{done} of {pictures} pictures{more_en}")


def found(first: int, last: int, count: int) -> Words:
    """Which rows a page shows."""
    return Words(ja=f"{count}件中 {first}–{last}", en=f"{first}–{last} of {count}")
