"""Posts as they were submitted, with what people decided about them: what a backtest looks at, and its report shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Integer, String, TableClause, Text, and_, func, literal, null, or_, select
from sqlalchemy.sql import Select
from sqlmodel import Session, col

from service.accounts.models import Account
from service.kit.clock import Instant
from service.kit.database.rows import table_of
from service.screening.models import Decision
from service.screening.policy.trials import BY_ACTION
from service.screening.queries.tried import REPLY, THREAD, Key, named

TEXTS: Final = {"version": Integer, "body": Text, "body_format": String, "redacted_at": Instant}
THREAD_TEXT: Final = named("thread_revision", **TEXTS, thread_id=BigInteger, title=String)
REPLY_TEXT: Final = named("reply_revision", **TEXTS, reply_id=BigInteger)
REVIEW: Final = named(
    "review", id=BigInteger, thread_id=BigInteger, reply_id=BigInteger, action=String, decided_by_id=BigInteger
)
DECISION: Final = table_of(Decision)
PEOPLE: Final = ("username", "display_name", "email", "role", "moderated")


@dataclass(frozen=True, slots=True)
class PostThen:
    """A post as it was submitted; of its author what is known now. `title` is the thread's, and `own_title` empty for a
    reply. `body_html` is None where the text was edited since, and the first is not drawn any more. `action` is what
    people decided last (None: nothing), `moderation` the state that it is in now.
    """

    key: Key
    category_id: int
    title: str
    slug: str
    number: int | None
    body: str
    body_html: str | None
    body_format: str
    author_id: int | None
    author_name: str
    username: str
    email: str
    role: str
    moderated: Sequence[int]
    joined_at: datetime | None
    created_at: datetime
    moderation: str
    action: str | None

    @property
    def own_title(self) -> str:
        """The title, where the post is a thread's opening."""
        return self.title if self.key.reply_id is None else ""


def posts_then(session: Session, keys: Sequence[Key], *, drawn: bool) -> list[PostThen]:
    """These posts as they were submitted, in the order of the keys; those that were purged are left out. Without
    `drawn` the HTML stays where it is, and `body_html` is empty.
    """
    found: dict[Key, PostThen] = {}
    decided = decided_about(session, keys)
    openings = [key.thread_id for key in keys if key.reply_id is None]
    replies = [key.reply_id for key in keys if key.reply_id is not None]
    for posts, texts, ids in ((THREAD, THREAD_TEXT, openings), (REPLY, REPLY_TEXT, replies)):
        rows = session.execute(_with_authors(posts, drawn).where(posts.c.id.in_(ids))).all() if ids else []
        first = _first_texts(session, texts, [row.id for row in rows if row.edited_at is not None])
        for row in rows:
            key = Key(row.thread_id, None if posts is THREAD else row.id)
            found[key] = _then(key, row, first.get(row.id), decided.get(key))
    return [found[key] for key in keys if key in found]


def _with_authors(posts: TableClause, drawn: bool) -> Select[Any]:
    """Posts with their threads' names and their authors."""
    thread = posts if posts is THREAD else THREAD.alias("its_thread")
    columns = [posts.c[name] for name in ("id", "author_id", "author_name", "body", "body_format", "moderation")]
    columns += [posts.c.created_at, posts.c.edited_at]
    people = [getattr(Account, name) for name in PEOPLE]
    html = posts.c.body_html if drawn else literal("").label("body_html")
    query = select(
        *columns, html, thread.c.id.label("thread_id"), thread.c.category_id, thread.c.title, thread.c.slug,
        REPLY.c.number if posts is REPLY else null().label("number"), *people,
        col(Account.created_at).label("joined_at"),
    ).select_from(posts)  # fmt: skip
    if posts is REPLY:
        query = query.join(thread, thread.c.id == REPLY.c.thread_id)
    return query.outerjoin(Account, col(Account.id) == posts.c.author_id).where(posts.c.purged_at.is_(None))


def _then(key: Key, row: Any, first: Any, decided: tuple[str, int | None] | None) -> PostThen:
    said = first or row
    action, by = decided or (None, None)
    return PostThen(
        key=key, category_id=row.category_id, title=row.title if key.reply_id else said.title,
        slug=row.slug, number=row.number, body=said.body,
        body_html=None if first else row.body_html, body_format=said.body_format, author_id=row.author_id,
        author_name=row.display_name or row.username or row.author_name or "", username=row.username or "",
        email=row.email or "", role=row.role or "member", moderated=row.moderated or (), joined_at=row.joined_at,
        created_at=row.created_at, moderation=row.moderation,
        action=None if by == row.author_id else action,  # an author who takes a post back decides nothing
    )  # fmt: skip


def _first_texts(session: Session, texts: TableClause, ids: Sequence[int]) -> dict[int, Any]:
    """What these posts said first, where that was kept and is not redacted."""
    if not ids:
        return {}
    post = texts.c.thread_id if texts is THREAD_TEXT else texts.c.reply_id
    kept = and_(post.in_(ids), texts.c.redacted_at.is_(None))
    first = select(post.label("post"), func.min(texts.c.version).label("version")).where(kept).group_by(post).subquery()
    query = select(
        post.label("post"), *(column for column in texts.c if column.name in ("title", "body", "body_format"))
    )
    query = query.join(first, and_(first.c.post == post, first.c.version == texts.c.version))
    return {row.post: row for row in session.execute(query)}


def decided_about(session: Session, keys: Sequence[Key]) -> dict[Key, tuple[str, int | None]]:
    """What people decided last about these posts, of what still stands, and who; posts that they never looked at are
    left out. Decisions are kept since there are rules; what was decided before stands in the reviews.
    """
    openings = [key.thread_id for key in keys if key.reply_id is None]
    threads, replies = {key.thread_id for key in keys}, [key.reply_id for key in keys if key.reply_id is not None]
    found: dict[Key, tuple[str, int | None]] = {}
    for kept in (REVIEW, DECISION):
        about = or_(
            and_(kept.c.thread_id.in_(openings), kept.c.reply_id.is_(None)),
            and_(kept.c.thread_id.in_(threads), kept.c.reply_id.in_(replies)),
        )
        query = select(kept.c.thread_id, kept.c.reply_id, kept.c.action, kept.c.decided_by_id)
        query = query.where(about, kept.c.decided_by_id.is_not(None)).order_by(kept.c.id)
        if kept is DECISION:
            query = query.where(kept.c.automated.is_(False), kept.c.undone_at.is_(None), kept.c.action.in_(BY_ACTION))
        for row in session.execute(query):
            found[Key(row.thread_id, row.reply_id)] = row.action, row.decided_by_id
    return found
