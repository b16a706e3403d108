"""Choose how closely to follow a thread, a category or a tag, and give the choice up."""

from typing import Any, Final

from sqlalchemy import delete
from sqlmodel import Session, SQLModel, col

from service.categories.models import Category
from service.kit.actor import Actor, check_signed_in
from service.kit.clock import now
from service.kit.database.rows import stored_id, table_of, upsert
from service.kit.errors import Problem, settled
from service.subscriptions.models import CategorySubscription, Subscription, TagSubscription
from service.subscriptions.queries import Following, following, level_on_category, level_on_tag
from service.threads.queries import ThreadSeen
from service.threads.queries.tags import TagUse

COLUMNS: Final = {
    "category": (table_of(CategorySubscription), "category_id"),
    "tag": (table_of(TagSubscription), "tag_id"),
    "thread": (table_of(Subscription), "thread_id"),
}
"""Where the levels on each kind of thing are kept, and the column that names the thing."""


def choose_level(session: Session, actor: Actor, seen: ThreadSeen, level: str | Problem) -> Following:
    """Set the actor's own level on a thread; the last choice stands. Raises NotSignedIn, NotAllowed, Invalid."""
    check_signed_in(actor)
    set_level(session, stored_id(actor.account_id), seen.id, settled(level))
    return following(session, actor, seen)


def set_level(session: Session, account_id: int, thread_id: int, level: str) -> None:
    """Set an account's level on a thread, whoever asks for it in their name."""
    _set(session, Subscription, {"thread_id": thread_id, "account_id": account_id}, level=level, reason="chosen")


def give_up_choice(session: Session, actor: Actor, seen: ThreadSeen) -> None:
    """Forget the actor's level on a thread, so that the default holds again. Raises NotSignedIn, NotAllowed."""
    check_signed_in(actor)
    mine = (col(Subscription.thread_id) == seen.id, col(Subscription.account_id) == actor.account_id)
    session.execute(delete(Subscription).where(*mine))


def choose_level_on_category(session: Session, actor: Actor, category: Category, level: str | Problem) -> Following:
    """Set the actor's level on a category that they see. Raises NotSignedIn, NotAllowed, Invalid."""
    check_signed_in(actor)
    one = {"category_id": category.id, "account_id": actor.account_id}
    _set(session, CategorySubscription, one, level=settled(level))
    return level_on_category(session, actor.account_id, category.id)


def give_up_category(session: Session, actor: Actor, category: Category) -> None:
    """Forget the actor's level on a category. Raises NotSignedIn, NotAllowed."""
    check_signed_in(actor)
    mine = col(CategorySubscription.account_id) == actor.account_id
    session.execute(delete(CategorySubscription).where(mine, col(CategorySubscription.category_id) == category.id))


def choose_level_on_tag(session: Session, actor: Actor, tag: TagUse, level: str | Problem) -> Following:
    """Set the actor's level on a tag that they see. Raises NotSignedIn, NotAllowed, Invalid."""
    check_signed_in(actor)
    _set(session, TagSubscription, {"tag_id": tag.id, "account_id": actor.account_id}, level=settled(level))
    return level_on_tag(session, actor.account_id, tag.id)


def give_up_tag(session: Session, actor: Actor, tag: TagUse) -> None:
    """Forget the actor's level on a tag. Raises NotSignedIn, NotAllowed."""
    check_signed_in(actor)
    mine = col(TagSubscription.account_id) == actor.account_id
    session.execute(delete(TagSubscription).where(mine, col(TagSubscription.tag_id) == tag.id))


def give_up(session: Session, actor: Actor, kind: str, thing_id: int) -> None:
    """Forget the actor's level on a `category`, `tag` or `thread` with this id, also on one that they see no more.

    Where there was none, nothing changes. Raises NotSignedIn, NotAllowed.
    """
    check_signed_in(actor)
    table, of = COLUMNS[kind]
    session.execute(delete(table).where(table.c.account_id == actor.account_id, table.c[of] == thing_id))


def _set(session: Session, table: type[SQLModel], one: dict[str, Any], **chosen: Any) -> None:
    """One row for `one` thing and person: new, or changed."""
    chosen["since"] = now(session)
    statement = upsert(session)(table_of(table)).values(**one, **chosen)
    session.execute(statement.on_conflict_do_update(index_elements=[*one], set_=chosen))
