"""Which way a database takes through its tables for a statement: what it reads from end to end, what it sorts."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlmodel import Session

from tests.size.town import BIG

Statement = tuple[str, Any]
MOST_SORTED: Final = 5_000
"""Rows that PostgreSQL may expect to sort: what one person has, or one post."""
OF_ONE: Final = (
    "thread_author_id", "subscription_account_id", "decision_of_account", "decision_of_post", "flag_of_post",
    "staff_note_review_id", "mention_in_reply", "mention_in_opening", "delivery_letter_id", "thread_particular",
    "thread_unpublished (moderation=?", "thread_tag_by_tag",
)  # fmt: skip
"""Indexes that lead to what one person has, one post or letter, or a chunk of an audience, to what waits for
moderators, and to the threads of a tag that few have: SQLite may sort it."""
NAMED: Final = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO)\s+\"?(\w+)\"?(?:\s+AS\s+\"?(\w+)\"?)?", re.IGNORECASE)


@contextmanager
def overheard() -> Iterator[list[Statement]]:
    """The statements inside, each once, with their parameters, on any connection."""
    said: dict[str, Any] = {}

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        # Of an INSERT, SQLite names the tables that could refer to the row, which it does not read.
        if statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            one = parameters[0] if many and parameters else parameters
            said.setdefault(statement, one if isinstance(one, dict) else tuple(one or ()))

    found: list[Statement] = []
    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        found += said.items()


def long_ways(session: Session, statement: Statement) -> list[str]:
    """What of the statement's plan takes longer the more there is; empty for a good one."""
    return _in_postgresql(session, *statement) if _is_postgresql(session) else _in_sqlite(session, *statement)


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _in_sqlite(session: Session, sql: str, parameters: Any) -> list[str]:
    aliases = {alias: table for table, alias in NAMED.findall(sql) if alias}
    rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", parameters)
    plan, ways = [str(row[-1]) for row in rows], []
    for detail in plan:
        scanned = re.match(r"SCAN (\w+)(.*)", detail)
        if scanned and aliases.get(scanned[1], scanned[1]) in BIG and not _walks(scanned[2], sql):
            ways.append(detail)
    if "USE TEMP B-TREE FOR ORDER BY" in plan and not _is_small(plan, aliases):
        ways.append("a sort")
    return [*ways, "of", *plan] if ways else []


def _is_small(plan: list[str], aliases: dict[str, str]) -> bool:
    """Whether what is sorted is of small tables, or what one person has or one post."""
    places = [found for detail in plan if (found := re.match(r"(?:SCAN|SEARCH) (\w+)", detail))]
    reached = {aliases.get(found[1], found[1]) for found in places}
    return not reached & BIG or any(name in detail for name in OF_ONE for detail in plan)


def _walks(how: str, sql: str) -> bool:
    """Whether a table is walked in the order of an index, and left where there are enough."""
    return "INDEX" in how and "LIMIT" in sql.upper()


def _in_postgresql(session: Session, sql: str, parameters: Any) -> list[str]:
    plan = session.connection().exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", parameters).scalar_one()
    return [way for each in (json.loads(plan) if isinstance(plan, str) else plan) for way in _nodes(each["Plan"])]


def _nodes(node: dict[str, Any]) -> Iterator[str]:
    kind, table = node["Node Type"], node.get("Relation Name")
    if kind == "Seq Scan" and table in BIG:
        yield f"Seq Scan on {table}"
    if kind == "Sort" and node["Plans"][0]["Plan Rows"] > MOST_SORTED:
        yield f"Sort of {node['Plans'][0]['Plan Rows']} rows by {node['Sort Key']}"
    for child in node.get("Plans", ()):
        yield from _nodes(child)
