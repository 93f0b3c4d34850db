"""The pages on PostgreSQL, the first third of their files."""

from tests.postgres.test_postgres import PARTS, held, pages


def test_the_pages_hold_on_postgresql(postgres_url, tmp_path):
    assert held(postgres_url, tmp_path, pages()[0::PARTS]) > 200
