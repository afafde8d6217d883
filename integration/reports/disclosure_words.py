"""What disclosures say of AI in pictures, in both languages. They help to prepare an answer; they never give it."""

from collections.abc import Iterable, Mapping

from integration.language import Words
from integration.ledger.vocabulary import Claim, Verdict
from integration.reports.ai_in_picture import Answer, Basis, Tier

HELPS = Words(
    ja="この書類は、申告の準備を助けるものです。記録にあることだけを並べています。これで足りるかどうかは、提出先の規程と専門家に確かめてください。",
    en="This sheet helps you prepare a disclosure. It lists what the record says; whether that is enough, ask those you hand it to, and counsel.",
)
BACKGROUNDS_ALONE = Words(
    ja="対象は背景だけです。脚本、声、音楽、作画、撮影などでのAIの使用は haikei の記録にありません。",
    en="It covers backgrounds alone. AI in writing, voices, music, animation or compositing is not recorded by haikei.",
)
COUNTED_ONCE = Words(
    ja="兼用の背景は、使われるすべてのカットに出ます。合計では一度だけ数えます。",
    en="A background that serves several cuts stands with each of them; totals count it once.",
)
AREAS_CAVEAT = Words(
    ja="面積は絵の面積で、人の仕事の量ではありません。誰が描いたか、どれだけ時間がかかったかは分かりません。描き直しは「少なくとも」の値で、同じ色での描き直しは見えません。",
    en=(
        "Areas are of the picture, not of anybody's work: they tell neither who painted nor how long it took. What was repainted is told "
        "from below; a faithful repaint in the same colours cannot be seen."
    ),
)
NOT_RECORDED = Words(ja="haikei では記録していない", en="not recorded by haikei")
CANNOT_TELL = Words(ja="判断できない", en="cannot tell")
TIMECODE_UNKNOWN = Words(ja="タイムコード不明", en="timecode unknown")
NONE = Words(ja="なし", en="none")
YES = Words(ja="はい", en="yes")
NOT_YET = Words(ja="まだ", en="not yet")

ANSWERS: Mapping[Answer, Words] = {
    Answer.YES: Words(ja="あり", en="yes"),
    Answer.NO: Words(ja="なし（下描きは作られた）", en="no (drafts were made)"),
    Answer.NONE_MADE: Words(ja="AIの下描きは作られていない", en="no AI draft was made"),
    Answer.CANNOT_TELL: CANNOT_TELL,
}
"""Whether a picture holds what a model painted."""
BASES: Mapping[Basis, Words] = {
    Basis.SAID: Words(ja="本人・担当者の申告", en="as people say"),
    Basis.FILE: Words(ja="ファイルに下描きの絵が見える", en="the file shows a draft's paint"),
    Basis.NOT_HANDED_OVER: Words(ja="下描きは誰にも渡されていない", en="no draft was handed over"),
    Basis.NONE_MADE: Words(ja="下描きの記録がない", en="no draft is recorded"),
    Basis.CONTRADICTION: Words(ja="申告とファイルが食い違う。本人に聞く", en="word and file differ: ask"),
    Basis.OTHER_TOOL: Words(
        ja="ほかのAIツールを使ったと申告がある。絵に残ったかは未記録",
        en="another AI tool is stated; whether its work is in the picture is not recorded",
    ),
    Basis.SILENCE: Words(ja="下描きをどうしたか、申告がない", en="nobody said what became of the drafts"),
}
"""What an answer rests on."""
TIERS: Mapping[Tier, Words] = {
    Tier.NO_AI: Words(ja="AI不使用", en="No AI Used"),
    Tier.ASSISTIVE: Words(ja="補助的AI", en="Assistive AI"),
    Tier.GENERATIVE: Words(ja="生成AI", en="Generative AI"),
    Tier.CANNOT_TELL: CANNOT_TELL,
}
"""Categories of the Human Provenance in Film taxonomy; the English words are its own."""
OUTCOMES: Mapping[str, Words] = {
    Verdict.USED: Words(ja="使った", en="used"),
    Verdict.PARTLY_USED: Words(ja="一部使った", en="partly used"),
    Verdict.NOT_USED: Words(ja="使わなかった", en="not used"),
    Verdict.FROM_SCRATCH: Words(ja="一から描いた", en="painted from scratch"),
    Verdict.LAYOUT_ONLY: Words(ja="レイアウトから描いた", en="painted from layout"),
}
"""What people say became of a draft."""
CLAIMS: Mapping[str, Words] = {
    Claim.PAINTED_BY_HAND: Words(ja="手で描いた", en="painted by hand"),
    Claim.DRAFT_NOT_USED: Words(ja="AIの下描きは使っていない", en="the AI draft is not used"),
    Claim.AI_TOOL_USED: Words(ja="AIのツールを使った", en="a tool with AI was used"),
    Claim.TRACED: Words(ja="トレースした", en="traced"),
    Claim.GRADED_ONLY: Words(ja="色調整だけした", en="graded only"),
    Claim.TOOL_USED: Words(ja="ツールを使った", en="a tool was used"),
}
"""What people state of their own work."""
PERMITTED: Mapping[str, Words] = {
    "draft": Words(ja="作業用の下描き", en="drafts"),
    "final": Words(ja="納品物を含む", en="final deliverables, too"),
}
"""What a permission covers."""
VENDOR_TERMS: Mapping[str, Words] = {
    "local": Words(ja="スタジオの機械で動き、外へは何も送らない", en="runs on the studio's machines; a vendor is sent nothing"),
    "forbidden": Words(ja="提供者の規約で禁じられている", en="the vendor's terms forbid it"),
    "allowed": Words(ja="提供者の規約で許されている", en="the vendor's terms allow it"),
    "unstated": Words(ja="規約に書かれていない", en="the terms do not say"),
}
"""Whether a tool's vendor may keep or train on pictures; see `render_service.contract.VENDOR_TRAINING`."""


def listed(words: Iterable[Words]) -> Words:
    """Several things in one cell."""
    told = list(words)
    return Words(ja="、".join(each.ja for each in told), en=", ".join(each.en for each in told)) if told else NONE


def word_of(known: Mapping[str, Words], code: str) -> Words:
    """What `code` means; itself where nothing is known of it."""
    return known.get(code) or Words(ja=code, en=code)
