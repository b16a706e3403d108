"""The law of closing has two forms, one in Python and one in SQL. They are one law: shown on thousands of random
histories, asked at every deadline and a microsecond to either side, and shown to be no empty comparison: with any one
term deleted from either form, it fails.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, ColumnElement, MetaData, Table, delete, insert, select, update
from sqlmodel import col

from service.categories.models import Category
from service.closing.queries import due
from service.kit.clock import from_micros
from service.kit.database import Database, Session
from service.kit.database.rows import stored_id
from service.replies.models import Reply
from service.site.models import ClosingTerms, Site
from service.threads.models import Thread
from service.threads.policy import Closing, state
from service.threads.queries import law
from service.threads.queries.loads import select_seen, to_seen
from tests.closing.histories import LATE, World, worlds
from tests.closing.mutants import mutants
from tests.closing.plain import is_closed

pytestmark = pytest.mark.anyio

ASK = Table("ask", MetaData(), Column("thread_id", BigInteger), Column("at", BigInteger), prefixes=["TEMPORARY"])
PURE_FORM = ("inherited", "effective_closing", "reopening", "is_over", "deadlines")
SQL_FORM = (
    "first_said", "joined", "reached_at", "from_end", "from_start", "published", "nth", "ended", "standing",
    "effective_close_at", "close_at",
)  # fmt: skip
Pure = Callable[[Thread, ClosingTerms, ClosingTerms, datetime | None, datetime], Closing]
InSql = Callable[[ColumnElement[int]], ColumnElement[int]]
Answers = dict[tuple[int, int], bool]


def store(session: Session, world: World) -> None:
    """The world in the database, instead of the one before."""
    session.execute(delete(Reply))
    session.execute(delete(Thread))
    session.execute(delete(ASK))
    session.execute(update(Site).values(**world.site))
    session.execute(insert(Category), world.categories)
    session.execute(insert(Thread), world.threads)
    session.execute(insert(Reply), world.replies)
    session.execute(insert(ASK), world.asks)
    session.expire_all()


def asked_in_sql(session: Session, close_at: InSql) -> Answers:
    """Whether each thread is closed at each of its instants, by the SQL form: one statement."""
    query = select(ASK.c.thread_id, ASK.c.at, close_at(ASK.c.at) <= ASK.c.at).join(
        Thread, col(Thread.id) == ASK.c.thread_id
    )
    return {(thread_id, at): bool(closed) for thread_id, at, closed in session.execute(query)}


def asked_in_python(session: Session, world: World, effective: Pure) -> Answers:
    """The same by the pure form, over the rows as they are loaded.

    When enough replies had been published is found here by counting. After everything, the pure form is asked without
    it: it must say whether all the same, but where the thread itself says when it opens again.
    """
    site = session.get_one(Site, 1)
    categories = {row.id: row for row in session.execute(select(Category)).scalars()}
    threads = {row.id: row for row in session.execute(select(Thread)).scalars()}
    reached = {key: counted(world, row, categories[row.category_id], site) for key, row in threads.items()}
    answers: Answers = {}
    for ask in world.asks:
        row, at = threads[ask["thread_id"]], from_micros(ask["at"])
        blind = ask["at"] == LATE and row.reopens_at is None
        closing = effective(row, categories[row.category_id], site, None if blind else reached[row.id], at)
        answers[ask["thread_id"], ask["at"]] = closing.is_closed(at)
    return answers


def counted(world: World, thread: Thread, category: ClosingTerms, site: ClosingTerms) -> datetime | None:
    """When the last reply that the terms allow was published, found by counting."""
    allowed = state.inherited(thread.close_after_replies, category.close_after_replies, site.close_after_replies)
    published = [each["published_at"] for each in world.shown(stored_id(thread.id))]
    return published[allowed - 1] if allowed is not None and allowed <= len(published) else None


def disagreements(session: Session, world: World, pure: Pure, in_sql: InSql) -> set[tuple[int, int]]:
    """The (thread, instant) pairs at which the two forms differ. A form that fails differs everywhere."""
    try:
        ours, theirs = asked_in_python(session, world, pure), asked_in_sql(session, in_sql)
    except (AssertionError, TypeError, ValueError, OverflowError):
        return {(ask["thread_id"], ask["at"]) for ask in world.asks}
    assert ours.keys() == theirs.keys(), "both are asked the same"
    return {key for key in ours if ours[key] != theirs[key]}


async def test_both_forms_and_a_plain_one_agree_in_thousands_of_random_histories(database: Database) -> None:
    """2,100 histories, at, before and after every deadline."""

    def compare(session: Session) -> tuple[int, int, set[Any]]:
        histories, asked, differing = 0, 0, set[Any]()
        ASK.create(session.connection())
        for world in worlds(seed=20_261_123, count=42, threads=50):
            store(session, world)
            differing |= disagreements(session, world, state.effective_closing, law.effective_close_at)
            ours = asked_in_python(session, world, state.effective_closing)
            rows = {row["id"]: row for row in world.threads}
            differing |= {(key, at) for (key, at), closed in ours.items() if closed != is_closed(world, rows[key], at)}
            histories, asked = histories + len(world.threads), asked + len(world.asks)
        return histories, asked, differing

    histories, asked, differing = await database.write(compare)
    assert not differing
    assert histories >= 2000
    assert asked > 10 * histories


async def test_the_sweep_finds_term_by_term_what_the_law_says_is_closed(database: Database) -> None:
    def compare(session: Session) -> int:
        ASK.create(session.connection())
        found = 0
        for world in worlds(seed=11, count=8, threads=40):
            store(session, world)
            session.execute(update(Thread).where(col(Thread.id) % 7 == 0).values(moderation="hidden"))
            session.execute(update(Thread).where(col(Thread.id) % 5 == 0).values(closing_recorded_at=from_micros(LATE)))
            for at in sorted({ask["at"] for ask in world.asks})[::25]:
                untold = col(Thread.closing_recorded_at).is_(None), col(Thread.moderation) == "published"
                query = select(col(Thread.id)).where(*untold, law.effective_close_at(at) <= at)
                closed = set(session.scalars(query))
                assert set(due.untold_at(session, at, 1000)) == closed
                found += len(closed)
        return found

    assert await database.write(compare) > 200


async def test_a_thread_is_loaded_with_the_moment_at_which_it_had_enough_replies(database: Database) -> None:
    def compare(session: Session) -> int:
        ASK.create(session.connection())
        found = 0
        for world in worlds(seed=5, count=5, threads=40):
            store(session, world)
            for row in session.execute(select_seen()):
                seen = to_seen(session, row)
                assert seen.reached_at == counted(world, seen.thread, seen.category, seen.site)
                found += seen.reached_at is not None
        return found

    assert await database.write(compare) > 20


async def test_deleting_any_term_of_either_form_makes_them_disagree(database: Database) -> None:
    """Each mutant of each form, against the other form whole, over 720 histories.

    One condition says what need not be read, not what the law is: tests/closing/test_cost.py holds that one, and
    which of two ways to the same reply is taken.
    """
    pures = list(
        mutants(state, "effective_closing", "inherited", "effective_closing", "reopening", "is_over", "deadlines")
    )
    in_sql = list(mutants(law, "effective_close_at", *SQL_FORM))
    assert len(pures) >= 30, "every condition, level and summand of the pure form"
    assert len(in_sql) >= 25, "every argument, level, condition and summand of the SQL form"

    def survivors(session: Session) -> set[str]:
        alive = {f"pure: {told}" for told, _ in pures} | {f"sql: {told}" for told, _ in in_sql}
        ASK.create(session.connection())
        for world in worlds(seed=7, count=36, threads=20):
            store(session, world)
            for told, mutant in pures:
                if f"pure: {told}" in alive and disagreements(session, world, mutant, law.effective_close_at):
                    alive.discard(f"pure: {told}")
            for told, mutant in in_sql:
                if f"sql: {told}" in alive and disagreements(session, world, state.effective_closing, mutant):
                    alive.discard(f"sql: {told}")
        return alive

    (alive,) = await database.write(survivors)
    assert alive.endswith("without near")
