"""Everything that one person has a level on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Integer, Select, String, literal, select, union_all
from sqlmodel import Session, col

from service.categories.models import Category
from service.categories.queries import visible
from service.kit.actor import Actor, check_signed_in
from service.subscriptions.policy import CATEGORY, CHOSEN, TAG
from service.subscriptions.queries.following import CATEGORIES, ON_CATEGORY, ON_TAG, SUBSCRIPTION, TAGS
from service.threads.models import Thread
from service.threads.queries.loads import seen_by

KINDS: Final = (CATEGORY, TAG, "thread")
"""The kinds in the order of the list."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A thread, category or tag with somebody's level on it. `id` is its own; `name` a title or name."""

    place: int
    id: int
    level: str
    reason: str
    since: datetime
    slug: str
    name: str

    @property
    def kind(self) -> str:
        """`category`, `tag` or `thread`."""
        return KINDS[self.place]

    @property
    def url(self) -> str:
        """The path of its page."""
        if self.kind == "thread":
            return f"/t/{self.id}/{quote(self.slug)}"
        return f"/{'c' if self.kind == CATEGORY else 'tags'}/{quote(self.slug)}"

    @property
    def key(self) -> tuple[int, int]:
        """Its place in the list, for a cursor."""
        return self.place, self.id


def list_followed(session: Session, actor: Actor, after: tuple[int, ...] | None, limit: int) -> Sequence[Followed]:
    """Up to `limit + 1` of what the actor has a level on, from after the key `after` on: categories, tags, threads, of
    each the newest first. What they may not see any more is not among them; a tag's name never says more than it did.

    Raises NotSignedIn, NotAllowed.
    """
    check_signed_in(actor, "read")
    place, last = after or (0, None)
    first, *others = [kind(actor) for kind in (_categories, _tags, _threads)[place:]]
    parts = [_newest(first, limit + 1, last), *(_newest(other, limit + 1) for other in others)]
    everything = union_all(*parts).subquery()
    query = select(everything).order_by(everything.c.place, everything.c.id.desc()).limit(limit + 1)
    return [Followed(*row) for row in session.execute(query)]


def _newest(shown: Select[*tuple[Any, ...]], most: int, last: int | None = None) -> Select[*tuple[Any, ...]]:
    """The newest of one kind, below the id `last`: told how few, PostgreSQL does not read every thread for them."""
    by = shown.selected_columns.id
    if last is not None:
        shown = shown.where(by.element < last)
    return select(shown.order_by(by.desc()).limit(most).subquery())


def _columns(place: int, thing: Any, row: Any, reason: Any, slug: Any, name: Any) -> tuple[Any, ...]:
    return (
        literal(place, Integer).label("place"), thing.label("id"), row.c.level, reason.label("reason"), row.c.since,
        slug.label("slug"), name.label("name"),
    )  # fmt: skip


def _categories(actor: Actor) -> Select[*tuple[Any, ...]]:
    of = CATEGORIES.c
    shown = select(*_columns(0, of.id, ON_CATEGORY, literal(CHOSEN, String), of.slug, of.name))
    shown = shown.join(ON_CATEGORY, ON_CATEGORY.c.category_id == of.id)
    return shown.where(ON_CATEGORY.c.account_id == actor.account_id, visible(actor))


def _tags(actor: Actor) -> Select[*tuple[Any, ...]]:
    shown = select(*_columns(1, TAGS.c.id, ON_TAG, literal(CHOSEN, String), TAGS.c.slug, TAGS.c.name))
    return shown.join(ON_TAG, ON_TAG.c.tag_id == TAGS.c.id).where(ON_TAG.c.account_id == actor.account_id)


def _threads(actor: Actor) -> Select[*tuple[Any, ...]]:
    of = Thread
    return (
        select(*_columns(2, SUBSCRIPTION.c.thread_id, SUBSCRIPTION, SUBSCRIPTION.c.reason, col(of.slug), col(of.title)))
        .join(SUBSCRIPTION, SUBSCRIPTION.c.thread_id == col(of.id))
        .join(Category, col(Category.id) == col(of.category_id))
        .where(SUBSCRIPTION.c.account_id == actor.account_id, seen_by(actor))
    )
