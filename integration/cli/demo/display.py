"""What a person sees while the demo runs: a live table on a terminal, a line for each change elsewhere."""

import sys
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from rich.console import Console, Group
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table

from integration.cli.cells import cell

_MARKS = {"delivered": "green", "rendering": "cyan", "delivering": "cyan", "refused": "yellow", "failed": "red", "held": "yellow"}


class Display:
    """The demo's progress."""

    def __init__(self) -> None:
        self._console = Console()
        self._live = Live(console=self._console, refresh_per_second=8, transient=True) if sys.stdout.isatty() else None
        self._task = ""
        self._shown: dict[str, str] = {}
        self._began = time.monotonic()

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._live:
            self._live.stop()

    def say(self, task: str) -> None:
        """What is being done now."""
        self._task = task
        if self._live:
            self._draw()
        else:
            print(f"[{time.monotonic() - self._began:6.1f} s] {task}", flush=True)

    def show(self, states: Iterable[tuple[str, str, str]]) -> None:
        """The state of each cut: code, state, detail."""
        for code, state, detail in states:
            if self._shown.get(code) != state:
                self._shown[code] = state
                if not self._live:
                    print(f"[{time.monotonic() - self._began:6.1f} s] {code}: {state}{f' - {detail}' if detail else ''}", flush=True)
        if self._live:
            self._draw()

    def _draw(self) -> None:
        assert self._live is not None
        table = Table(box=None, padding=(0, 2))
        for _ in range(4):
            table.add_column()
        cells = [cell(f"{code} {state}") for code, state in sorted(self._shown.items())]
        for text, state in zip(cells, (state for _, state in sorted(self._shown.items())), strict=True):
            text.stylize(_MARKS.get(state, "dim"))
        for row in range(0, len(cells), 4):
            table.add_row(*cells[row : row + 4])
        seconds = f"{time.monotonic() - self._began:.0f} s"
        self._live.update(Group(Spinner("dots", text=f" {self._task}  {seconds}"), table))
