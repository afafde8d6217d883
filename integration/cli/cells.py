"""Cells of printed tables: text from trackers, with no markup and no control characters of its own."""

from rich.text import Text

from integration.reports.terminal import safe


def cell(text: str) -> Text:
    """`text` as a cell."""
    return Text(safe(text))
