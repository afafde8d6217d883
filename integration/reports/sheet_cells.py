"""How one cell of a sheet reads: its number with its unit, its words in the reader's language."""

from integration.language import Language, Words
from integration.reports.sheet import Cell, Unit

_MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0}
"""Currencies without smaller units (ISO 4217); others have hundredths here."""
_HOUR = {Language.JA: ("時間", "分"), Language.EN: (" h", " min")}


def cell_text(cell: Cell, unit: Unit, language: Language, *, currency: str = "") -> str:
    """`cell` as people read it; text of the studio as it is, for the caller to make safe; empty for None.

    Args:
        cell: of a table.
        unit: its column's.
        language: the reader's.
        currency: the sheet's, for `Unit.MONEY`.
    """
    if isinstance(cell, Words):
        return cell.of(language)
    if not isinstance(cell, int):
        return cell or ""
    match unit:
        case Unit.MINUTES:
            return _duration(cell, language)
        case Unit.MILLISECONDS:
            return _duration(round(cell / 60_000), language)
        case Unit.PPM:
            return f"{cell / 10_000:.1f} %"
        case Unit.WATT_HOURS:
            return f"{cell:,} Wh"
        case Unit.MONEY:
            return money_text(cell, currency)
        case Unit.INDEX:
            return f"#{cell}"
        case _:
            return f"{cell:,}"


def money_text(amount: int, currency: str) -> str:
    """``JPY 12,300`` or ``EUR 12.30`` of whole smallest units."""
    digits = _MINOR_DIGITS.get(currency, 2)
    return f"{currency} {amount / 10**digits:,.{digits}f}".strip()


def _duration(minutes: int, language: Language) -> str:
    hour, minute = _HOUR[language]
    hours, rest = divmod(minutes, 60)
    return f"{hours:,}{hour} {rest}{minute}" if hours else f"{rest}{minute}"
