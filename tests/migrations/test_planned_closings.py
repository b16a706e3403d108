"""A time of closing that was set before there were timers becomes one."""

import time

from sqlalchemy import Connection, text

from service.kit.database.migrations import upgrade, with_connection
from tests.migrations.versions import fill, upgrade_to

DAY = 86_400_000_000


def test_what_is_to_close_has_its_timer_and_what_has_closed_has_none(empty_database_url: str) -> None:
    upgrade_to(empty_database_url, "0017")
    fill(empty_database_url)
    now = time.time_ns() // 1000
    planned: list[tuple[int, int]] = []

    def plan(connection: Connection) -> None:
        connection.execute(text("DELETE FROM timer"))
        coming, gone = connection.scalars(text("SELECT id FROM thread ORDER BY id LIMIT 2")).all()
        for thread_id, at in ((coming, now + DAY), (gone, now - DAY)):
            connection.execute(text("UPDATE thread SET closes_at = :at WHERE id = :id"), {"at": at, "id": thread_id})
        planned.append((coming, now + DAY))
        connection.commit()

    with_connection(empty_database_url, plan)
    upgrade(empty_database_url)
    found: list[tuple[int, int]] = []

    def look(connection: Connection) -> None:
        rows = connection.execute(text("SELECT thread_id, at FROM timer WHERE kind = 'close' AND ended_at IS NULL"))
        found.extend((row[0], row[1]) for row in rows)

    with_connection(empty_database_url, look)
    assert found == planned
