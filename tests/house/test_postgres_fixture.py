"""The server other tests rely on does what they rely on."""

import sqlalchemy as sa

from integration.database import make_tables, metadata, open_database


def test_each_test_gets_an_empty_database_that_takes_our_tables(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    assert sa.inspect(engine).get_table_names() == []

    make_tables(engine)

    assert set(sa.inspect(engine).get_table_names()) == set(metadata.tables)
    engine.dispose()


def test_what_one_test_leaves_another_does_not_see(postgres_url: str) -> None:
    engine = open_database(postgres_url)

    assert sa.inspect(engine).get_table_names() == []
    engine.dispose()
