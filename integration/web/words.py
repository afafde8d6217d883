"""What the pages say, in Japanese and English."""

from dataclasses import dataclass

from integration.ledger.vocabulary import Verdict
from integration.tracker.menu import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One thing said twice."""

    ja: str
    en: str


OUTCOMES = {
    Verdict.USED: Words(ja="使った", en="used"),
    Verdict.PARTLY_USED: Words(ja="一部使った", en="partly used"),
    Verdict.NOT_USED: Words(ja="使わなかった", en="not used"),
    Verdict.FROM_SCRATCH: Words(ja="一から描いた", en="painted from scratch"),
    Verdict.LAYOUT_ONLY: Words(ja="原図から描いた", en="painted from layout"),
}
"""What may become of a draft."""

TITLE = Words(ja="AI下描きはどうなりましたか", en="What became of the AI draft?")
YOURS = Words(
    ja="描いた方が決めることです。カットが決定するまで、何度でも言い直せます。",
    en="It is the artist's to say, and may be said anew until the shot is final.",
)
SO_FAR = Words(ja="これまで", en="Said so far")
NOTHING_SAID = Words(ja="まだ何も記録されていません", en="nothing yet")
FINAL = Words(
    ja="このカットは決定済みなので、何も記録しませんでした。違うときは制作進行に伝えて、haikei person state で述べるか、haikei person correct で訂正を添えてください。",
    en="The shot is final, so nothing was recorded. If it is not right, ask your coordinator: say it with `haikei person state`, "
    "or append a correction with `haikei person correct`.",
)
OLD_PAGE = Words(
    ja="この画面は古く、後から別の記録が加わっています。変えるには、もう一度下から選んでください。",
    en="This page was old: something else was said since. To change it, choose again below.",
)
OTHERS = Words(
    ja="ほかに選んだものは、AI下描きでないか、あなたの担当でないか、一画面に収まらないため表示していません。",
    en="What else was selected is no AI draft, not yours to say, or more than one page shows.",
)


def recorded(index: int, outcome: Verdict) -> Words:
    """That it was written down, and where."""
    words = OUTCOMES[outcome]
    return Words(ja=f"「{words.ja}」を記録 #{index} として残しました。", en=f"Recorded as entry #{index}: {words.en}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a page shows nothing."""

    status: int
    """HTTP's."""
    words: Words


_AGAIN = Words(ja="トラッカーのメニューから、もう一度開いてください。", en="Choose the menu item in the tracker again.")


def _refusal(status: int, ja: str, en: str, *, again: bool = False) -> Refusal:
    return Refusal(status=status, words=Words(ja=ja + (_AGAIN.ja if again else ""), en=f"{en} {_AGAIN.en}" if again else en))


FAULTS = {
    Fault.UNREADABLE: _refusal(400, "メニューからの呼び出しとして読めません。", "This is no call of the tracker's menu.", again=True),
    Fault.UNSIGNED: _refusal(
        403,
        "トラッカーの署名が合いません。担当のテクニカルディレクターに、メニュー項目の秘密の語を確かめてもらってください。",
        "The tracker's signature does not fit: ask the pipeline TD to compare the menu item's secret with web.menu_secret.",
    ),
    Fault.OLD: _refusal(403, "メニューを開いてから時間が経ちすぎました。", "The menu was chosen too long ago.", again=True),
    Fault.EARLY: _refusal(
        403,
        "時計が合っていません。テクニカルディレクターに伝えてください。",
        "A clock is wrong: ask the pipeline TD to run `haikei doctor`.",
    ),
    Fault.ELSEWHERE: _refusal(403, "別のサイトからの呼び出しです。", "This call comes from another site of the tracker."),
    Fault.OTHER_KIND: _refusal(400, "バージョンかタスクを選んでください。", "Select Versions or tasks.", again=True),
    Fault.NOTHING: _refusal(400, "何も選ばれていません。", "Nothing was selected.", again=True),
    Fault.TOO_MUCH: _refusal(400, "一度に選べるのは20件までです。", "Select at most 20 at once.", again=True),
}
"""For each reason why a call of the menu does not count."""
NOT_ACTIVE = _refusal(403, "トラッカーに有効な利用者として見つかりません。", "The tracker knows no active person of yours.")
NOT_YOURS = _refusal(
    403,
    "下描きの行方を言えるのは、レビュータスクの担当者と、作品の設定で名前の挙がった人だけです。担当でしたら制作進行に伝えてください。",
    "Only those the review task is assigned to, and those the show names (outcome_by), may say what became of a draft. "
    "If the work is yours, tell your coordinator.",
)
NO_DRAFTS = _refusal(404, "選んだものにAI下描きはありません。", "There is no AI draft in what was selected.")
FINAL_NOW = Refusal(status=409, words=FINAL)
EXPIRED = _refusal(403, "この画面は古くなりました。", "This page is too old.", again=True)
UNKNOWN_OUTCOME = _refusal(400, "その答えはありません。", "There is no such outcome.", again=True)
FOREIGN = _refusal(403, "この画面の外からは記録できません。", "Nothing is recorded from outside this page.", again=True)
TOO_LARGE = _refusal(413, "送られたものが大きすぎます。", "What was sent is too large.")
TOO_SLOW = _refusal(408, "送信に時間がかかりすぎました。", "Sending took too long.", again=True)
NO_FORM = _refusal(415, "フォームではありません。", "This is no form.")
NO_PAGE = _refusal(404, "ここには何もありません。", "There is nothing here.", again=True)
MENU_ONLY = _refusal(405, "この画面はトラッカーのメニューから開きます。", "This page opens from the tracker's menu.")
BUSY = _refusal(
    503,
    "トラッカーか記録が応えません。少し待って、もう一度お試しください。二重に記録されることはありません。",
    "The tracker or the record does not answer. Wait a little and try again; nothing is recorded twice.",
)
FAILED = _refusal(500, "うまくいきませんでした。制作進行に伝えてください。", "Something went wrong: please tell your coordinator.")
