"""A database with a town in it, for one test; whoever signs in first is the one whom most was told to."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import make_url

from service.kit.database.migrations import with_connection
from tests.fresh import fresh_postgresql
from tests.size.town import found


@pytest.fixture
def database_url(dialect: str, template: str, tmp_path: Path) -> Iterator[str]:
    """The address of the town's database, which is thrown away."""
    if dialect == "sqlite":
        copy = tmp_path / "town.db"
        shutil.copy(make_url(template).database or "", copy)
        url = f"sqlite+pysqlite:///{copy}"
        with_connection(url, found)
        yield url
        copy.unlink()
    else:
        with fresh_postgresql(template) as url, ThreadPoolExecutor(1) as thread:
            thread.submit(with_connection, url, found).result()
            yield url
