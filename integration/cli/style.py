"""`haikei style train`: shows the boards with their consents, has a style trained in a process of its own, and says what to do with it."""

import contextlib
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from integration.cli.cells import cell
from integration.errors import RenderError
from integration.settings import read_settings

Answer = dict[str, Any]


def run_style_train(
    file: Path | None, *, boards: Path, consent: Path, look: str, out: Path, steps: int, rank: int, seed: int, dry_run: bool
) -> None:
    """Train a style and print the lines a Look takes, or only the table of boards.

    Raises:
        RenderError: a board may not be used or the style cannot be trained.
        KeyboardInterrupt: it was stopped; the checkpoint is kept.
    """
    settings = read_settings(file)
    order = {
        "boards": str(boards.absolute()),
        "consent": str(consent.absolute()),
        "look": look,
        "looks": [str(folder.absolute()) for folder in settings.render.looks],
        "out": str(out.absolute()),
        "steps": steps,
        "rank": rank,
        "seed": seed,
        "threads": settings.render.threads,
        "dry_run": dry_run,
        "today": datetime.now(UTC).astimezone().date().isoformat(),
    }
    console = Console()
    with _trainer(order) as answers, _Progress(console) as progress:
        for answer in answers:
            _tell(answer, console, progress)


@contextlib.contextmanager
def _trainer(order: Answer) -> Iterator[Iterator[Answer]]:
    """The answers of a training process; Ctrl-C asks it to stop, and it answers what it has kept; a second one ends it at once."""
    command = [sys.executable, "-P", "-m", "render_service.style"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
    assert child.stdin is not None
    assert child.stdout is not None
    asked = iter((child.terminate, child.kill))
    before = signal.signal(signal.SIGINT, lambda *_: next(asked, child.kill)())
    try:
        with contextlib.suppress(BrokenPipeError), child.stdin as words:
            words.write(json.dumps(order))
        yield (json.loads(line) for line in child.stdout if line.startswith("{"))
        if child.wait() not in (0, 1):
            raise RenderError(
                f"the training ended with exit code {child.returncode}", hint="What it printed above says why; start it again."
            )
    finally:
        signal.signal(signal.SIGINT, before)
        child.terminate()
        child.wait()
        child.stdout.close()


def _tell(answer: Answer, console: Console, progress: "_Progress") -> None:
    if "boards" in answer:
        console.print(_board_table(answer["boards"]))
    elif "step" in answer:
        progress.show(answer)
    elif "done" in answer:
        done = answer["done"]
        console.print(
            f"trained: {done['weights']}\nwhat it was trained on: {done['statement']}", markup=False, highlight=False, soft_wrap=True
        )
        console.print("Copy the style's folder beside a Look file, and add to the Look:\n", markup=False)
        console.print(done["lora"], markup=False, highlight=False, soft_wrap=True)
    elif "stopped" in answer:
        stopped = answer["stopped"]
        console.print(f"stopped after step {stopped['step']} of {stopped['steps']}; the same command goes on from there", markup=False)
        raise KeyboardInterrupt
    elif "error" in answer:
        raise RenderError(answer["error"], hint=answer["hint"])


def _board_table(boards: list[dict[str, str]]) -> Table:
    table = Table("board", "artist", "consent", "given", "until", "scope", "may train", title="Boards")
    for board in boards:
        columns = [cell(board.get(key, "")) for key in ("file", "artist", "consent", "date", "until", "scope")]
        table.add_row(*columns, cell(f"no: {board['objection']}" if board["objection"] else "yes"))
    return table


class _Progress:
    """A bar on a terminal; elsewhere a line for every tenth of the way."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = (TextColumn("step {task.completed:.0f}/{task.total:.0f}"), BarColumn(), TextColumn("loss {task.fields[loss]:.4f}"))
        self._bar = Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal, transient=True)
        self._task = self._bar.add_task("training", total=1, loss=0.0, visible=False)
        self._tenth = -1

    def __enter__(self) -> "_Progress":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, answer: Answer) -> None:
        """Show that a step was made."""
        step, steps, loss = answer["step"], answer["steps"], answer["loss"]
        self._bar.update(self._task, completed=step, total=steps, loss=loss, visible=True)
        if not self._console.is_terminal and (tenth := step * 10 // steps) > self._tenth:
            self._tenth = tenth
            self._console.print(f"step {step} of {steps}, loss {loss:.4f}, {answer['seconds']:.0f} s", markup=False, highlight=False)
