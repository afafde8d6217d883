"""What people read in the tracker's menu and on the page behind it, in Japanese and English."""

from integration.language import Words
from integration.ledger.vocabulary import Verdict

OUTCOMES = {
    Verdict.USED: Words(ja="使った", en="used"),
    Verdict.PARTLY_USED: Words(ja="一部使った", en="partly used"),
    Verdict.NOT_USED: Words(ja="使わなかった", en="not used"),
    Verdict.FROM_SCRATCH: Words(ja="一から描いた", en="painted from scratch"),
    Verdict.LAYOUT_ONLY: Words(ja="原図から描いた", en="painted from layout"),
}
"""What may become of a draft."""

OUTCOME_ITEM = Words(ja="下描きの扱いを記録", en="Draft outcome")
ROUND_ITEM = Words(ja="新しい下描きを頼む", en="Ask for new drafts")
WHY_ITEM = Words(ja="なぜ描かれなかったか", en="Why no draft")

YOURS = Words(
    ja="描いた方が決めることです。カットが決定するまで、何度でも言い直せます。",
    en="It is the artist's to say, and may be said anew until the shot is final.",
)
SO_FAR = Words(ja="これまで", en="Said so far")
NOTHING_SAID = Words(ja="まだ何も記録されていません", en="nothing yet")
NO_ANSWER = Words(ja="(記録しない)", en="(record nothing)")
NOTHING_CHOSEN = Words(ja="何も選ばれていないので、何も記録しませんでした。", en="Nothing was chosen, so nothing was recorded.")
OTHERS = Words(
    ja="ほかに選んだものは、AI下描きでないか、あなたの担当でないか、一画面に収まらないため表示していません。",
    en="What else was selected is no AI draft, not yours to say, or more than one page shows.",
)
FINAL = Words(
    ja="このカットは決定済みなので、何も記録しませんでした。違うときは制作進行に伝えて、haikei person state で述べるか、haikei person correct で訂正を添えてください。",
    en="The shot is final, so nothing was recorded. If it is not right, ask your coordinator: say it with `haikei person state`, "
    "or append a correction with `haikei person correct`.",
)
OLD = Words(
    ja="この画面は古く、後から別の記録が加わっています。変えるには、もう一度選んでください。",
    en="This page was old: something else was said since. To change it, choose again.",
)
EXPIRED = Words(
    ja="この画面は古くなったので、何もしませんでした。もう一度開いてください。",
    en="This form is too old, so nothing was done. Choose the menu item again.",
)
NOT_ACTIVE = Words(ja="トラッカーに有効な利用者として見つかりません。", en="The tracker knows no active person of yours.")
NOT_YOURS = Words(
    ja="下描きの行方を言えるのは、レビュータスクの担当者と、作品の設定で名前の挙がった人だけです。担当でしたら制作進行に伝えてください。",
    en="Only those the review task is assigned to, and those the show names (outcome_by), may say what became of a draft. "
    "If the work is yours, tell your coordinator.",
)
NO_DRAFTS = Words(ja="選んだものにAI下描きはありません。", en="There is no AI draft in what was selected.")
UNKNOWN_OUTCOME = Words(ja="その答えはありません。", en="There is no such outcome.")
TOO_MUCH = Words(ja="一度に選べるのは20件までです。", en="Select at most 20 at once.")
NOTHING_WRONG = Words(ja="選んだものに、保留や中止の記録はありません。", en="Nothing that was selected is held or was refused.")
NO_SUCH_ITEM = Words(ja="その項目はありません。", en="There is no such menu item.")

NOT_DIRECTOR = Words(
    ja="新しい下描きを頼めるのは、作品の美術監督だけです(設定の art_directors)。",
    en="Only the show's art director may ask for new drafts (art_directors in haikei's settings).",
)
REASON = Words(ja="理由と希望", en="What shall be different")
REASON_TOLD = Words(
    ja="理由は記録に残り、担当の方にノートで伝わります。「prompt:」で始まる行は次の下描きのプロンプトに加わります。今の下描きは取り下げになります。",
    en="The reason is recorded and told to the artist in a Note. A line that begins with `prompt:` is added to the prompt. "
    "The present drafts are superseded.",
)
NO_REASON = Words(ja="理由を書いてください。", en="Please say what shall be different.")
STARTED = Words(ja="新しい下描きを始めました。", en="New drafts were started.")
ASKED_FOR = Words(ja="美術監督から再ドラフトの希望", en="the art director asks for new drafts")
NOT_TOLD = Words(
    ja="担当の方への連絡はできませんでした。直接お伝えください。", en="The artist could not be told: please tell them yourself."
)
NOT_STARTED = Words(ja="新しい下描きは始まりません。", en="No new drafts are started.")


def recorded(index: int, outcome: Verdict) -> Words:
    """That it was written down, and where."""
    words = OUTCOMES[outcome]
    return Words(ja=f"「{words.ja}」を記録 #{index} として残しました。", en=f"Recorded as entry #{index}: {words.en}.")


WHO_CHANGES_IT = {
    "genzu": Words(
        ja="原図を上げる方: レイアウトのタスクにBG原図を上げると、下描きは自動で始まります。",
        en="Whoever hands in the genzu: with a BG genzu on the layout task, drafts start by themselves.",
    ),
    "policy": Words(
        ja="プロデューサー: AI利用を許可するか、手で描きます。制作進行は `haikei policy` で確かめられます。",
        en="The producer, who may allow AI use; else it is painted by hand. `haikei policy` shows what is allowed.",
    ),
    "provenance": Words(
        ja="テクニカルディレクター: 作品の方針に合うLookを設定します。", en="The pipeline TD, who sets a Look that meets the show's policy."
    ),
    "budget_spent": Words(
        ja="プロデューサー: 作品のAI下描き予算を増やすと、下描きは自動で始まります。それまでは原図から描きます。",
        en="The producer, who may raise the show's budget for drafts, which then start by themselves; else it is painted from the layout.",
    ),
    "look": Words(
        ja="テクニカルディレクター: `haikei doctor` で原因が分かります。", en="The pipeline TD; `haikei doctor` says what is wrong."
    ),
    "background": Words(
        ja="制作進行: レイアウトのタスクをカットにつなぎ、もう一度承認します。",
        en="The coordinator, who links the layout task to its shot and approves it again.",
    ),
    "layout": Words(
        ja="制作進行: 承認されたレイアウトのタスクを一つだけにします。", en="The coordinator, who leaves one layout task approved alone."
    ),
    "refused": Words(
        ja="制作進行: レイアウトを承認し直すか、原図を上げ直してもらうか、下描きなしで進めます。",
        en="The coordinator: approve the layout again, have a clearer genzu handed in, or go on without a draft.",
    ),
    "failed": Words(
        ja="自動でやり直します。続くときはテクニカルディレクターが `haikei status` で確かめます。",
        en="It is tried again by itself; if that goes on, the pipeline TD looks at `haikei status`.",
    ),
}
"""Who can change it that no draft was made, by what is missing or amiss."""
