"""A table's bars as SVG in a page: without style or script, read aloud by its title, told apart in grey by its patterns."""

from html import escape

from integration.language import Language, Words
from integration.reports.sheet import Bars, Table
from integration.reports.sheet_cells import cell_text

_ROW_PX, _LABEL_PX, _BAR_PX, _TOLD_PX, _KEY_PX = 26, 180, 420, 200, 24
_LONGEST = 28


def bars_svg(table: Table, bars: Bars, language: Language, *, currency: str = "") -> str:
    """The bars of `table`, one for each row, as wide as their numbers; all text escaped.

    The classes ``bar-1`` to ``bar-4`` fill the parts, ``bar-told`` and ``bar-label`` the words; a page's style gives their colours.
    """
    places = {column.key: place for place, column in enumerate(table.columns)}
    columns = [table.columns[places[key]] for key in bars.values]
    rows = [[value if isinstance(value := row[places[key]], int) else 0 for key in bars.values] for row in table.rows]
    longest = max([1, *(sum(row) for row in rows)])
    keys = "".join(
        f'<rect class="bar-{number % 4 + 1}" x="{_LABEL_PX + 130 * number}" y="4" width="14" height="14"/>'
        f'<text class="bar-told" x="{_LABEL_PX + 20 + 130 * number}" y="16">{escape(column.title.of(language))}</text>'
        for number, column in enumerate(columns)
    )
    drawn = []
    for place, (row, values) in enumerate(zip(table.rows, rows, strict=True)):
        top, left = _KEY_PX + place * _ROW_PX, float(_LABEL_PX)
        label = _cut(cell_text(row[places[bars.label]], table.columns[places[bars.label]].unit, language))
        drawn.append(f'<text class="bar-label" x="{_LABEL_PX - 8}" y="{top + 17}" text-anchor="end">{escape(label)}</text>')
        for number, value in enumerate(values):
            width = _BAR_PX * value / longest
            drawn.append(f'<rect class="bar-{number % 4 + 1}" x="{left:.1f}" y="{top + 4}" width="{width:.1f}" height="18"/>')
            left += width
        said = [row[places[key]] for key in bars.values]
        told = " / ".join(cell_text(value, column.unit, language, currency=currency) for value, column in zip(said, columns, strict=True))
        drawn.append(f'<text class="bar-told" x="{left + 8:.1f}" y="{top + 17}">{escape(told)}</text>')
    size = f"0 0 {_LABEL_PX + _BAR_PX + _TOLD_PX} {_KEY_PX + len(rows) * _ROW_PX + 6}"
    title = escape(_title(table, language))
    return f'<svg class="bars" viewBox="{size}" role="img" aria-label="{title}"><title>{title}</title>{keys}{"".join(drawn)}</svg>'


def _title(table: Table, language: Language) -> str:
    return Words(ja=f"{table.title.ja}（下の表と同じ数字）", en=f"{table.title.en}, the same figures as the table below").of(language)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
