"""Who moderates a category though their role does not say so. Admins say it, and it holds from the next request on."""

from sqlmodel import Session

from service.accounts.models import Account
from service.accounts.queries import get_account
from service.categories import queries
from service.categories.events import CategoryChanged
from service.categories.models import Category, CategoryModerator
from service.categories.queries import ModeratorSeen
from service.kit import events
from service.kit.actor import Actor, check_administers
from service.kit.clock import now
from service.kit.database.rows import stored_id


def add_moderator(session: Session, actor: Actor, slug: str, username: str) -> ModeratorSeen:
    """Let somebody moderate this category; who does so already goes on as before.

    Raises NotFound, NotSignedIn, NotAllowed.
    """
    category, found = _named(session, actor, slug, username)
    category_id, account_id = stored_id(category.id), stored_id(found.id)
    account, moderator = queries.lock_moderator(session, account_id, category_id)
    if moderator is None:
        moderator = CategoryModerator(category_id=category_id, account_id=account_id, since=now(session))
        session.add(moderator)
        _repeat(session, account)
        _record(session, actor, category, account_id, "moderator_added")
    return ModeratorSeen(category_id, account, moderator.since)


def remove_moderator(session: Session, actor: Actor, slug: str, username: str) -> None:
    """Let somebody moderate this category no more; who does not moderate it stays as they are.

    Raises NotFound, NotSignedIn, NotAllowed.
    """
    category, found = _named(session, actor, slug, username)
    account, moderator = queries.lock_moderator(session, stored_id(found.id), stored_id(category.id))
    if moderator is None:
        return
    session.delete(moderator)
    _repeat(session, account)
    _record(session, actor, category, stored_id(account.id), "moderator_removed")


def dismiss_moderators(session: Session, category_id: int) -> None:
    """Nobody moderates this category any more: it is about to go."""
    for each in queries.moderators_of(session, category_id):
        account, moderator = queries.lock_moderator(session, stored_id(each.account.id), category_id)
        session.delete(moderator)
        _repeat(session, account)


def _named(session: Session, actor: Actor, slug: str, username: str) -> tuple[Category, Account]:
    category = queries.get_category(session, actor, slug)
    account = get_account(session, actor, username)
    check_administers(actor)
    return category, account


def _repeat(session: Session, account: Account) -> None:
    """Keep the account's own list in step, which spares each of its requests a query."""
    session.flush()
    account.moderated = queries.categories_moderated(session, stored_id(account.id)) or None
    session.add(account)
    session.flush()


def _record(session: Session, actor: Actor, category: Category, account_id: int, change: str) -> None:
    changed = CategoryChanged(
        actor=actor, category_id=stored_id(category.id), change=change, version=category.version, account_id=account_id
    )
    events.record(session, changed)
