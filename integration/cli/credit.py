"""`haikei credit`: credits put right by hand."""

from pathlib import Path
from unicodedata import normalize

from integration.cli.kept_record import require_record
from integration.errors import LedgerError
from integration.ledger import people
from integration.ledger.vocabulary import Role
from integration.reports.terminal import safe
from integration.settings import read_settings
from integration.workflow.credit_override import CreditChange, override_credit
from integration.workflow.statements import person_called


def change_credit(
    file: Path | None,
    name: str,
    *,
    role: Role,
    show: str,
    reason: str,
    by: str,
    episode: str,
    cuts: list[str],
    adds: bool,
    new: bool,
    dry_run: bool,
) -> None:
    """Add somebody to a role, or take them out; with `dry_run` only say so.

    Args:
        file: the settings file.
        name: whose credit it is.
        role: in the credits.
        show: its name.
        reason: why, in words.
        by: who decides it, by name or id.
        episode: its code; empty: every one.
        cuts: codes; empty: every one.
        adds: whether it puts them in.
        new: whether somebody of this name is put down whom the record does not know.
        dry_run: write nothing.

    Raises:
        LedgerError: there is no record, it knows nobody, or several, of one of the names, or the reason is missing.
    """
    show = normalize("NFC", show)
    with require_record(read_settings(file)).begin() as connection:
        decider = person_called(connection, by, show=show)
        if new and people.called(connection, name, show=show):
            raise LedgerError(f"the record knows {name!r:.80} already", hint="Leave --new out.")
        if new:
            ref = people.person_ref(connection, show=show, person_id=f"credit:{name}", name=name)
        else:
            ref = person_called(connection, name, show=show)
        change = CreditChange(show=show, ref=ref, role=role, adds=adds, reason=reason, by=decider, episode=episode, shots=tuple(cuts))
        index = override_credit(connection, change)
        if dry_run:
            connection.rollback()
    deed = f"{safe(name)} {'is listed as' if adds else 'is taken out as'} {role.value.replace('_', ' ')}"
    print(f"{deed} (not written: a dry run)" if dry_run else f"{deed}; entry {index} says so, with the reason.")
