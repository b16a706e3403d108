"""How closely one person follows a thread, a category or a tag, and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Select, String, bindparam, literal, select, union_all
from sqlmodel import Session, col

from service.categories.models import Category
from service.kit.actor import Actor
from service.kit.database.ready import Ready
from service.kit.database.rows import table_of
from service.subscriptions.models import (
    NORMAL,
    CategorySubscription,
    Mention,
    ReadMark,
    Subscription,
    TagSubscription,
)
from service.subscriptions.policy import CATEGORY, CHOSEN, OPENED, TAG, Bearings, Effective, effective
from service.tags.models import Tag, ThreadTag
from service.threads.models import Thread
from service.threads.queries import ThreadSeen

SUBSCRIPTION, ON_CATEGORY, ON_TAG = table_of(Subscription), table_of(CategorySubscription), table_of(TagSubscription)
TAGS, TAGGED, CATEGORIES = table_of(Tag), table_of(ThreadTag), table_of(Category)
MARK = table_of(ReadMark)


@dataclass(frozen=True, slots=True)
class Which:
    """The tag or the category that a level comes from."""

    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Following:
    """A person's level on a thread, a category or a tag, why it is so, and since when.

    `reason` is `opened`, `replied`, `read`, `chosen`, or, on a thread, `tag` or `category`, and then `which` says which
    one; None by default. `mark` is how far they have read a thread; None when they never said.
    """

    level: str = NORMAL
    reason: str | None = None
    since: datetime | None = None
    which: Which | None = None
    mark: int | None = None


def following(session: Session, actor: Actor, seen: ThreadSeen) -> Following:
    """The actor's level on a thread they see; a guest's is normal."""
    if actor.account_id is None:
        return Following()
    return following_of(session, actor.account_id, seen.thread)


def following_of(session: Session, account_id: int, thread: Thread) -> Following:
    """The account's level on a thread and its read mark, in one statement: a page asks for both."""
    asked = {"account": account_id, "thread": thread.id, "category": thread.category_id}
    return to_following(LEVELS.all(session, asked), account_id, thread)


def to_following(rows: Any, account_id: int | None, thread: Thread) -> Following:
    """The rows of ALL_LEVELS for an account and a thread, as what they come to."""
    bearings = _bearings(rows, is_author=thread.author_id == account_id)
    found = effective(bearings)
    since, which = _source(rows, found)
    if found.reason == OPENED and bearings.own is None:
        since = thread.published_at
    mark = next((int(row[4]) for row in rows if row[0] == "mark"), None)
    return Following(found.level, found.reason, since, which, mark)


def _source(rows: Any, found: Effective) -> tuple[datetime | None, Which | None]:
    """Since when the level that holds is so, and which tag or category it comes from."""
    wanted = found.reason if found.reason in (TAG, CATEGORY) else "thread"
    for kind, _, _, since, which, slug, name in rows:
        if kind == wanted and (kind != TAG or which == found.tag):
            return since, None if kind == "thread" else Which(slug, name)
    return None, None


def without_own(session: Session, account_id: int, thread: Thread) -> str:
    """The level that would hold if the account had none of its own on the thread."""
    asked = {"account": account_id, "thread": thread.id, "category": thread.category_id}
    rows = [row for row in session.execute(ALL_LEVELS, asked) if row[0] != "thread"]
    return effective(_bearings(rows, is_author=thread.author_id == account_id)).level


def bearings_of(session: Session, account_id: int, thread: Thread) -> Bearings:
    """All that bears on how closely the account follows the thread."""
    asked = {"account": account_id, "thread": thread.id, "category": thread.category_id}
    return _bearings(session.execute(ALL_LEVELS, asked).all(), is_author=thread.author_id == account_id)


def _bearings(rows: Any, *, is_author: bool) -> Bearings:
    """The rows of ALL_LEVELS as what decides."""
    own = next((row for row in rows if row[0] == "thread"), None)
    return Bearings(
        own=own[1] if own else None,
        own_reason=own[2] if own else None,
        is_author=is_author,
        tags={int(row[4]): str(row[1]) for row in rows if row[0] == TAG},
        category=next((str(row[1]) for row in rows if row[0] == CATEGORY), None),
    )


def _on_thread() -> Select[*tuple[Any, ...]]:
    return select(
        literal("thread", String).label("kind"), SUBSCRIPTION.c.level, SUBSCRIPTION.c.reason, SUBSCRIPTION.c.since,
        SUBSCRIPTION.c.thread_id.label("which"), literal("", String).label("slug"), literal("", String).label("name"),
    ).where(
        SUBSCRIPTION.c.thread_id == bindparam("thread", type_=BigInteger),
        SUBSCRIPTION.c.account_id == bindparam("account", type_=BigInteger),
    )  # fmt: skip


def _on_tags() -> Select[*tuple[Any, ...]]:
    return (
        select(literal(TAG, String), ON_TAG.c.level, literal(CHOSEN, String), ON_TAG.c.since,
               TAGS.c.id, TAGS.c.slug, TAGS.c.name)
        .join(TAGGED, TAGGED.c.tag_id == ON_TAG.c.tag_id)
        .join(TAGS, TAGS.c.id == ON_TAG.c.tag_id)
        .where(TAGGED.c.thread_id == bindparam("thread", type_=BigInteger))
        .where(ON_TAG.c.account_id == bindparam("account", type_=BigInteger))
    )  # fmt: skip


def on_category(category: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    """The person's level on the thread's category."""
    return (
        select(literal(CATEGORY, String), ON_CATEGORY.c.level, literal(CHOSEN, String), ON_CATEGORY.c.since,
               CATEGORIES.c.id, CATEGORIES.c.slug, CATEGORIES.c.name)
        .join(CATEGORIES, CATEGORIES.c.id == ON_CATEGORY.c.category_id)
        .where(ON_CATEGORY.c.category_id == category)
        .where(ON_CATEGORY.c.account_id == bindparam("account", type_=BigInteger))
    )  # fmt: skip


def _marked() -> Select[*tuple[Any, ...]]:
    return select(
        literal("mark", String), literal("", String), literal("", String), MARK.c.read_at, MARK.c.number,
        literal("", String), literal("", String),
    ).where(
        MARK.c.thread_id == bindparam("thread", type_=BigInteger),
        MARK.c.account_id == bindparam("account", type_=BigInteger),
    )  # fmt: skip


LEVELS_BESIDE: Final = (_on_thread(), _on_tags(), _marked())
ALL_LEVELS: Final = union_all(*LEVELS_BESIDE, on_category(bindparam("category", type_=BigInteger)))
"""Every level of one person that bears on one thread, and how far they have read it: built once, because every page of
a thread asks. `LEVELS_BESIDE` leave out that on its category."""

LEVELS: Final = Ready(ALL_LEVELS)


def level_on_category(session: Session, account_id: int | None, category_id: int | None) -> Following:
    """The account's own level on a category; normal unless they chose one."""
    query = select(ON_CATEGORY.c.level, ON_CATEGORY.c.since)
    mine = ON_CATEGORY.c.category_id == category_id, ON_CATEGORY.c.account_id == account_id
    return _chosen(session.execute(query.where(*mine)).first())


def level_on_tag(session: Session, account_id: int | None, tag_id: int) -> Following:
    """The account's own level on a tag; normal unless they chose one."""
    query = select(ON_TAG.c.level, ON_TAG.c.since)
    mine = ON_TAG.c.tag_id == tag_id, ON_TAG.c.account_id == account_id
    return _chosen(session.execute(query.where(*mine)).first())


def _chosen(row: Any) -> Following:
    return Following(row[0], CHOSEN, row[1]) if row else Following()


def is_mentioned(session: Session, account_id: int, thread_id: int, reply_id: int | None, how: str = "named") -> bool:
    """Whether the reply, or with None the thread's opening, names (`named`) or quotes (`quoted`) the account now."""
    post = col(Mention.reply_id) == reply_id if reply_id else col(Mention.reply_id).is_(None)
    by = col(Mention.quoted) if how == "quoted" else col(Mention.named)
    mine = col(Mention.account_id) == account_id, col(Mention.thread_id) == thread_id, post, by
    return session.execute(select(col(Mention.id)).where(*mine)).first() is not None
