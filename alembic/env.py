"""How Alembic meets Parley's database: `service.kit.database.migrations` hands it a connection and the address."""

from typing import Any

from sqlalchemy import Connection

from alembic import context
from service.kit.database.migrations import with_connection
from service.wiring import METADATA


def render_item(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Columns are written in the words of SQLAlchemy and of our own types, never of SQLModel's."""
    if kind == "type" and type(item).__name__ == "AutoString":
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    if kind == "type" and type(item).__name__ == "Instant":
        return "sa.BigInteger()"
    return False


def run(connection: Connection) -> None:
    """Run what was asked for on this connection, all steps in one transaction: what is killed leaves old or new.

    On SQLite that transaction holds the write lock from before the version is read; with one for each step, two
    processes took turns between the steps, and each then repeated the other's.
    """
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
        compare_type=True,
        transactional_ddl=True,  # SQLite too: its transactions are begun by us, and DDL is part of them
    )
    with context.begin_transaction():
        context.run_migrations()


if (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    with_connection(context.config.attributes["url"], run)
