"""`haikei replay`: an event once more to its hooks, or a failed draft once more from its first unfinished effect."""

from pathlib import Path

from integration.database import make_tables, open_database
from integration.errors import HaikeiError
from integration.intake.inbox import Inbox
from integration.intake.sweep import take_up_again
from integration.settings import read_settings
from integration.studio import open_studio
from integration.workflow import rounds
from integration.workflow.rounds import DraftState


def run_replay(file: Path | None, what: str) -> None:
    """Replay an event or a failed draft.

    Raises:
        HaikeiError: nothing goes by that name, or the draft did not fail.
    """
    settings = read_settings(file)
    engine = open_database(settings.database_url())
    make_tables(engine)
    with engine.connect() as connection:
        draft = next((draft for draft in rounds.every(connection) if draft.key == what), None)
    if draft is None:
        replayed = Inbox(engine, open_studio(settings).tracker.site).again(what)
        if not replayed:
            raise HaikeiError(f"no event or draft is called {what}", hint="`haikei status` lists both; ids are copied whole.")
        print(f"event {what}: owed once more to {replayed} hook(s); a running `haikei up` takes it up.")
    elif draft.state is not DraftState.FAILED:
        raise HaikeiError(f"draft {what} is {draft.state}, not failed", hint="Only failed drafts are taken up again.")
    else:
        take_up_again(open_studio(settings), draft)
        print(f"draft {what}: taken up again; a running `haikei up` goes on with it.")
