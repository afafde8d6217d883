"""``python -m render_service.style``: takes a `StyleOrder` on standard input, answers in lines of JSON on standard output.

The answers are ``{"boards": […]}``, then, unless nothing is to be trained, ``{"step": …}`` while it goes on, and at the end
``{"done": {…}}``, ``{"stopped": {…}}`` or ``{"error": …, "hint": …}``.
"""

import json
import re
import sys
import threading
from collections.abc import Callable
from typing import Any

from integration.errors import HaikeiError, RenderError
from integration.log import set_up_log
from integration.stopping import stop_at_signals
from render_service.looks import load_look
from render_service.style.boards import Board, require_consents, review_boards, trained_size
from render_service.style.consent import read_consents
from render_service.style.order import StyleOrder, read_order

STOPPED = 130
"""Exit code when it was told to stop; the checkpoint is kept."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}", re.ASCII)

Answer = Callable[[dict[str, Any]], None]


def main() -> int:
    """Read the order, train, and return the exit code."""
    answers, sys.stdout = sys.stdout, sys.stderr  # a library that prints must not be taken for an answer
    set_up_log()
    with stop_at_signals() as stop:

        def answer(words: dict[str, Any]) -> None:
            try:
                print(json.dumps(words, default=str), file=answers, flush=True)
            except BrokenPipeError:  # nobody listens any more: keep what there is
                stop.set()

        try:
            return train_style(read_order(sys.stdin.read()), answer, stop)
        except HaikeiError as error:
            answer({"error": str(error), "hint": error.hint})
            return 1


def train_style(order: StyleOrder, answer: Answer, stop: threading.Event) -> int:
    """Review the boards, and train and write the style unless the order is for the review alone.

    Raises:
        HaikeiError: a board may not be used, or the style cannot be trained; nothing was trained then.
    """
    if not _NAME.fullmatch(order.style):
        raise RenderError(
            f"{order.style[:80]!r} cannot name a style", hint="--out is a folder called as the style: a-z, 0-9, '.', '-', '_'."
        )
    look = load_look(order.look, order.looks)
    consents = read_consents(order.consent)
    boards = review_boards(order.boards, consents, style=order.style, today=order.today, size=trained_size(look), without=order.consent)
    answer({"boards": [_row(board) for board in boards]})
    require_consents(boards)
    if order.dry_run:
        return 0
    from render_service.style.statement import write_style  # seconds to import, and not needed to refuse
    from render_service.style.training import train

    try:
        order.out.mkdir(parents=True, exist_ok=True)
        trained = train(look, boards, order, tell=answer, stop=stop)
        if trained.step < order.steps:
            answer({"stopped": {"step": trained.step, "steps": order.steps}})
            return STOPPED
        answer({"done": write_style(look, boards, order, trained)})
    except OSError as error:
        raise RenderError(f"the folder {order.out} cannot be written: {error.strerror}", hint="Check its disk and rights.") from error
    return 0


def _row(board: Board) -> dict[str, str]:
    consent = board.consent
    said = {"file": board.file, "sha256": board.sha256, "objection": board.objection}
    if consent is None:
        return said
    until = str(consent.expires or "")
    return {
        **said,
        "artist": consent.artist,
        "consent": consent.consent,
        "date": str(consent.given_on),
        "scope": consent.scope,
        "until": until,
    }


if __name__ == "__main__":
    sys.exit(main())
