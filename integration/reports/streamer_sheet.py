"""A disclosure in the shape of the questions that streamers ask of generative AI in a production: which use, tool, rights, final, leave, review.

The questions follow what partners' guidance asks for (Netflix, "Using Generative AI in Content Production", August 2025); the words
and the form are ours. What haikei does not record is said to be not recorded, and is the production's to answer.
"""

from collections import Counter

from integration.language import Words
from integration.reports.ai_in_picture import Answer
from integration.reports.disclosure import Disclosure, ToolUse
from integration.reports.disclosure_sheet import open_points, permits_table, tools_table
from integration.reports.disclosure_words import ANSWERS, BACKGROUNDS_ALONE, HELPS, NOT_RECORDED, VENDOR_TERMS, word_of
from integration.reports.sheet import UNKNOWN, Cell, Column, Prose, Sheet, Table

_USE = Words(
    ja="承認済みレイアウトからの背景の下描き。美術スタッフに渡し、使うかどうかは本人が決める",
    en="background drafts from approved layouts, handed to background artists, who decide whether to use them",
)
_INPUTS = Words(
    ja="制作で描かれ承認されたレイアウト（原図）。その権利の帰属は haikei では記録していない",
    en="layouts drawn and approved in this production; who holds their rights is not recorded by haikei",
)


def streamer_sheet(told: Disclosure) -> Sheet:
    """`told` in the order of a streamer's questions."""
    return Sheet(
        report="disclosure_streamer",
        title=Words(ja="配信会社のAI質問票のための準備シート", en="Preparation sheet for a streamer's AI questionnaire"),
        scope=told.scope,
        blocks=(
            Prose(key="about", title=Words(ja="この書類について", en="About this sheet"), lines=(HELPS, BACKGROUNDS_ALONE)),
            _uses_table(told),
            tools_table(told),
            _final_table(told),
            permits_table(told),
            _questions_table(told),
        ),
        warnings=tuple(open_points(told)),
        numbers=told.numbers(),
    )


def _uses_table(told: Disclosure) -> Table:
    columns = (
        Column(key="use", title=Words(ja="使い方", en="use case")),
        Column(key="step", title=Words(ja="工程", en="step")),
        Column(key="tool", title=Words(ja="ツールと版", en="tool and version")),
        Column(key="licence", title=Words(ja="ライセンス", en="licence")),
        Column(key="inputs", title=Words(ja="入力と権利", en="inputs and their rights")),
        Column(key="kept", title=Words(ja="入出力の保存・学習", en="inputs or outputs kept or trained on")),
    )
    rows = tuple(map(_use_row, told.tools))
    stated = tuple((NOT_RECORDED, UNKNOWN, tool or UNKNOWN, NOT_RECORDED, NOT_RECORDED, NOT_RECORDED) for tool in told.stated_tools)
    notes = (
        (Words(ja="下の段は、スタッフが申告したほかのAIツールです。", en="The last rows are other tools with AI that people state."),)
        if stated
        else ()
    )
    return Table(
        key="uses", title=Words(ja="どこで何を使ったか", en="What was used, where"), columns=columns, rows=rows + stated, notes=notes
    )


def _use_row(tool: ToolUse) -> tuple[Cell, ...]:
    look = tool.look
    return (
        _USE,
        tool.step or UNKNOWN,
        f"{tool.model_id} {tool.revision}".strip() or UNKNOWN,
        tool.licence or (look.licence if look else UNKNOWN),
        _INPUTS,
        word_of(VENDOR_TERMS, look.vendor_training) if look else UNKNOWN,
    )


def _final_table(told: Disclosure) -> Table:
    """Whether what a model painted is in the pictures, counted in cuts."""
    final = Counter(cut.answer for cut in told.cuts if cut.is_final)
    every = Counter(cut.answer for cut in told.cuts)
    columns = (
        Column(key="answer", title=Words(ja="絵にAIの絵が残っているか", en="AI material in the picture")),
        Column(key="cuts", title=Words(ja="カット数", en="cuts")),
        Column(key="final_cuts", title=Words(ja="うち完成", en="of which final")),
    )
    rows = tuple((ANSWERS[answer], every[answer], final[answer]) for answer in Answer)
    note = Words(
        ja="カットごとの根拠は「背景でのAI使用の記録」にあります。",
        en="What each answer rests on stands in the sheet on the use of AI in backgrounds.",
    )
    return Table(
        key="final", title=Words(ja="完成した絵に残っているか", en="Is it in the final"), columns=columns, rows=rows, notes=(note,)
    )


def _questions_table(told: Disclosure) -> Table:
    reviewed = sum(cut.is_final for cut in told.cuts)
    asked, answered = sum(piece.raised for piece in told.pieces), sum(piece.answered for piece in told.pieces)
    rows: tuple[tuple[Cell, Cell], ...] = (
        (
            Words(ja="人が確認したか", en="Did a person review it"),
            Words(
                ja=f"{len(told.cuts)}カット中{reviewed}カットで、渡された絵のすべてに完成の承認の記録がある",
                en=f"in {reviewed} of {len(told.cuts)} cuts every picture that was handed in has a recorded final approval",
            ),
        ),
        (Words(ja="出演者の容姿・声を使ったか", en="Is a performer's likeness or voice touched"), NOT_RECORDED),
        (Words(ja="個人情報を入力したか", en="Is personal data put in"), NOT_RECORDED),
        (Words(ja="他者の著作物を入力したか", en="Is somebody else's work put in"), NOT_RECORDED),
        (Words(ja="似た作品がないか確かめたか", en="Was likeness to other works checked"), NOT_RECORDED),
        (Words(ja="組合の仕事を置き換えたか", en="Does it replace work that a union covers"), NOT_RECORDED),
        (
            Words(ja="ファイルについての質問", en="Questions about files"),
            Words(ja=f"{asked}件のうち{answered}件に答えがある", en=f"{answered} of {asked} are answered"),
        ),
    )
    columns = (
        Column(key="question", title=Words(ja="問い", en="question")),
        Column(key="answer", title=Words(ja="記録から言えること", en="what the record says")),
    )
    note = Words(ja="記録のない問いには、制作が自分で答えてください。", en="What is not recorded is for the production to answer.")
    return Table(key="questions", title=Words(ja="そのほかの問い", en="Other questions"), columns=columns, rows=rows, notes=(note,))
