"""What one person has posted that everybody sees, or that waits to be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal, null, select, union_all
from sqlmodel import Session, col

from service.accounts.models import Account
from service.replies.models import Reply
from service.screening.queries import published_counts
from service.threads.models import Thread

TO_BE_SEEN = ("published", "pending")


@dataclass(frozen=True, slots=True)
class Authored:
    """A post by where it is, with its state."""

    thread_id: int
    reply_id: int | None
    moderation: str


def authored(session: Session, account_id: int | None, limit: int) -> Sequence[Authored]:
    """The last `limit` posts of a person that are published or wait, in the order of their threads; replies first."""
    replies = _posts(Reply, account_id, col(Reply.thread_id), col(Reply.id))
    posts = union_all(replies, _posts(Thread, account_id, col(Thread.id), null())).subquery()
    query = select(posts.c.thread_id, posts.c.reply_id, posts.c.moderation).order_by(posts.c.created_at.desc())
    found = [Authored(*row) for row in session.execute(query.limit(limit))]
    return sorted(found, key=lambda post: (post.thread_id, post.reply_id is None, post.reply_id or 0))


def count_authored(session: Session, account_id: int | None) -> dict[tuple[str, str], int]:
    """How many posts of a person are published or wait: `thread` or `reply`, and the state."""
    counts = {}
    for kind, posts in (("thread", Thread), ("reply", Reply)):
        query = select(col(posts.moderation), func.count()).where(
            col(posts.author_id) == account_id, col(posts.moderation).in_(TO_BE_SEEN)
        )
        for moderation, count in session.execute(query.group_by(col(posts.moderation))):
            counts[kind, moderation] = int(count)
    return counts


def published_by(session: Session, account: Account) -> int:
    """How many posts of a person are published."""
    return published_counts(session, [account.id]).get(account.id or 0, 0)


def _posts(kind: Any, account_id: int | None, thread_id: Any, reply_id: Any) -> Any:
    columns = thread_id.label("thread_id"), reply_id.label("reply_id"), col(kind.moderation), col(kind.created_at)
    mine = col(kind.author_id) == literal(account_id), col(kind.moderation).in_(TO_BE_SEEN)
    return select(*columns).where(*mine)
