"""What the pages of reports say, in Japanese and English."""

from integration.language import Words

TITLE = Words(ja="報告書", en="Reports")
CHOOSE = Words(ja="何についての報告書ですか", en="What is the report about?")
REPORT = Words(ja="種類", en="Report")
SHOW = Words(ja="作品", en="Show")
EPISODE = Words(ja="話数（空欄は全話）", en="Episode (empty: all)")
CUTS = Words(ja="カット（空白かカンマで区切る、空欄は全部）", en="Cuts (blanks or commas between, empty: all)")
FIRST = Words(ja="最初の月", en="First month")
LAST = Words(ja="最後の月", en="Last month")
OPEN = Words(ja="開く", en="Open")
ANOTHER = Words(ja="別の報告書", en="Another report")
TAKE = Words(ja="ファイルにする", en="Take it as a file")
TAKEN = Words(
    ja="ファイルにすると、誰が何を持ち出したかが記録に残ります。", en="Taking a file is an entry in the record: who took which report."
)
BOM = Words(ja="Excel用（BOM付き）", en="for Excel (with a byte order mark)")
NONE = Words(ja="まだ記録がありません。", en="Nothing is recorded yet.")
CONTENTS = Words(ja="目次", en="Contents")
TABLE = Words(ja="表", en="table")
NAMES = {
    "credits": Words(ja="クレジット", en="Credits"),
    "labour": Words(ja="作業の記録", en="Labour"),
    "disclosure": Words(ja="AI使用の記録", en="Disclosure of AI use"),
    "authorship": Words(ja="人が作った部分（著作権登録の準備）", en="Human authorship (to prepare a registration)"),
    "streamer": Words(ja="配信会社の質問票の準備", en="For a streamer's questionnaire"),
    "tier": Words(ja="映像来歴の区分", en="Provenance category, cut by cut"),
}
"""Of each report, by its code."""
FORMS = {
    ".pdf": Words(ja="PDF", en="PDF"),
    ".zip": Words(ja="CSV", en="CSV"),
    ".json": Words(ja="JSON", en="JSON"),
}
"""Of each form of file, by its suffix."""
