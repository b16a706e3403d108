"""Big databases in seconds: rows that the database makes itself, by `INSERT … SELECT` from a series of numbers.

What is put here is as valid as what Parley writes. Everything that is not said is the model's default; the rows of one
call differ by their number alone. Ids are given by the database, in order.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    String,
    cast,
    column,
    func,
    insert,
    literal,
    null,
    select,
    text,
    type_coerce,
)
from sqlmodel import SQLModel

from service.accounts.models import Account
from service.kit.clock import to_micros
from service.kit.database.rows import table_of
from service.replies.models import Reply
from service.threads.models import Thread

N: Final[ColumnElement[int]] = column("n", BigInteger)
"""The number of the row that is made."""
BEGAN: Final = datetime(2020, 1, 1, tzinfo=UTC)
SECOND: Final = 1_000_000
NOBODY: Final = "!"
"""A password's hash that no password has."""


def fill(connection: Connection, like: SQLModel, numbers: range, **said: Any) -> None:
    """One row like this one for each number, but for what is said: values, or expressions of N."""
    table = table_of(type(like))
    values: dict[str, Any] = {name: value for name, value in like.model_dump().items() if name != "id"} | said
    values = {name: value for name, value in values.items() if name in table.c}
    made = [_value(table.c[name].type, value) for name, value in values.items()]
    connection.execute(insert(table).from_select(list(values), select(*made).select_from(_series(connection, numbers))))


def _value(kind: Any, value: Any) -> Any:
    if isinstance(value, ColumnElement):
        return type_coerce(value, kind)
    return cast(null(), kind) if value is None else literal(value, kind)


def _series(connection: Connection, numbers: range) -> Any:
    if connection.dialect.name == "postgresql":
        return func.generate_series(numbers.start, numbers.stop - 1).table_valued("n").render_derived(name="series")
    first = select(literal(numbers.start, BigInteger).label("n")).cte("series", recursive=True)
    return first.union_all(select(first.c.n + 1).where(first.c.n < numbers.stop - 1))


def at(seconds: Any = N) -> ColumnElement[int]:
    """An instant so many seconds after the beginning of time here."""
    made: ColumnElement[int] = literal(to_micros(BEGAN), BigInteger) + seconds * literal(SECOND, BigInteger)
    return made


def one_of(ids: range) -> ColumnElement[int]:
    """These ids, in turn."""
    found: ColumnElement[int] = cast(N % len(ids) + ids.start, BigInteger)
    return found


def words(before: str) -> ColumnElement[str]:
    """A text that ends with the row's number."""
    return literal(before, String) + cast(N, String)


def next_ids(connection: Connection, kind: type[SQLModel], count: int) -> range:
    """The ids that the next rows of a table will have, while nobody else writes there."""
    last = connection.execute(select(func.max(table_of(kind).c.id))).scalar_one() or 0
    return range(last + 1, last + 1 + count)


def bring_people(connection: Connection, count: int) -> range:
    """So many members; returns their ids."""
    ids = next_ids(connection, Account, count)
    like = Account(username="", username_key="", email="", email_key="", password_hash=NOBODY, created_at=BEGAN)
    name, mail = words("person"), words("person") + literal("@example.org", String)
    fill(connection, like, ids, username=name, username_key=name, email=mail, email_key=mail)
    return ids


def bring_threads(connection: Connection, count: int, people: range, categories: range, body: str) -> range:
    """So many published threads, each active a second after the one before; returns their ids."""
    ids = next_ids(connection, Thread, count)
    like = Thread(
        category_id=0, title="", slug="a-thread", body=body, body_html=f"<p>{body}</p>", created_at=BEGAN,
        published_at=BEGAN, idle_anchor=BEGAN, active_at=BEGAN,
    )  # fmt: skip
    times = dict.fromkeys(("created_at", "published_at", "idle_anchor", "active_at"), at())
    where = {"category_id": one_of(categories), "author_id": one_of(people), "title": words("Thread ")}
    fill(connection, like, ids, **times, **where, text_hash=N)
    return ids


def bring_replies(connection: Connection, thread_id: int, numbers: range, people: range, body: str) -> None:
    """The replies with these numbers to one thread, a second apart, and its counters."""
    like = Reply(thread_id=thread_id, body=body, body_html=f"<p>{body}</p>", created_at=BEGAN)
    same = {"created_at": at(), "published_at": at()}
    fill(connection, like, numbers, **same, number=N, author_id=one_of(people), text_hash=N)
    last = to_micros(BEGAN) + (numbers.stop - 1) * SECOND
    counters = {"last_number": numbers.stop - 1, "reply_count": numbers.stop - 1}
    instants = dict.fromkeys(("last_reply_at", "idle_anchor"), last)
    said = ", ".join(f"{name} = {value}" for name, value in (counters | instants).items())
    connection.execute(text(f"UPDATE thread SET {said} WHERE id = {thread_id}"))


@contextmanager
def without_indexes(connection: Connection, *kinds: type[SQLModel]) -> Iterator[None]:
    """Inside, these tables have only their unique constraints: rows come several times as fast. At the end their
    indexes are made, and the database looks at what it holds, for its plans.
    """
    indexes = [index for kind in kinds for index in sorted(table_of(kind).indexes, key=lambda each: str(each.name))]
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        index.create(connection)
    connection.execute(text("ANALYZE"))


def hurry(connection: Connection, *, on_disk: bool) -> None:
    """What makes filling a database that is thrown away faster: nothing is kept from a crash.

    `on_disk`: it is kept all the same, and PostgreSQL's tables stay as they are.
    """
    if connection.dialect.name == "sqlite":
        raw: Any = connection.connection.dbapi_connection  # no transaction has begun there
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-200000", "temp_store=MEMORY"):
            raw.execute(f"PRAGMA {pragma}")
        return
    connection.execute(text("SET session_replication_role = replica"))  # foreign keys look away
    connection.execute(text("SET maintenance_work_mem = '256MB'"))
    connection.execute(text("SET synchronous_commit = off"))
    if not on_disk:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(text(f'ALTER TABLE "{table.name}" SET UNLOGGED'))
