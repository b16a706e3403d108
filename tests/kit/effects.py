"""What queue tests count: effects in the database, so that a rolled-back one does not show."""

from service.kit.database import Session
from service.kit.database.rows import upsert
from service.kit.queue.tables import cron_tick


def bump(session: Session, name: str) -> None:
    """Count one effect under `name`, in SQL. (`cron_tick` serves as the counter: a name and a number.)"""
    statement = upsert(session)(cron_tick).values(name=name, tick=1)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"tick": cron_tick.c.tick + 1}))


def effects(session: Session) -> dict[str, int]:
    """How often each name was bumped."""
    rows = session.execute(cron_tick.select()).all()
    return {str(row.name): int(row.tick) for row in rows}
