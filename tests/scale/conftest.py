"""A primary with its standby, made once for each file's tests."""

from collections.abc import Iterator

import pytest

from service.kit.database.migrations import upgrade
from tests.provision.scratch import parent
from tests.scale.clusters import Pair, running_pair


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """Two PostgreSQL servers; the database on them is as the migrations leave it."""
    with running_pair(parent()) as made:
        upgrade(made.urls[0])
        yield made
