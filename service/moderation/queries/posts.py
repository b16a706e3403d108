"""Posts as moderators look at them, threads and replies alike: by id, and by the state they are in."""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, literal, literal_column, null, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from service.accounts.models import Account
from service.categories.models import Category
from service.categories.queries import moderated
from service.kit.actor import Actor
from service.kit.clock import to_micros
from service.kit.database.rows import stored_id
from service.kit.errors import NotFound
from service.moderation.models import Review
from service.replies.models import Reply
from service.threads.models import Thread
from service.threads.queries.law import micros

Author, Decider, Claimer = aliased(Account), aliased(Account), aliased(Account)
PUBLISHED: Final[ColumnElement[str]] = literal_column("'published'")
"""Written out and not bound: only so does SQLite see that the partial index over all other states serves."""


@dataclass(frozen=True, slots=True)
class PostSeen:
    """A post, its thread and category, who wrote it, its review (if it has one), who decided last, and who said last
    that they look at it (until when, the review says).
    """

    thread: Thread
    reply: Reply | None
    category: Category
    author_username: str | None
    author_name: str | None
    review: Review | None
    decider_username: str | None
    decider_name: str | None
    claimer_username: str | None = None
    claimer_name: str | None = None

    @property
    def post(self) -> Thread | Reply:
        """The row that is moderated."""
        return self.reply or self.thread

    @property
    def thread_id(self) -> int:
        """The thread's id."""
        return stored_id(self.thread.id)

    @property
    def reply_id(self) -> int | None:
        """The reply's id; None for an opening."""
        return None if self.reply is None else stored_id(self.reply.id)

    @property
    def key(self) -> tuple[int, int]:
        """The key in a list of posts: when it was submitted, then openings and replies by their ids."""
        return to_micros(self.post.created_at), 2 * (self.reply_id or self.thread_id) + (self.reply is None)


def to_post(row: Any) -> PostSeen:
    """A row of `select_posts` as a PostSeen."""
    thread, reply, category, username, display_name, review, decider, decider_name, claimer, claimer_name = row
    name = display_name or username or (reply or thread).author_name
    return PostSeen(
        thread, reply, category, username, name, review, decider, decider_name or decider,
        claimer, claimer_name or claimer,
    )  # fmt: skip


def columns(reply: Any) -> tuple[Any, ...]:
    """The columns of a PostSeen; `reply` is the class, or NULL where openings are loaded."""
    return (
        Thread, reply, Category, col(Author.username), col(Author.display_name), Review,
        col(Decider.username), col(Decider.display_name), col(Claimer.username), col(Claimer.display_name),
    )  # fmt: skip


def select_replies() -> Select[*tuple[Any, ...]]:
    """Replies as PostSeen."""
    return (
        select(*columns(Reply))
        .select_from(Reply)
        .join(Thread, col(Thread.id) == Reply.thread_id)
        .join(Category, col(Category.id) == Thread.category_id)
        .outerjoin(Author, col(Author.id) == Reply.author_id)
        .outerjoin(Review, col(Review.reply_id) == Reply.id)
        .outerjoin(Decider, col(Decider.id) == Review.decided_by_id)
        .outerjoin(Claimer, col(Claimer.id) == Review.claimed_by_id)
    )


def select_openings() -> Select[*tuple[Any, ...]]:
    """Threads as PostSeen."""
    return (
        select(*columns(null()))
        .select_from(Thread)
        .join(Category, col(Category.id) == Thread.category_id)
        .outerjoin(Author, col(Author.id) == Thread.author_id)
        .outerjoin(Review, and_(col(Review.thread_id) == Thread.id, col(Review.reply_id).is_(None)))
        .outerjoin(Decider, col(Decider.id) == Review.decided_by_id)
        .outerjoin(Claimer, col(Claimer.id) == Review.claimed_by_id)
    )


def select_reviewed() -> Select[*tuple[Any, ...]]:
    """Posts that have a review, as PostSeen."""
    author = case((col(Review.reply_id).is_(None), Thread.author_id), else_=col(Reply.author_id))
    return (
        select(*columns(Reply))
        .select_from(Review)
        .join(Thread, col(Thread.id) == Review.thread_id)
        .join(Category, col(Category.id) == Thread.category_id)
        .outerjoin(Reply, col(Reply.id) == Review.reply_id)
        .outerjoin(Author, col(Author.id) == author)
        .outerjoin(Decider, col(Decider.id) == Review.decided_by_id)
        .outerjoin(Claimer, col(Claimer.id) == Review.claimed_by_id)
    )


def within(actor: Actor) -> ColumnElement[bool]:
    """The categories that the actor moderates, and no thread whose text is gone."""
    return and_(moderated(actor), col(Thread.purged_at).is_(None))


def find_post(session: Session, actor: Actor, thread_id: int, reply_id: int | None) -> PostSeen:
    """A post in whatever state, for a moderator who may see its category; NotFound otherwise."""
    if reply_id is None:
        query = select_openings().where(col(Thread.id) == literal(thread_id, BigInteger))
    else:
        same_thread = col(Reply.thread_id) == literal(thread_id, BigInteger)
        query = select_replies().where(col(Reply.id) == literal(reply_id, BigInteger), same_thread)
        query = query.where(col(Reply.purged_at).is_(None))
    row = session.execute(query.where(within(actor)).execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound("There is no such post")
    return to_post(row)


def list_posts(
    session: Session,
    actor: Actor,
    moderation: str,
    before: tuple[int, ...] | None,
    limit: int,
    *,
    category_id: int | None = None,
    author_id: int | None = None,
) -> Sequence[PostSeen]:
    """Up to `limit + 1` openings and replies in this state, the newest first, before the key of a PostSeen; where it is
    said, of one category or by one person.
    """
    found = []
    for query, kind in ((select_openings(), Thread), (select_replies(), Reply)):
        query = _in_state(query, kind, actor, moderation, before).limit(limit + 1)
        query = query if category_id is None else query.where(col(Category.id) == category_id)
        query = query if author_id is None else query.where(col(kind.author_id) == literal(author_id, BigInteger))
        found.append([to_post(row) for row in session.execute(query)])
    return list(islice(heapq.merge(*found, key=lambda seen: seen.key, reverse=True), limit + 1))


def _in_state(
    query: Select[*tuple[Any, ...]],
    kind: type[Thread] | type[Reply],
    actor: Actor,
    moderation: str,
    before: tuple[int, ...] | None,
) -> Select[*tuple[Any, ...]]:
    at, place = micros(kind.created_at), col(kind.id) * 2 + (1 if kind is Thread else 0)
    query = query.where(col(kind.moderation) == moderation, col(kind.moderation) != PUBLISHED)
    query = query.where(col(kind.purged_at).is_(None), within(actor))
    if before is not None:
        query = query.where(tuple_(at, place) < tuple_(*(literal(part, BigInteger) for part in before)))
    return query.order_by(at.desc(), col(kind.id).desc())


def is_waiting(session: Session, reply_id: int) -> bool:
    """Whether a reply waits for a moderator."""
    query = select(col(Reply.moderation)).where(col(Reply.id) == reply_id)
    return bool(session.execute(query).scalar_one() == "pending")


def previous_state(session: Session, thread_id: int, reply_id: int | None) -> str | None:
    """The state from which a post came into the trash or was found to be spam; None for one in another state."""
    post, post_id = (Reply, reply_id) if reply_id else (Thread, thread_id)
    query = select(col(post.previous_moderation)).where(col(post.id) == post_id)
    found: str | None = session.execute(query).scalar_one()
    return found


def account_name(session: Session, account_id: int | None) -> str | None:
    """The username of an account."""
    return session.execute(select(col(Account.username)).where(col(Account.id) == account_id)).scalar_one_or_none()


def expired_threads(session: Session, until: datetime, limit: int) -> Sequence[int]:
    """Ids of threads that were trashed by `until` and still have their text."""
    return sorted(stored_id(found) for found in session.execute(_expired(Thread, until, limit)).scalars())


def expired_replies(session: Session, until: datetime, limit: int) -> Sequence[int]:
    """Ids of replies that were trashed by `until` and still have their text."""
    return sorted(stored_id(found) for found in session.execute(_expired(Reply, until, limit)).scalars())


def _expired(kind: type[Thread] | type[Reply], until: datetime, limit: int) -> Select[Any]:
    in_trash = col(kind.moderation) == "trashed", col(kind.purged_at).is_(None), col(kind.trashed_at) <= until
    return select(col(kind.id)).where(*in_trash).order_by(col(kind.trashed_at), col(kind.id)).limit(limit)
