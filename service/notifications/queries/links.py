"""Where the links of a letter lead: one person and one thread, or one kind of letter, whoever follows the link."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from service.accounts.models import Account
from service.accounts.queries import actor_of
from service.categories.models import Category
from service.categories.policy import may_see
from service.kit.errors import NotFound
from service.notifications.models import DECISIONS, DIGEST, MAIL, MODERATION, REVIEWS
from service.notifications.policy import DEFAULTS, wants
from service.notifications.queries.inbox import wants_mail
from service.notifications.queries.preferences import preferences_of
from service.subscriptions.queries import following_of
from service.threads.models import Thread


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """What the page behind a letter's link may say. `title` and `url` are None where its person may not read the thread
    any more; `level` is how they follow it, `mail` whether they get letters at all.
    """

    account_id: int
    thread_id: int
    title: str | None
    url: str | None
    level: str
    mail: bool


def follow_link(session: Session, account_id: int, thread_id: int) -> LinkSeen:
    """How the person follows the thread now. Raises NotFound when either is gone for good."""
    row = session.execute(
        select(Account, Thread, Category)
        .select_from(Account)
        .join(Thread, col(Thread.id) == thread_id)
        .join(Category, col(Category.id) == Thread.category_id)
        .where(col(Account.id) == account_id)
    ).first()
    if row is None:
        raise NotFound("This link leads nowhere any more")
    account, thread, category = row
    visible = may_see(actor_of(session, account), category)
    shown = visible and thread.moderation == "published"
    return LinkSeen(
        account_id,
        thread_id,
        thread.title if shown else None,
        f"/t/{thread_id}/{thread.slug}" if shown else None,
        following_of(session, account_id, thread).level,
        wants_mail(session, account_id),
    )


@dataclass(frozen=True, slots=True)
class ListSeen:
    """What the page behind a digest's, a summary's or a moderator's letter's link may say: the `kind` of letter, and
    whether its person gets such letters now.
    """

    account_id: int
    kind: str
    on: bool


def follow_list_link(session: Session, account_id: int, kind: str) -> ListSeen:
    """Whether the person gets letters of this kind now. Raises NotFound when they are gone."""
    if session.execute(select(col(Account.id)).where(col(Account.id) == account_id)).first() is None:
        raise NotFound("This link leads nowhere any more")
    preference = preferences_of(session, [account_id]).get(account_id, DEFAULTS)
    on = preference.mail
    if kind == DIGEST:
        on = on and preference.digest != "off"
    elif kind == REVIEWS:
        on = on and wants(preference, "reviews", MAIL)
    elif kind == DECISIONS:
        on = on and any(wants(preference, each, MAIL) for each in MODERATION)
    return ListSeen(account_id, kind, on)
