"""What posts said before they were edited. Threads and replies keep it in tables alike, so both are read here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import BigInteger, ColumnElement, Select, and_, literal, select
from sqlmodel import Session, col

from service.accounts.models import Account
from service.kit.actor import Actor
from service.kit.errors import NotFound
from service.threads.models import ThreadRevision
from service.threads.queries.loads import ThreadSeen


@dataclass(frozen=True, slots=True)
class Revision:
    """One of the texts that a post has had; the first has number 1, and `is_current` is the one that is shown now.

    `version` is the post's own while it had this text. `title` is None for a reply. Of a redacted text nothing is left
    but who wrote it, and when.
    """

    number: int
    version: int
    title: str | None
    body: str
    body_format: str
    sources: Sequence[dict[str, Any]]
    username: str | None
    display_name: str
    at: datetime
    is_current: bool = False
    is_redacted: bool = False


class Post(Protocol):
    """A thread's row or a reply's, as far as its texts go."""

    id: int | None
    version: int
    body: str
    body_format: str
    author_id: int | None
    author_name: str | None
    created_at: datetime
    published_at: Any
    edited_at: datetime | None
    edited_by_id: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Where the earlier texts of a kind of post lie: the table, and its column that names the post."""

    table: Any
    post_id: Any

    def of(self, post: Post) -> ColumnElement[bool]:
        """The texts before the one that this row has. Of an edit since it was loaded neither side knows."""
        return and_(col(self.post_id) == post.id, col(self.table.version) < post.version)


OF_THREADS = Kept(ThreadRevision, ThreadRevision.thread_id)


def list_revisions(session: Session, actor: Actor, seen: ThreadSeen, before: int | None, limit: int) -> list[Revision]:
    """Up to `limit + 1` texts of a thread that the caller has loaded, with numbers below `before`, newest first.

    Texts that were replaced while it waited for a moderator are there for its author and moderators alone.
    """
    return texts_of(session, actor.within(seen.thread.category_id), OF_THREADS, seen.thread, before, limit)


def get_revision(session: Session, seen: ThreadSeen, number: int) -> ThreadRevision:
    """The row of one earlier text of a thread; NotFound where there is none, as for the current one."""
    found: ThreadRevision = earlier_text(session, OF_THREADS, seen.thread, number)
    return found


def last_text(session: Session, seen: ThreadSeen) -> ThreadRevision | None:
    """The row of the text that a thread had before the one that it has now; None where it was never edited."""
    found: ThreadRevision | None = latest_text(session, OF_THREADS, seen.thread)
    return found


def latest_text(session: Session, kept: Kept, post: Post) -> Any:
    """As `last_text`, for a post of any kind."""
    query: Select[Any] = select(kept.table).where(kept.of(post)).order_by(col(kept.table.version).desc()).limit(1)
    return session.execute(query).scalar_one_or_none()


def texts_of(session: Session, actor: Actor, kept: Kept, post: Post, before: int | None, limit: int) -> list[Revision]:
    """As `list_revisions`, for a post of any kind."""
    earlier = count_earlier(session, kept, post)
    newest = earlier + 1 if before is None else min(before - 1, earlier + 1)
    found = [_current(session, post, newest)] if newest > earlier else []
    number = col(kept.table.number)
    rows = session.execute(
        select(kept.table, col(Account.username), col(Account.display_name))
        .outerjoin(Account, col(Account.id) == kept.table.made_by_id)
        .where(kept.of(post), number <= literal(newest, BigInteger), number > never_public(session, actor, kept, post))
        .order_by(number.desc()).limit(limit + 1 - len(found))
    )  # fmt: skip
    return found + [_earlier(row, post) for row in rows]


def count_earlier(session: Session, kept: Kept, post: Post) -> int:
    """How many texts a post has had before this one: the number of the last of them."""
    number = col(kept.table.number)
    return int(session.scalar(select(number).where(kept.of(post)).order_by(number.desc()).limit(1)) or 0)


def never_public(session: Session, actor: Actor, kept: Kept, post: Post) -> int:
    """How many of a post's first texts this actor may not read: those that were replaced before it was published."""
    is_author = actor.account_id is not None and actor.account_id == post.author_id
    if actor.moderates or is_author or post.published_at is None or post.published_at == post.created_at:
        return 0
    number = col(kept.table.number)
    query = select(number).where(kept.of(post), col(kept.table.made_at) <= post.published_at)
    made = int(session.scalar(query.order_by(number.desc()).limit(1)) or 0)
    is_as_published = post.edited_at is not None and post.edited_at <= post.published_at
    return made if is_as_published else max(0, made - 1)


def earlier_text(session: Session, kept: Kept, post: Post, number: int) -> Any:
    """As `get_revision`, for a post of any kind."""
    this = col(kept.table.number) == literal(number, BigInteger)
    row = session.execute(select(kept.table).where(kept.of(post), this)).scalar_one_or_none()
    if row is None:
        raise NotFound("There is no such earlier text")
    return row


def _current(session: Session, post: Post, number: int) -> Revision:
    by = post.edited_by_id if post.edited_at else post.author_id
    names = select(col(Account.username), col(Account.display_name)).where(col(Account.id) == by)
    username, shown = session.execute(names).first() or (None, None)
    title, sources = getattr(post, "title", None), getattr(post, "sources", ())
    name = shown or username or post.author_name or "Anonymous"
    at = post.edited_at or post.created_at
    return Revision(
        number, post.version, title, post.body, post.body_format, sources, username, name, at, is_current=True
    )


def _earlier(row: Any, post: Post) -> Revision:
    text, username, shown = row
    title, sources = getattr(text, "title", None), getattr(text, "sources", ())
    name = shown or username or post.author_name or "Anonymous"
    gone = text.redacted_at is not None
    return Revision(
        text.number, text.version, title, text.body, text.body_format, sources, username, name, text.made_at,
        is_redacted=gone,
    )  # fmt: skip
