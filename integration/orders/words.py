"""What the package says to people, Japanese and English: the terms on AI, the README, and the form on which AI use is declared."""

from collections.abc import Sequence
from datetime import date

from integration.orders.manifest import HouseOrder, OrderedBackground
from integration.reports.terminal import safe

_LISTED, _LONGEST = 30, 60


def terms_ja(order: HouseOrder) -> list[str]:
    """What holds for AI in this order, sentence by sentence."""
    said = []
    for scope, until, listed in _leaves(order):
        which = "" if listed is None else f"{'、'.join(listed)}："
        if scope == "none":
            said.append(f"{which}この発注では、生成AIの使用は許可されていません。")
        else:
            what = "納品する背景" if scope == "final" else "下描き（人が上から描くもの）"
            said.append(f"{which}生成AIは、{what}に限り{until}まで使用できます。")
    said.append(
        "生成AIを使った場合は、許可の有無にかかわらず、ai-declaration.txt に必ず申告してください。使わなかった場合もその旨をご記入ください。"
    )
    if order.no_vendor_training:
        said.append("受け取った絵を学習に使う可能性のあるサービスには、何も送らないでください。")
    if order.data != "any":
        said.append(f"使えるのは、学習データが{'公開されている' if order.data == 'disclosed' else '許諾済みの'}モデルだけです。")
    said.append("申告は、どなたかの評価や報酬を下げる理由にはなりません。")
    return said


def terms_en(order: HouseOrder) -> list[str]:
    """The same in English."""
    said = []
    for scope, until, listed in _leaves(order):
        which = "" if listed is None else f"{', '.join(listed)}: "
        if scope == "none":
            said.append(f"{which}Generative AI is not allowed for this work.")
        else:
            what = "finished backgrounds" if scope == "final" else "drafts that a person paints over, and nothing else"
            said.append(f"{which}Generative AI is allowed for {what}, until {until}.")
    said.append("If generative AI was used, allowed or not, declare it in ai-declaration.txt. If it was not, say that there, too.")
    if order.no_vendor_training:
        said.append("Send nothing to services that may train on the pictures they are given.")
    if order.data != "any":
        said.append(f"Only models whose training data are {order.data} may be used.")
    said.append("Nobody is paid less, or thought less of, for a declaration.")
    return said


def readme(order: HouseOrder) -> str:
    """The package's README.txt."""
    return "\n".join(
        (
            f"背景発注 {order.order} / Background order {order.order}",
            f"{safe(order.show)} → {safe(order.house)}",
            f"納期 / due: {order.due_on}",
            "",
            "はじめに order-sheet.ja.pdf をご覧ください。カットごとのフォルダに、原図（genzu、お預かりした元のファイル）、線画（line）、",
            "セル範囲（cel_mask、白い部分はセルが乗るため描き込み不要）が入っています。",
            "完成した背景は、発注書にあるファイル名・サイズ・形式のまま、フォルダまたはzipにまとめてお戻しください。",
            "ai-declaration.txt に記入して一緒に入れてください。order.json もそのまま入れていただけると確実です。",
            "",
            "Begin with order-sheet.en.pdf. Each cut has a folder with the genzu (the original file), its lines (line) and the area that",
            "cels cover (cel_mask: nothing needs to be painted where it is white).",
            "Hand the finished backgrounds back in one folder or zip, named, sized and saved as the order sheet says.",
            "Fill in ai-declaration.txt and put it in, and order.json as it is.",
            "",
            "SHA256SUMS で中身を確認できます。 / SHA256SUMS checks the files: sha256sum -c SHA256SUMS",
            "",
        )
    )


def declaration_form(order: HouseOrder) -> str:
    """The form on which the house declares its AI use; `declaration.read_declaration` reads it."""
    lines = [
        f"AI使用の申告 / AI declaration, order {order.order}",
        "",
        *(f"* {line}" for pair in zip(terms_ja(order), terms_en(order), strict=True) for line in pair),
        "",
        "それぞれの「=」の後に no、または yes とツール名をご記入ください。 例: = yes, Photoshop 生成塗りつぶし（空）",
        "Behind each = write no, or yes and the tool. Example: = yes, Photoshop Generative Fill (sky)",
        "",
        *(f"{part.stem} =" for _, part in order.parts),
        "",
        "記入者 / filled in by:",
        "",
    ]
    return "\n".join(lines)


def _leaves(order: HouseOrder) -> list[tuple[str, date | None, Sequence[str] | None]]:
    """Each leave there is, its last day and the backgrounds it is for; None where it is for all."""
    together: dict[tuple[str, date | None], list[OrderedBackground]] = {}
    for background in order.backgrounds:
        together.setdefault((background.ai, background.ai_until), []).append(background)
    if len(together) == 1:
        return [(*leave, None) for leave in together]
    return [(*leave, _codes(backgrounds)) for leave, backgrounds in together.items()]


def _codes(backgrounds: Sequence[OrderedBackground]) -> list[str]:
    codes = [safe(background.code[:_LONGEST]) for background in backgrounds[:_LISTED]]
    return [*codes, "…"] if len(backgrounds) > _LISTED else codes
