"""What people read in the tracker: names of drafts and the text of Notes, English and Japanese."""

from typing import Any

from integration.production import Background
from integration.settings import ProjectSettings
from integration.workflow.order import Order
from integration.workflow.rounds import BUDGET_SPENT, Round
from integration.workflow.withdrawal import ASKED, NO_DRAFT, NOT_ALLOWED, OMITTED
from render_service.contract import Look, Picture, RenderRequest, RenderResult


def draft_name(draft: Round, number: int, rules: ProjectSettings) -> str:
    """``c012 BG AI draft r1 A``: nobody takes it for work."""
    return f"{draft.code} {draft.part} {rules.draft_type} r{draft.round} {_letter(number)}"


def draft_description(draft: Round, picture: Picture, look: Look) -> str:
    """What a Version of a draft says about itself."""
    return (
        f"AI draft, round {draft.round}: painted by the Look '{look.name}' ({look.revision}, {look.licence}) with seed {picture.seed} "
        f"from genzu {draft.genzu_sha256[:12]}. To be painted over or thrown away; not an approval and not a finished background."
    )


def delivered_subject(draft: Round) -> str:
    """Subject of the Note that comes with the drafts."""
    return f"{draft.code} {draft.part}: AI drafts, round {draft.round} / AI下描き 第{draft.round}案"


def delivered_content(draft: Round, background: Background, request: RenderRequest, result: RenderResult, order: Order) -> str:
    """What was made from what, by whose leave, and that it may be refused."""
    look, scene = request.look, request.scene
    said = ", ".join(_in_brief(value) for value in scene.fields().values() if value)
    letters = ", ".join(f"{_letter(i)} (seed {p.seed})" for i, p in enumerate(result.pictures))
    allowed = order.allowed_by + (f" ({order.allowed_reference})" if order.allowed_reference else "")
    return "\n".join(
        (
            f"{len(result.pictures)} AI drafts of {background.code}: {letters}.",
            f"Made from: the approved genzu (Version {draft.genzu_version.split('/')[0]}, file {draft.genzu_sha256[:12]}).",
            f"Words from the shot: {said or 'none'}.",
            *([f"Added by the art director's Note / 美術監督の追記: {_in_brief(order.prompt_words)}."] if order.prompt_words else []),
            *what_became_of_words(result),
            f"Painted by: Look '{look.name}' {look.revision}; licence {look.licence}; training data: {look.training_data}.",
            f"AI use allowed by: {allowed}.",
            "Use them, use parts, or paint from scratch: it is your decision, and the Version's status tells us which.",
            "AIが原図から描いた下描きです。使う・一部使う・使わない、いずれも描く方の判断です。承認済みの背景ではありません。",
        )
    )


def _in_brief(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def what_became_of_words(result: RenderResult) -> list[str]:
    """Lines of the Note: what the model was told, in what other words than the shot's, and what of it the model does not read."""
    words: dict[str, Any] = result.recipe.get("words", {})
    changed = {
        by: [f"{t['term']} → {t['words'] or '–'}" for t in words.get("translated", ()) if t["by"] == by] for by in ("house", "lexicon")
    }
    lines = (
        ("House words / 作品の用語", changed["house"]),
        ("Translated for this model / 訳語", changed["lexicon"]),
        ("Left as they are, no translation known / 訳なし", words.get("left", ())),
        ("Not asked for by this Look / このLookでは未使用", [_FIELDS.get(name, name) for name in words.get("unused", ())]),
        (
            "Beyond what the model reads / 長くて読まれない部分",
            [run["unread"] for run in result.recipe.get("runs", ())[:1] if run.get("unread")],
        ),
        ("Too long, cut / 長いため省略", [_FIELDS.get(name, name) for name in words.get("shortened", ())]),
    )
    told = result.recipe.get("prompt")
    return [f"Told to the model / プロンプト: {told}"] * bool(told) + [f"{label}: {', '.join(said)}." for label, said in lines if said]


_LONGEST = 300
_FIELDS = {
    "place": "place / 場所",
    "season": "season / 季節",
    "time_of_day": "time of day / 時間帯",
    "weather": "weather / 天候",
    "light": "light / 光",
    "art_note": "art director's note / 美術監督のメモ",
    "prompt": "the whole prompt / 全体",
}


def handed_content(draft: Round, drafts: int) -> str:
    """What somebody is told who got the review task after the drafts were delivered."""
    return (
        f"{drafts} AI drafts of round {draft.round} stand on this task, which is yours now; the Note that came with them tells what they "
        "were made from.\nUse them, use parts, or paint from scratch: it is your decision, and the Version's status tells us which.\n"
        "このタスクにはAI下描きがあります。使う・一部使う・使わない、いずれも描く方の判断です。"
    )


def superseded_subject(draft: Round) -> str:
    """Subject of the Note that calls drafts back."""
    if draft.reason == ASKED.words:
        return f"{draft.code} {draft.part}: new drafts were asked for, those of round {draft.round} no longer hold / 再ドラフト"
    if draft.reason == OMITTED.words:
        return f"{draft.code} {draft.part}: omitted, drafts of round {draft.round} no longer hold / 欠番"
    if draft.reason == NO_DRAFT.words:
        return f"{draft.code} {draft.part}: drafts of round {draft.round} taken back / AI下描きの取り下げ"
    return f"{draft.code} {draft.part}: layout reopened, drafts of round {draft.round} no longer hold / レイアウト差し戻し"


def superseded_content(draft: Round) -> str:
    """Why the drafts no longer hold, before anybody paints further."""
    if draft.reason == NO_DRAFT.words:
        return (
            f"No AI draft is wanted here, so those of round {draft.round} do not hold: the background is painted from the layout.\n"
            "AIの下描きは使わず、レイアウトから描きます。"
        )
    if draft.reason == NOT_ALLOWED.words:
        return (
            f"{draft.reason} The AI drafts of round {draft.round} must not be used: please do not paint on them. What you have painted stays "
            "yours and stays recorded.\nAI利用の許可がなくなりました。この下描きは使わないでください。描いたものはあなたの仕事として残ります。"
        )
    if draft.reason == ASKED.words:
        return (
            f"{draft.reason} Please do not paint further on those of round {draft.round} before the next ones are here. What you have painted "
            "and handed in stays as it is, stays yours and stays recorded.\n"
            "美術監督が新しい下描きを希望しています。次の下描きが届くまで、この下描きでの作業はお待ちください。描いたものはそのまま残ります。"
        )
    if draft.reason == OMITTED.words:
        return (
            f"{draft.reason} Please do not paint further before your coordinator says so. What you have painted stays yours and stays "
            "recorded.\nこのカットは欠番になりました。制作進行の連絡があるまで作業をお待ちください。描いたものはあなたの仕事として残ります。"
        )
    return (
        f"{draft.reason or 'The layout was reopened.'} The AI drafts of round {draft.round} were made from an older genzu: please do not "
        "paint on them before the layout is approved again. What you have painted stays yours and stays recorded.\n"
        "レイアウトが差し戻されました。再承認まで、この下描きでの作業はお待ちください。"
    )


def refused_subject(code: str, kind: str = "") -> str:
    """Subject of the Note that says why there is no draft."""
    if kind == "round":
        return f"{code}: no further round of AI drafts / 再ドラフトなし"
    return f"{code}: no AI draft was made / AI下描きなし"


def refused_content(reason: str, kind: str) -> str:
    """Why there is no draft, and what to do."""
    remedy = {
        "genzu": "Hand in a BG genzu on the layout task; drafts then start by themselves.",
        "policy": "Nothing more is rendered. The background is painted by hand, or the producer allows AI use (`haikei policy` shows what is).",
        "provenance": "Nothing was rendered. Another Look is set for this show (`haikei look list` says what is known of each), "
        "or the background is painted by hand.",
        BUDGET_SPENT: "Nothing is rendered. Drafts start by themselves once the producer allows more and whoever looks after haikei writes it "
        "into haikei.toml (the show's budget); until then the background is painted from the layout.\n"
        "AI下描きの予算を使い切りました。プロデューサーが予算を増やし、設定に書き込まれると自動で始まります。それまでは原図から描きます。",
        "background": "Link the layout task to its Shot, then approve it again.",
        "layout": "Drafts start, or stay, as soon as one layout task is approved alone.",
        "look": "Ask the pipeline TD to look at the Look; `haikei doctor` says what is wrong with it.",
        "round": "Nothing was rendered. The drafts that stand stay; the background can be painted on, or sent back to its artist as a retake.",
        "quality": "Approve the layout again for a new round, hand in a clearer genzu, or paint without a draft.",
    }[kind]
    return f"{reason}\n{remedy}"


def _letter(number: int) -> str:
    return chr(ord("A") + number)
