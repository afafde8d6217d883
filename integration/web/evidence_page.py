"""From the link that stands beside a Shot or Version in the tracker to the page of its cut."""

import sqlalchemy as sa

from integration.reports.facts import facts
from integration.studio import Studio
from integration.web.board.page import shot_path
from integration.workflow.evidence import background_of_link


def path_of_link(studio: Studio, name: str) -> str | None:
    """The path of the first cut that the link's background serves; None when the link is none of ours or nothing is recorded."""
    background = background_of_link(studio.settings, name)
    if background is None:
        return None
    newest = sa.select(facts.c.show, facts.c.seq, facts.c.shot).where(facts.c.background == background, facts.c.shot != "")
    with studio.engine.connect() as connection:
        row = connection.execute(newest.order_by(facts.c.idx.desc()).limit(1)).one_or_none()
    return row and shot_path(row.show, row.seq, row.shot)
