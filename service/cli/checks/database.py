"""The database: whether it answers, keeps what it acknowledges, is whole and at the newest schema; and its clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import text

from service.cli.checks.findings import FAIL, OK, WARN, Finding, judge
from service.kit.chain import end_is_broken
from service.kit.clock import now
from service.kit.database import Session
from service.kit.database.migrations import newest, version_of
from service.kit.events import oldest_waiting

LARGEST_DRIFT: Final = timedelta(seconds=2)
OLDEST_POSTGRESQL: Final = 130_000
"""`server_version_num` of PostgreSQL 13."""


@dataclass(frozen=True, slots=True)
class Server:
    """What a server says of itself."""

    words: str
    promises: dict[str, str]


def look(session: Session) -> Iterator[Finding]:
    """All that one unit of work can see."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    yield from (sqlite if is_sqlite else postgresql)(session)
    version, wanted = version_of(session), newest()
    yield judge(
        "migrations", version == wanted, f"at {version or 'none'}, the newest is {wanted}",
        "Run `parley migrate` before this version serves.", otherwise=FAIL,
    )  # fmt: skip
    if version is None:
        return
    drift = abs(now(session) - datetime.now(UTC))
    yield judge(
        "clock", drift <= LARGEST_DRIFT, f"{drift.total_seconds():.3f} s between here and the database",
        "Set the clocks by NTP: deadlines go by the database's, logs by this machine's.",
    )  # fmt: skip
    oldest = oldest_waiting(session)
    stands = oldest is not None and now(session) - oldest > timedelta(seconds=30)
    yield judge(
        "event log", not stands, "events wait for their places" if stands else "grows",
        "Start `parley serve` or `parley work`; with PostgreSQL look who holds the advisory lock (pg_locks).",
        otherwise=FAIL,
    )  # fmt: skip
    broken = end_is_broken(session)
    yield judge(
        "audit chain", not broken, broken or "its last thousand links hold (`parley audit verify` compares all)",
        "Run `parley audit verify`: somebody has changed the log, or a restore was not whole.", otherwise=FAIL,
    )  # fmt: skip


def sqlite(session: Session) -> Iterator[Finding]:
    """The file: journal, durability, and a quick look at its pages."""
    ask = session.connection().exec_driver_sql
    yield Finding("database", OK, f"SQLite {ask('SELECT sqlite_version()').scalar_one()}")
    journal, durable = ask("PRAGMA journal_mode").scalar_one(), ask("PRAGMA synchronous").scalar_one()
    yield judge(
        "durability", (journal, durable) == ("wal", 2), f"journal_mode={journal}, synchronous={durable}",
        "Keep the file on a local disk: some network file systems have no WAL, and lose what was acknowledged.",
        otherwise=FAIL,
    )  # fmt: skip
    said = str(ask("PRAGMA quick_check(1)").scalar_one())
    yield judge(
        "integrity", said == "ok", said, "Restore the last backup beside it, and compare; the disk may be failing.",
        otherwise=FAIL,
    )  # fmt: skip


def postgresql(session: Session) -> Iterator[Finding]:
    """The server: version, durability, whether it is a primary, and how many connections are left."""
    asked = session.execute(text(
        "SELECT current_setting('server_version'), current_setting('server_version_num')::int, "
        "current_setting('fsync'), current_setting('synchronous_commit'), pg_is_in_recovery(), "
        "current_setting('max_connections')::int - (SELECT count(*) FROM pg_stat_activity)"
    )).one()  # fmt: skip
    yield judge(
        "database",
        asked[1] >= OLDEST_POSTGRESQL,
        f"PostgreSQL {asked[0]}",
        "Use PostgreSQL 13 or newer.",
        otherwise=WARN,
    )
    yield judge(
        "durability", "off" not in asked[2:4], f"fsync={asked[2]}, synchronous_commit={asked[3]}",
        "Turn them on: an answer means that the reply is on disk, and Parley does not start without.", otherwise=FAIL,
    )  # fmt: skip
    yield judge(
        "primary", not asked[4], "a standby, which stores nothing" if asked[4] else "yes",
        "Name the primary in PARLEY_DATABASE_URL.", otherwise=FAIL,
    )  # fmt: skip
    yield judge(
        "connections", asked[5] >= 10, f"{asked[5]} left",
        "Raise max_connections, or put a pool before it: each process of Parley takes up to 11.",
    )  # fmt: skip
