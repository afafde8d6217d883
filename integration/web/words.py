"""What the pages say, in Japanese and English."""

from dataclasses import dataclass

from integration.errors import HaikeiError
from integration.language import Words
from integration.tracker.menu import Fault
from integration.workflow import menu_words
from integration.workflow.menu_words import NOTHING_SAID, OTHERS, OUTCOMES, SO_FAR, YOURS
from integration.workflow.outcome_by_menu import Bar

__all__ = ["NOTHING_SAID", "OTHERS", "OUTCOMES", "SO_FAR", "YOURS", "Words"]

TITLE = Words(ja="AI下描きはどうなりましたか", en="What became of the AI draft?")


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
BARRED = {
    Bar.NOT_ACTIVE: Refusal(status=403, words=menu_words.NOT_ACTIVE),
    Bar.NOT_YOURS: Refusal(status=403, words=menu_words.NOT_YOURS),
    Bar.NO_DRAFTS: Refusal(status=404, words=menu_words.NO_DRAFTS),
    Bar.FINAL: Refusal(status=409, words=menu_words.FINAL),
    Bar.UNKNOWN_OUTCOME: _refusal(400, menu_words.UNKNOWN_OUTCOME.ja, menu_words.UNKNOWN_OUTCOME.en, again=True),
}
"""For each reason why somebody may not say anything."""
EXPIRED = _refusal(403, "この画面は古くなりました。", "This page is too old.", again=True)
FOREIGN = _refusal(403, "この画面の外からは記録できません。", "Nothing is recorded from outside this page.", again=True)
TOO_LARGE = _refusal(413, "送られたものが大きすぎます。", "What was sent is too large.")
TOO_SLOW = _refusal(408, "送信に時間がかかりすぎました。", "Sending took too long.", again=True)
NO_FORM = _refusal(415, "フォームではありません。", "This is no form.")
NO_PAGE = _refusal(404, "ここには何もありません。", "There is nothing here.", again=True)
MENU_ONLY = _refusal(405, "この画面はトラッカーのメニューから開きます。", "This page opens from the tracker's menu.")
SIGN_IN_FIRST = _refusal(401, "サインインしてください。", "Sign in first.")
NOT_FOR_YOU = _refusal(403, "この画面を見る役割がありません。", "None of your roles may open this page.")
TOO_OFTEN = _refusal(429, "試した回数が多すぎます。1分待ってください。", "Too many tries: wait a minute.")
NO_CODE = _refusal(
    403,
    "このコードは使えません。使い終わったか、期限が切れています。くれた人に新しいコードを頼んでください。",
    "This code cannot be used: it was used already, or is too old. Ask whoever gave it to you for another.",
)
SIGN_IN_AGAIN = _refusal(403, "時間が経ちすぎました。もう一度サインインしてください。", "That took too long. Sign in again.")
NO_SUCH_REPORT = Words(
    ja="作品と種類を選び、月は2026-11のように、カットは500までで書いてください。",
    en="Choose a show and a report; write months as 2026-11, and at most 500 cuts.",
)


def not_made(error: HaikeiError) -> Words:
    """Why a report could not be made."""
    return Words(ja=f"報告書を作れませんでした（{error}）。", en=f"The report cannot be made: {error}. {error.hint}")


SIGN_IN = Words(ja="サインイン", en="Sign in")
BY_PROVIDER = Words(ja="スタジオのアカウントでサインイン", en="Sign in with the studio's account")
BY_CODE = Words(ja="コードでサインイン", en="Sign in with the code")
CODE = Words(ja="コード", en="Code")
CODE_HINT = Words(ja="端末やメールで受け取った一度きりのコードです。", en="The one-time code you were given on the terminal or by mail.")


def not_signed_in(error: HaikeiError) -> Refusal:
    """Why somebody could not be signed in."""
    return _refusal(
        403, f"サインインできませんでした（{error}）。テクニカルディレクターに伝えてください。", f"Not signed in: {error}. {error.hint}"
    )


BUSY = _refusal(
    503,
    "トラッカーか記録が応えません。少し待って、もう一度お試しください。二重に記録されることはありません。",
    "The tracker or the record does not answer. Wait a little and try again; nothing is recorded twice.",
)
FAILED = _refusal(500, "うまくいきませんでした。制作進行に伝えてください。", "Something went wrong: please tell your coordinator.")
