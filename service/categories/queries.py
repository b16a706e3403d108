"""Every SELECT of categories; each takes the actor and shows only what the actor may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from service.accounts.models import Account
from service.categories.models import Category, CategoryModerator
from service.categories.policy import also_visible, moderated_by, visible_to
from service.kit.actor import Actor
from service.kit.database.ready import Ready
from service.kit.database.rows import among, plain, table_of
from service.kit.errors import NotFound


def visible(actor: Actor) -> ColumnElement[bool]:
    """Which categories the actor may see, for a statement that has their table in it."""
    also, shown = also_visible(actor), among(col(Category.visibility), visible_to(actor))
    return or_(shown, among(col(Category.id), also)) if also else shown


def moderated(actor: Actor) -> ColumnElement[bool]:
    """In which of those the actor may act as a moderator: in all, or in some, or in none."""
    if actor.moderates_all:
        return visible(actor)
    return and_(visible(actor), col(Category.id).in_(moderated_by(actor)))


def list_categories(session: Session, actor: Actor) -> Sequence[Category]:
    """All categories the actor may see, by name. A site has few, so the list has no pages (at most 1,000)."""
    query = select(Category).where(visible(actor)).order_by(Category.name, col(Category.id))
    return session.exec(query.limit(1000)).all()


def get_category(session: Session, actor: Actor, slug: str, *, lock: bool = False) -> Category:
    """The category with this slug; NotFound when there is none, or none for this actor."""
    query = select(Category).where(Category.slug == slug, visible(actor))
    query = query.execution_options(populate_existing=True).with_for_update() if lock else query
    category = session.exec(query).first()
    if category is None:
        raise NotFound("There is no such category")
    return category


SHOWN: Final = ("id", "slug", "name", "description", "visibility")
TO_SHOWN: Final = plain(Category, SHOWN)
CATEGORY: Final = table_of(Category)


def categories_shown(session: Session, actor: Actor) -> Sequence[Category]:
    """As `list_categories`, for pages that name them all: rows with what SHOWN names, which cannot be changed."""
    return [TO_SHOWN(*row) for row in _all_shown(visible_to(actor), also_visible(actor)).all(session)]


def one_shown(categories: Sequence[Category], slug: str) -> Category:
    """The one with this slug among those that somebody may see; NotFound where there is none."""
    for category in categories:
        if category.slug == slug:
            return category
    raise NotFound("There is no such category")


@lru_cache(maxsize=500)
def _all_shown(shown: tuple[str, ...], also: tuple[int, ...]) -> Ready:
    public = among(CATEGORY.c.visibility, shown)
    seen = or_(public, among(CATEGORY.c.id, also)) if also else public
    query = select(*(CATEGORY.c[name] for name in SHOWN)).where(seen)
    return Ready(query.order_by(CATEGORY.c.name, CATEGORY.c.id).limit(1000))


def default_category(session: Session, actor: Actor) -> Category:
    """The oldest category that the actor may see: where a thread goes when none is named."""
    category = session.exec(select(Category).where(visible(actor)).order_by(col(Category.id)).limit(1)).first()
    if category is None:
        raise NotFound("There is no category")
    return category


@dataclass(frozen=True, slots=True)
class ModeratorSeen:
    """Somebody who moderates a category, and since when."""

    category_id: int
    account: Account
    since: datetime


def moderators_of(session: Session, *category_ids: int) -> Sequence[ModeratorSeen]:
    """Who moderates these categories, though their role does not say so; by their names, at most 1,000."""
    query = (
        select(CategoryModerator, Account)
        .join(Account, col(Account.id) == CategoryModerator.account_id)
        .where(col(CategoryModerator.category_id).in_(category_ids))
        .order_by(col(Account.username), col(CategoryModerator.category_id))
    )
    rows = session.exec(query.limit(1000))
    return [ModeratorSeen(row.category_id, account, row.since) for row, account in rows]


def lock_moderator(session: Session, account_id: int, category_id: int) -> tuple[Account, CategoryModerator | None]:
    """An account, held to the end of the transaction, and what says that they moderate this category."""
    held = select(Account).where(Account.id == account_id).with_for_update()
    account = session.exec(held.execution_options(populate_existing=True)).one()
    return account, session.get(CategoryModerator, (category_id, account_id), populate_existing=True)


def categories_moderated(session: Session, account_id: int) -> list[int]:
    """The ids of the categories that an account moderates though its role does not say so, in order."""
    query = select(CategoryModerator.category_id).where(CategoryModerator.account_id == account_id)
    return sorted(session.exec(query))


def slug_taken(session: Session, slug: str) -> bool:
    """Whether any category, seen or unseen, has this slug."""
    return session.exec(select(Category.id).where(Category.slug == slug)).first() is not None


def is_last(session: Session) -> bool:
    """Whether there is only one category left."""
    return len(session.exec(select(Category.id).limit(2)).all()) < 2
