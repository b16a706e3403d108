"""Which tags there are for a reader: those of threads that stand in the reader's lists, and no others.

A count of a hidden thread, or the name of a tag that only such threads have, would tell that there is one.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, func, literal, literal_column, or_, select, union_all
from sqlmodel import Session, col

from service.categories.models import Category
from service.categories.policy import moderated_by
from service.categories.queries import visible
from service.kit.actor import Actor
from service.kit.errors import NotFound
from service.tags.models import Tag, TagCount, ThreadTag
from service.tags.policy import tag_slug
from service.threads.models import Thread
from service.threads.queries.loads import listed_for

RECENT = 200
"""Threads whose tags are suggested."""


@dataclass(frozen=True, slots=True)
class TagUse:
    """A tag, and in how many threads of the reader's lists it is."""

    id: int
    name: str
    slug: str
    thread_count: int

    @property
    def key(self) -> tuple[int, int]:
        """Its place in the list, for a cursor."""
        return self.thread_count, self.id


def list_tags(
    session: Session, actor: Actor, after: tuple[int, ...] | None, limit: int, *, prefix: str = ""
) -> Sequence[TagUse]:
    """Up to `limit + 1` tags after the key `after` (see `TagUse.key`), the most used first, the older of equals.

    With `prefix` only tags that begin so, in any spelling. What it reads grows with the tags, not with their threads.
    """
    uses = _uses(actor)
    total = func.sum(uses.c.threads)
    query = _select_tags(uses, total).having(total > 0)
    if prefix:
        slug = tag_slug(prefix)
        query = query.where(col(Tag.slug).startswith(slug, autoescape=True) if slug else literal(False))
    if after is not None:
        count, tag_id = (literal(part, BigInteger) for part in after)
        query = query.having(or_(count > total, and_(count == total, col(Tag.id) > tag_id)))
    return [_use(row) for row in session.execute(query.order_by(total.desc(), col(Tag.id)).limit(limit + 1))]


def get_tag(session: Session, actor: Actor, slug: str) -> TagUse:
    """The tag with this slug; NotFound when no thread in the reader's lists has it."""
    uses = _uses(actor, _id_of(slug))
    row = session.execute(_select_tags(uses, func.sum(uses.c.threads)).where(col(Tag.slug) == slug)).first()
    if row is None or not row[-1]:
        raise NotFound("There is no such tag")
    return _use(row)


def tag_size(session: Session, slug: str) -> tuple[int, int] | None:
    """The id of a tag, and how many published threads have it, wherever they are; None where there is no such tag."""
    counted = select(func.coalesce(func.sum(col(TagCount.threads)), 0)).where(col(TagCount.tag_id) == Tag.id)
    row = session.execute(select(col(Tag.id), counted.scalar_subquery()).where(col(Tag.slug) == slug)).first()
    return None if row is None else (int(row[0]), int(row[1]))


def recent_tags(session: Session, actor: Actor) -> list[str]:
    """The tags of the newest threads in the reader's lists, the most used first: what a new thread may want.

    Read off the threads' own rows, so that showing a form counts nothing.
    """
    newest = col(Thread.published_at).desc(), col(Thread.id).desc()
    query = (
        select(col(Thread.tags))
        .join(Category, col(Category.id) == Thread.category_id)
        .where(listed_for(actor))
        .order_by(*newest)
        .limit(RECENT)
    )
    found = Counter(name for names in session.execute(query).scalars() for name in names)
    return [name for name, _ in found.most_common()]


def _use(row: Any) -> TagUse:
    return TagUse(row[0], row[1], row[2], int(row[3]))


def _id_of(slug: str) -> ColumnElement[int]:
    return select(col(Tag.id)).where(col(Tag.slug) == slug).scalar_subquery()


def _select_tags(uses: Any, total: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    columns = col(Tag.id), col(Tag.name), col(Tag.slug)
    return select(*columns, total).join(uses, uses.c.tag_id == Tag.id).group_by(*columns)


def _uses(actor: Actor, tag_id: ColumnElement[int] | None = None) -> Any:
    """How many threads of the reader's lists have a tag, in parts: the published ones of each category, and each of
    those that wait and are shown to this reader, who are its author and moderators.
    """
    counted = (
        select(col(TagCount.tag_id), col(TagCount.threads))
        .join(Category, col(Category.id) == TagCount.category_id)
        .where(visible(actor))
    )
    if tag_id is not None:
        counted = counted.where(col(TagCount.tag_id) == tag_id)
    waiting = [_waiting(actor, where, tag_id) for where in _shown_waiting(actor)]
    return union_all(counted, *waiting).subquery() if waiting else counted.subquery()


def _shown_waiting(actor: Actor) -> list[ColumnElement[bool]]:
    """Where the threads stand that wait and may be shown to this reader, each once: an index leads to both."""
    pending, author = col(Thread.moderation) == literal_column("'pending'"), col(Thread.author_id)
    if actor.moderates_all:
        return [pending]
    own = [and_(author == actor.account_id, col(Thread.moderation) != literal_column("'published'"))]
    others = func.coalesce(author, literal(0, BigInteger)) != actor.account_id
    here = [and_(pending, col(Thread.category_id).in_(some), others)] if (some := moderated_by(actor)) else []
    return [*own, *here] if actor.signed_in else []


def _waiting(actor: Actor, where: ColumnElement[bool], tag_id: ColumnElement[int] | None) -> Select[int, int]:
    query = (
        select(col(ThreadTag.tag_id), literal(1, BigInteger).label("threads"))
        .join(Thread, col(Thread.id) == ThreadTag.thread_id)
        .join(Category, col(Category.id) == Thread.category_id)
        .where(where, listed_for(actor))
    )
    return query if tag_id is None else query.where(col(ThreadTag.tag_id) == tag_id)
