"""The form of the Human Provenance in Film taxonomy, as far as the record supports a category; a producer decides and signs.

Draft 0.9 of the taxonomy, May 2026, by The Mise En Scène Company, CC BY 4.0: No AI Used, Assistive AI, Generative AI.
"""

from collections import Counter

from integration.language import Words
from integration.reports.ai_in_picture import Tier
from integration.reports.disclosure import Disclosure
from integration.reports.disclosure_sheet import CUT, EPISODE, open_points
from integration.reports.disclosure_words import ANSWERS, BACKGROUNDS_ALONE, BASES, HELPS, NOT_YET, TIERS, YES
from integration.reports.sheet import Column, Prose, Sheet, Table

_SOURCE = Words(
    ja="区分は Human Provenance in Film の分類 0.9 版案（2026年5月、The Mise En Scène Company、CC BY 4.0）によります。確定版ではありません。",
    en="Categories are those of the Human Provenance in Film taxonomy, draft 0.9 (May 2026, The Mise En Scène Company, CC BY 4.0); no final version.",
)
_MEANING = Words(
    ja=(
        "AI不使用：どの工程でもAIを使っていない。補助的AI：AIが制作を助けたが、作ったものは完成した作品に残っていない。"
        "生成AI：AIの作ったものが完成した作品に残っている。"
    ),
    en=(
        "No AI Used: none took part anywhere. Assistive AI: it took part, and nothing it made is in the final work. Generative AI: something it "
        "made is in the final work."
    ),
)
_SILENCE = Words(
    ja="記録がないことは、使わなかったことの証拠になりません。「手で描いた」という本人の申告がなければ「判断できない」とします。",
    en="Silence proves nothing: without somebody's statement that they painted by hand, a cut without drafts is one that cannot be told.",
)


def tier_sheet(told: Disclosure) -> Sheet:
    """`told` as the taxonomy's form."""
    supported = TIERS[told.tier]
    return Sheet(
        report="disclosure_tier",
        title=Words(ja="AI開示区分の準備シート", en="Preparation sheet for an AI disclosure category"),
        scope=told.scope,
        blocks=(
            Prose(
                key="about",
                title=Words(ja="この書類について", en="About this sheet"),
                lines=(HELPS, _SOURCE, _MEANING, BACKGROUNDS_ALONE, _SILENCE),
            ),
            _counts_table(told),
            Prose(
                key="declaration",
                title=Words(ja="記録が支える区分（背景だけ）", en="Category that the record supports, of backgrounds alone"),
                lines=(
                    supported,
                    Words(
                        ja="作品全体の区分を決めて署名するのはプロデューサーです。",
                        en="The producer decides the category of the whole work, and signs.",
                    ),
                    Words(
                        ja="区分：＿＿＿＿　氏名：＿＿＿＿　日付：＿＿＿＿　署名：＿＿＿＿",
                        en="Category: ____  Name: ____  Date: ____  Signature: ____",
                    ),
                ),
            ),
            _cuts_table(told),
        ),
        warnings=tuple(open_points(told)),
        numbers=told.numbers(),
    )


_TIER = Column(key="tier", title=Words(ja="区分", en="category"))


def _counts_table(told: Disclosure) -> Table:
    counted = Counter(cut.tier for cut in told.cuts)
    columns = (_TIER, Column(key="cuts", title=Words(ja="カット数", en="cuts")))
    rows = tuple((TIERS[tier], counted[tier]) for tier in Tier)
    return Table(key="categories", title=Words(ja="カット数", en="Cuts by category"), columns=columns, rows=rows)


def _cuts_table(told: Disclosure) -> Table:
    columns = (
        EPISODE,
        CUT,
        _TIER,
        Column(key="ai_in_picture", title=Words(ja="絵にAIの絵が残っているか", en="AI material in the picture")),
        Column(key="basis", title=Words(ja="根拠", en="as")),
        Column(key="final", title=Words(ja="完成", en="final")),
    )
    rows = tuple(
        (cut.episode, cut.shot, TIERS[cut.tier], ANSWERS[cut.answer], BASES[cut.basis], YES if cut.is_final else NOT_YET)
        for cut in told.cuts
    )
    note = Words(ja="まだ完成していないカットの区分は変わることがあります。", en="The category of a cut that is not final yet may change.")
    return Table(key="cuts", title=Words(ja="カットごと", en="Cut by cut"), columns=columns, rows=rows, notes=(note,))
