"""The clock: it never goes back, and the machine's time and the database's are kept apart."""

from datetime import UTC, datetime, timedelta

import pytest

from service.kit.clock import Clock

pytestmark = pytest.mark.no_database
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_a_reading_that_went_back_is_the_one_before() -> None:
    clock = Clock()
    assert clock.settle(NOON) == NOON
    assert clock.settle(NOON - timedelta(hours=1)) == NOON
    clock.offset = timedelta(days=1)
    assert clock.settle(NOON) == NOON + timedelta(days=1)


def test_a_fast_machine_does_not_date_what_is_decided_by_the_database() -> None:
    clock = Clock()
    clock.settle(NOON + timedelta(minutes=5))
    assert clock.settle(NOON, "database") == NOON
