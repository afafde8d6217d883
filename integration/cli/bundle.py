"""`haikei bundle`: the audit pack of a show or a cut."""

from datetime import UTC, datetime
from pathlib import Path

from integration.cli.kept_record import require_record
from integration.ledger import heads, keys
from integration.ledger.pack import write_pack
from integration.settings import read_settings
from integration.storage.whole_file import whole_file
from integration.workflow.publishing import keys_folder


def make_bundle(file: Path | None, out: Path, *, show: str | None, shot: str | None, with_names: bool, with_hours: bool = False) -> None:
    """Sign the record as it stands, where the key lies here, and write the pack.

    Raises:
        LedgerError: there is no record or no key, or the record no longer fits what was signed.
    """
    settings = read_settings(file)
    engine = require_record(settings)
    folder = keys_folder(settings)
    with engine.begin() as connection:
        if keys.has_secret(connection, folder):
            heads.sign_head(connection, keys.open_signer(connection, folder), datetime.now(UTC))
    with engine.connect() as connection, whole_file(out.absolute()) as stream:
        held, newer = write_pack(connection, stream, show=show, shot=shot, with_names=with_names, with_hours=with_hours)
    engine.dispose()
    print(f"{out}: {held} entries" + (", with names" if with_names else ", without names") + (", with hours" if with_hours else ""))
    if with_hours:
        print("It holds everybody's hours: hand it to payroll and its auditor, and to nobody else.")
    if newer:
        print(f"{newer} newer entries are under no checkpoint yet and were left out; run this where the key lies.")
