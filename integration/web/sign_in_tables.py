"""The tables of who is signed in to the pages, and of the links that let people in."""

import sqlalchemy as sa

metadata = sa.MetaData()
"""Tables of this module; whoever opens the database creates them."""


def _who() -> list[sa.Column[str]]:
    """Whom a row is about: roles joined by blanks, names of shows as JSON."""
    return [sa.Column(name, sa.Text, nullable=False) for name in ("name", "account", "person", "roles", "shows")]


sessions = sa.Table(
    "haikei_session",
    metadata,
    sa.Column("token_sha256", sa.Text, primary_key=True),
    *_who(),
    sa.Column("form_token", sa.Text, nullable=False),
    sa.Column("link_sha256", sa.Text, nullable=False),
    sa.Column("rules", sa.Text, nullable=False),
    sa.Column("began_ms", sa.BigInteger, nullable=False),
    sa.Column("seen_ms", sa.BigInteger, nullable=False),
    sa.Column("idle_ms", sa.BigInteger, nullable=False),
    sa.Column("until_ms", sa.BigInteger, nullable=False),
)
"""One row for each browser that is signed in; `idle_ms` is 0 where it may rest until `until_ms`."""

links = sa.Table(
    "haikei_sign_in_link",
    metadata,
    sa.Column("code_sha256", sa.Text, primary_key=True),
    *_who(),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_ms", sa.BigInteger, nullable=False),
    sa.Column("open_until_ms", sa.BigInteger, nullable=False),
    sa.Column("session_until_ms", sa.BigInteger, nullable=False),
    sa.Column("used_ms", sa.BigInteger),
    sa.Column("ended_ms", sa.BigInteger),
)
"""Links somebody was given, by the hash of their code. Those of auditors stay when they are over: who let whom in can be told."""
