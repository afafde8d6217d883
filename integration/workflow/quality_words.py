"""What people read when drafts were found bad before delivery or want a word of care, English and Japanese."""

from collections.abc import Sequence

from integration.measure.quality import Fault, Figures

ROUGH_USED = "The rough colour on the sheet was given to the Look. / 原図のラフ色を参考にしています。"
"""The Note's line about a round with rough colour."""
BOOK_OPAQUE = (
    "This BOOK is painted over the whole frame, without transparency: cut it out along its own outline. / "
    "このBOOKはフレーム全体に不透明で描かれています。輪郭に沿って切り抜いてください。"
)
"""The Note's line about a round of a BOOK."""

_EN = {
    Fault.BLANK: "nothing is painted on it",
    Fault.CRUSHED: "most of it is lost in black",
    Fault.BLOWN: "most of it is blank white",
    Fault.TOO_DARK: "it is far too dark for the words of the shot",
    Fault.LAYOUT: "it does not follow the lines of the layout",
    Fault.TWIN: "it is all but the same as an earlier draft of the round",
}
_JA = {
    Fault.BLANK: "何も描かれていません",
    Fault.CRUSHED: "大部分が黒くつぶれています",
    Fault.BLOWN: "大部分が白く飛んでいます",
    Fault.TOO_DARK: "カットの指定に対して暗すぎます",
    Fault.LAYOUT: "レイアウトの線に沿っていません",
    Fault.TWIN: "同じ回の他の案とほぼ同じです",
}


def flag(faults: Sequence[Fault], *, twice: bool) -> str:
    """What a flagged Version's description ends with; empty when nothing is wrong. `twice`: it was painted again in vain."""
    if not faults:
        return ""
    english, japanese = (" It was painted twice.", "描き直しても同様でした。") if twice else ("", "")
    return f"\nCHECK FIRST: {_english(faults)}.{english}\n要確認: {_japanese(faults)}。{japanese}"


def flagged_line(name: str, faults: Sequence[Fault]) -> str:
    """The Note's line about a draft that was delivered all the same."""
    return f"Check '{name}' first: {_english(faults)}. / 要確認: {_japanese(faults)}。"


def withheld_line(withheld: Sequence[Sequence[Fault]]) -> str:
    """The Note's line about drafts that are not delivered, each with what is wrong."""
    reasons = "; ".join(dict.fromkeys(_english(faults) for faults in withheld))
    return f"{len(withheld)} more not delivered: {reasons}. / ほか{len(withheld)}枚は品質確認で不採用としました。"


def none_left(withheld: Sequence[Sequence[Fault]]) -> str:
    """Why a whole round is not delivered."""
    english = "; ".join(dict.fromkeys(_english(faults) for faults in withheld))
    japanese = "、".join(dict.fromkeys(_japanese(faults) for faults in withheld))
    return f"No draft passed the quality check: {english}. / 品質確認を通った下描きがありません: {japanese}。"


def found(faults: Sequence[Fault], figures: Figures) -> str:
    """What the record keeps beside the code: what is wrong, and the figures in millionths."""
    measured = {
        "layout kept": figures.layout_kept_ppm,
        "chance": figures.layout_chance_ppm,
        "lightness": figures.lightness_ppm,
        "black": figures.black_ppm,
        "white": figures.white_ppm,
        "flat": figures.flat_ppm,
        "difference": figures.difference_ppm,
    }
    told = ", ".join(f"{name} {value}" for name, value in measured.items() if value is not None)
    return f"{_english(faults)}; in millionths: {told}"


def _english(faults: Sequence[Fault]) -> str:
    return " and ".join(_EN[fault] for fault in faults)


def _japanese(faults: Sequence[Fault]) -> str:
    return "、".join(_JA[fault] for fault in faults)
