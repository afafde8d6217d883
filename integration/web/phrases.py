"""What the frame around every page says, in Japanese and English."""

from integration.language import Words
from integration.ledger.people import Naming

BOARD = Words(ja="ボード", en="Board")
MY_RECORD = Words(ja="わたしの記録", en="My record")
REPORTS = Words(ja="報告書", en="Reports")
OPERATIONS = Words(ja="運用", en="Operations")

SKIP = Words(ja="本文へ", en="Skip to the content")
MAIN_NAVIGATION = Words(ja="メインメニュー", en="Main menu")
SETTINGS = Words(ja="表示の設定", en="Display settings")
LANGUAGE = Words(ja="言語", en="Language")
THEME = Words(ja="明るさ", en="Appearance")
AUTO = Words(ja="自動", en="Auto")
LIGHT = Words(ja="明", en="Light")
DARK = Words(ja="暗", en="Dark")
SIGN_OUT = Words(ja="サインアウト", en="Sign out")
FOOT = Words(
    ja="「不明」は誰からも聞いていないという意味で、何もなかったという意味ではありません。",
    en="“Unknown” means that nobody told haikei, not that nothing happened.",
)
NOT_SHOWN = Words(ja="表示できません", en="Not shown")
BACK_TO_BOARD = Words(ja="ボードへ戻る", en="Back to the board")
NAMINGS = {
    Naming.UNKNOWN: Words(ja="不明", en="unknown"),
    Naming.DECLINED: Words(ja="(名前の掲載を辞退)", en="(declined to be named)"),
    Naming.ERASED: Words(ja="(名前は消去されました)", en="(name erased)"),
}
"""What stands in a name's place."""
