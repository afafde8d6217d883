"""Opens the database with the record, for commands that ask no tracker."""

import sqlalchemy as sa

from integration.database import make_tables, missing_file, open_database
from integration.errors import LedgerError
from integration.ledger.log import metadata as ledger_tables
from integration.reports.cuts import metadata as cut_tables
from integration.reports.facts import metadata as fact_tables
from integration.settings import Settings
from integration.web.sign_in_tables import metadata as sign_in_tables


def find_record(settings: Settings) -> sa.Engine | None:
    """The database that `settings` name; None before there is one, and none is made.

    Raises:
        DatabaseError: it cannot be opened.
    """
    url = settings.database_url()
    if missing_file(url):
        return None
    engine = open_database(url)
    make_tables(engine, ledger_tables, fact_tables, cut_tables, sign_in_tables)
    return engine


def require_record(settings: Settings) -> sa.Engine:
    """As `find_record`, where nothing can be done without one.

    Raises:
        LedgerError: there is no record yet.
        DatabaseError: it cannot be opened.
    """
    engine = find_record(settings)
    if engine is None:
        raise LedgerError("there is no record yet", hint="It begins with the first approval that `haikei up` sees.")
    return engine
