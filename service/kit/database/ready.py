"""Statements that every request runs, compiled once and sent straight to the driver.

SQLAlchemy's way from a statement to its rows costs some 60 µs, built before or not, where SQLite takes 5. A hot path
sends about ten of them, so they are kept here as the driver takes them: the SQL's text, the order of its parameters,
and what the columns' types make of values on their way in and out. Rows come as plain tuples.

What a statement itself says is spelt out in its text, and no parameter. SQLite plans a statement again before every run
where a parameter may decide which partial index serves, which takes five times as long as to run it; and PostgreSQL's
plan for all runs uses such an index only where the value is known.

Only for statements of Core without objects of the ORM, whose parameters are all scalars. They flush nothing, as
statements of Core do not. Where somebody watches statements (a test, a tracer), they take the long way, to be seen.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Protocol, cast

from sqlalchemy import BindParameter, Connection, CursorResult, Dialect, Executable, String
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import await_only
from sqlmodel import Session

Row = tuple[Any, ...]
Values = Mapping[str, Any]
Change = Callable[[Any], Any]
KEY: Final = "driver"
NOTHING: Final[Values] = {}
REQUIRED: Final = object()
"""In place of a parameter's own value, where it has none."""


@dataclass(frozen=True, slots=True)
class Form:
    """A statement as one kind of driver takes it: its text; for each place the parameter's name, what its type makes of
    a value, and the value where none is given; and for the columns that need it, what their types make of theirs.
    """

    sql: str
    takes: tuple[tuple[str, Change | None, Any], ...]
    gives: tuple[tuple[int, Change], ...]

    def arguments(self, values: Values) -> list[Any]:
        """The values in the order of their places. Raises KeyError where one is missing."""
        found = []
        for name, change, otherwise in self.takes:
            value = values[name] if otherwise is REQUIRED else values.get(name, otherwise)
            found.append(value if change is None else change(value))
        return found

    def rows(self, raw: Iterable[Any]) -> list[Row]:
        """What the driver gave, as the columns' types have it."""
        if not self.gives:
            return [tuple(each) for each in raw]
        found = [list(each) for each in raw]
        for place, change in self.gives:
            for row in found:
                row[place] = change(row[place])
        return [tuple(row) for row in found]


class Driver(Protocol):
    """A unit of work's connection, below SQLAlchemy's, which is `connection`."""

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's connection."""

    def fetch(self, sql: str, arguments: list[Any]) -> Iterable[Any]:
        """The rows of a statement."""

    def change(self, sql: str, arguments: list[Any]) -> int:
        """How many rows a statement touched."""

    def repeat(self, sql: str, rows: list[list[Any]]) -> None:
        """The statement once for each of these."""


@dataclass(frozen=True, slots=True)
class OnSQLite:
    """The module `sqlite3`. Its errors come as they are; `faults` knows them."""

    connection: Connection
    raw: sqlite3.Connection

    def fetch(self, sql: str, arguments: list[Any]) -> Iterable[Any]:
        """As the protocol."""
        return self.raw.execute(sql, arguments).fetchall()

    def change(self, sql: str, arguments: list[Any]) -> int:
        """As the protocol."""
        return self.raw.execute(sql, arguments).rowcount

    def repeat(self, sql: str, rows: list[list[Any]]) -> None:
        """As the protocol."""
        self.raw.executemany(sql, rows)


@dataclass(frozen=True, slots=True)
class OnAsyncpg:
    """asyncpg, which keeps prepared statements by their text. Its errors are raised as SQLAlchemy would raise them."""

    connection: Connection
    raw: Any

    def begin(self) -> None:
        """SQLAlchemy begins asyncpg's transaction with the first statement that it sees, and it shall see none."""
        adapted = cast(Any, self.connection.connection.dbapi_connection)
        if adapted._transaction is None:
            try:
                await_only(adapted._start_transaction())
            except Exception as error:
                raise self._told("BEGIN", error) from error

    def fetch(self, sql: str, arguments: list[Any]) -> Iterable[Any]:
        """As the protocol."""
        try:
            return cast(Iterable[Any], await_only(self.raw.fetch(sql, *arguments)))
        except Exception as error:
            raise self._told(sql, error) from error

    def change(self, sql: str, arguments: list[Any]) -> int:
        """As the protocol."""
        try:
            return int(str(await_only(self.raw.execute(sql, *arguments))).rpartition(" ")[2])
        except Exception as error:
            raise self._told(sql, error) from error

    def repeat(self, sql: str, rows: list[list[Any]]) -> None:
        """As the protocol; asyncpg sends them all without waiting in between."""
        try:
            await_only(self.raw.executemany(sql, rows))
        except Exception as error:
            raise self._told(sql, error) from error

    def _told(self, sql: str, error: Exception) -> BaseException:
        """The error as everybody expects it. Where the connection is lost it is given up, and those that are as old."""
        dialect = self.connection.dialect
        known = cast(Any, dialect.dbapi)
        kind = known.IntegrityError if str(getattr(error, "sqlstate", "")).startswith("23") else known.DatabaseError
        lost = bool(self.raw.is_closed())
        if lost:
            cast(Any, self.connection.engine.pool)._invalidate(self.connection.connection, error)
            self.connection.invalidate(error)
        orig = kind(str(error), error)
        told = DBAPIError.instance(sql, None, orig, known.Error, connection_invalidated=lost, dialect=dialect)
        return cast(BaseException, told)


def driver_of(session: Session) -> Driver | None:
    """The connection of this unit of work, its transaction begun; None where statements are watched.

    Looked up once: a session here lives for one unit of work, which has one connection.
    """
    found: Driver | None = session.info.get(KEY)
    if found is None:
        found = session.info[KEY] = _driver_of(session.connection())
    return None if found.connection.dispatch.before_cursor_execute else found


def _driver_of(connection: Connection) -> Driver:
    raw = connection.connection.driver_connection
    if isinstance(raw, sqlite3.Connection):
        return OnSQLite(connection, raw)
    driver = OnAsyncpg(connection, raw)
    driver.begin()
    return driver


class Ready:
    """A statement made ready. `columns` are an INSERT's parameters, where it names none itself; `build`, in place of
    the statement, makes it from the dialect's `insert`, the one that knows ON CONFLICT.
    """

    def __init__(
        self,
        statement: Executable | None = None,
        *,
        columns: Iterable[str] | None = None,
        build: Callable[[Any], Executable] | None = None,
    ) -> None:
        self._statement = statement
        self._columns = None if columns is None else list(columns)
        self._build = build
        self._forms: dict[str, Form] = {}

    def all(self, session: Session, values: Values = NOTHING) -> Sequence[Row]:
        """Every row."""
        driver = driver_of(session)
        if driver is None:
            found = session.execute(self.statement(session.get_bind().dialect), dict(values)).all()
            return [tuple(row) for row in found]
        form = self._form(driver.connection.dialect)
        return form.rows(driver.fetch(form.sql, form.arguments(values)))

    def first(self, session: Session, values: Values = NOTHING) -> Row | None:
        """The first row; None where there is none."""
        found = self.all(session, values)
        return found[0] if found else None

    def one(self, session: Session, values: Values = NOTHING) -> Row:
        """The only row. Raises ValueError where there is none, or more."""
        (found,) = self.all(session, values)
        return found

    def scalar(self, session: Session, values: Values = NOTHING) -> Any:
        """The first row's first value; None where there is no row."""
        found = self.all(session, values)
        return found[0][0] if found else None

    def changed(self, session: Session, values: Values = NOTHING) -> int:
        """Run an INSERT, UPDATE or DELETE that returns nothing; gives how many rows it touched."""
        driver = driver_of(session)
        if driver is None:
            statement = self.statement(session.get_bind().dialect)
            return cast("CursorResult[Any]", session.execute(statement, dict(values))).rowcount
        form = self._form(driver.connection.dialect)
        return driver.change(form.sql, form.arguments(values))

    def each(self, session: Session, rows: Sequence[Values]) -> None:
        """Run a statement that returns nothing once for each of these, in one go."""
        driver = driver_of(session)
        if driver is None:
            session.execute(self.statement(session.get_bind().dialect), [dict(row) for row in rows])
            return
        form = self._form(driver.connection.dialect)
        driver.repeat(form.sql, [form.arguments(row) for row in rows])

    def statement(self, dialect: Dialect) -> Executable:
        """The statement itself, as this dialect has it."""
        if self._build is not None:
            return self._build(postgresql.insert if dialect.name == "postgresql" else sqlite.insert)
        assert self._statement is not None
        return self._statement

    def _form(self, dialect: Dialect) -> Form:
        found = self._forms.get(dialect.name)
        if found is None:
            found = self._forms[dialect.name] = to_form(self.statement(dialect), dialect, self._columns)
        return found


def to_form(statement: Executable, dialect: Dialect, columns: list[str] | None = None) -> Form:
    """Compile a statement. Raises ValueError for one that only SQLAlchemy can run: it fills in what is not given."""
    compiler = spelling(cast(Any, dialect.statement_compiler))
    compiled = compiler(dialect, cast(Any, statement), column_keys=columns)
    if compiled.insert_prefetch or compiled.update_prefetch or compiled.literal_execute_params:
        raise ValueError(f"this statement cannot be made ready: {compiled}")
    takes = []
    for name in compiled.positiontup or ():
        bind = compiled.binds[name]
        if bind.expanding:
            raise ValueError(f"a list cannot be a parameter of a ready statement: {name}")
        takes.append(
            (
                name,
                bind.type.dialect_impl(dialect).bind_processor(dialect),
                REQUIRED if bind.required else bind.effective_value,
            )
        )
    given = [column.type for column in cast(Any, statement).exported_columns]
    changes = [(place, kind.dialect_impl(dialect).result_processor(dialect, None)) for place, kind in enumerate(given)]
    return Form(compiled.string, tuple(takes), tuple((place, change) for place, change in changes if change))


@cache
def spelling(compiler: type[SQLCompiler]) -> type[SQLCompiler]:
    """A dialect's compiler, that spells out what a statement says in numbers and words without a name."""

    class Spelling(compiler):  # type: ignore[misc, valid-type]
        def visit_bindparam(self, bindparam: BindParameter[Any], **how: Any) -> str:
            value = bindparam.value
            if not bindparam.unique or type(value) not in (int, str, bool) or "\\" in str(value):
                return cast(str, super().visit_bindparam(bindparam, **how))
            if bindparam.type.dialect_impl(self.dialect).bind_processor(self.dialect) is not None:
                return cast(str, super().visit_bindparam(bindparam, **how))
            kind = String() if isinstance(value, str) else bindparam.type
            return cast(str, self.render_literal_value(value, kind))

    return Spelling
