"""What a letter is and says, read afresh at the moment it is sent."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists
from sqlmodel import Session, col, select

from service.accounts.models import Account, ApiToken, SignedIn
from service.accounts.policy import SUSPENSION, sanction
from service.accounts.queries import actor_of
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.notifications.models import (
    DECISIONS,
    DIGEST,
    MAIL,
    OPENING,
    REVIEWS,
    SENT,
    THREAD,
    Delivery,
    Notification,
    NotificationPreference,
)
from service.notifications.models import Letter as LetterRow
from service.notifications.policy.deciding import DEFAULTS, wants
from service.notifications.queries.items import Item, Post, items_in, outcomes_in, posts_of
from service.notifications.queries.moderators import Queue, queue_of
from service.site.models import Site

MOST_TOLD: Final = 20
"""What a letter about one thread shows; the rest is counted."""

MOST_THREADS: Final = 20
MOST_OF_THREAD: Final = 3
"""What a digest shows: the threads with the newest news, and of each its newest; the rest is counted."""

AWAY: Final = timedelta(days=180)
"""After so long without a sign of them nobody is sent digests any more."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one person. `items` is what it tells, in the order of its events; `posts` are the texts of those
    that it shows, by notification. `answers` is the Message-ID of this person's letter about the reply that its first
    one answers, if there was one. `zone` is the person's, for times; `away`: nobody has seen them for half a year.
    `queue` is what waits for a moderator, `now` when all this was read. `suspended`: they cannot sign in now.
    """

    id: int
    kind: str
    gather: str
    account_id: int
    username: str
    role: str
    message_id: str
    to: str
    site: str
    zone: str
    stopped: bool
    away: bool
    now: datetime
    items: tuple[Item, ...] = ()
    posts: dict[int, Post] | None = None
    answers: str | None = None
    queue: Queue | None = None
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Addressed:
    """A letter with its person and their preferences (the defaults, where they have said nothing)."""

    row: LetterRow
    account: Account
    preference: NotificationPreference
    site: str


def find_addressed(session: Session, letter_id: int) -> Addressed | None:
    """A letter and its person; None when they are gone."""
    row = session.execute(
        select(LetterRow, Account, Site, NotificationPreference)
        .join(Account, col(Account.id) == LetterRow.account_id)
        .join(Site, col(Site.id) == 1)
        .outerjoin(NotificationPreference, col(NotificationPreference.account_id) == LetterRow.account_id)
        .where(col(LetterRow.id) == letter_id)
        .execution_options(populate_existing=True)
    ).first()
    return None if row is None else Addressed(row[0], row[1], row[3] or DEFAULTS, row[2].name)


def open_letter(session: Session, found: Addressed) -> Letter:
    """The letter with everything that waits in it, without the posts' texts."""
    account, preference = found.account, found.preference
    inside = outcomes_in if found.row.kind == DECISIONS else items_in
    return Letter(
        id=stored_id(found.row.id),
        kind=found.row.kind,
        gather=found.row.gather,
        account_id=stored_id(account.id),
        username=account.username,
        role=account.role,
        message_id=found.row.message_id,
        to=account.email,
        site=found.site,
        zone=preference.time_zone,
        stopped=preference.mail_stopped_at is not None,
        away=found.row.kind == DIGEST and is_away(session, account),
        now=now(session),
        items=tuple(inside(session, account, preference, stored_id(found.row.id))),
        queue=_queue(session, account, preference) if found.row.kind == REVIEWS else None,
        suspended=sanction(account.standing, SUSPENSION, now(session)) is not None,
    )


def _queue(session: Session, account: Account, preference: NotificationPreference) -> Queue | None:
    """What waits for a moderator; None for who is none any more, is suspended, or wants no mail about it."""
    actor = actor_of(session, account)
    return queue_of(session, actor) if actor.moderates_some and wants(preference, "reviews", MAIL) else None


def with_posts(session: Session, letter: Letter, items: tuple[Item, ...], shown: tuple[Item, ...]) -> Letter:
    """The letter with the items that are still wanted, and the texts of those that it shows."""
    return replace(
        letter,
        items=items,
        posts=dict(posts_of(session, [item.notice for item in shown])),
        answers=_letter_about(session, letter.account_id, shown[0].answers) if letter.kind == THREAD else None,
    )


def shown_in(kind: str, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Which of its items a letter shows: of a thread's the first, in the order of its posts; of many threads' the
    newest, by thread.
    """
    if kind in (THREAD, DECISIONS):
        return tuple(sorted(items, key=_place)[:MOST_TOLD])
    newest = sorted(items, key=lambda item: item.notice.event_id, reverse=True)
    by_thread: dict[int, list[Item]] = {}
    for item in newest:
        by_thread.setdefault(item.notice.thread_id, []).append(item)
    return tuple(item for of in list(by_thread.values())[:MOST_THREADS] for item in reversed(of[:MOST_OF_THREAD]))


def _place(item: Item) -> tuple[int, int, int]:
    """Where an item stands among a thread's: the opening, the replies by their numbers, and whatever else happened."""
    notice = item.notice
    return (0 if notice.kind == OPENING else 2 if notice.number is None else 1), notice.number or 0, notice.event_id


def is_away(session: Session, account: Account) -> bool:
    """Whether there has been no sign of somebody for half a year: no page, no program of theirs, nothing read."""
    mine, since = stored_id(account.id), now(session) - AWAY
    if account.created_at > since:
        return False
    # One after the other: mostly the first says it, and who has thousands of notifications is asked about them last.
    signs = (
        (SignedIn.last_used_at, SignedIn.account_id),
        (ApiToken.last_used_at, ApiToken.account_id),
        (Notification.read_at, Notification.account_id),
    )
    return not any(
        session.exec(select(exists().where(col(owner) == mine, col(seen_at) > since))).one() for seen_at, owner in signs
    )


def _letter_about(session: Session, account_id: int, reply_id: int | None) -> str | None:
    """The Message-ID of the letter that told this person of a reply, if it was sent among a thread's own."""
    if reply_id is None:
        return None
    query = select(LetterRow.message_id).join(Delivery, col(Delivery.letter_id) == LetterRow.id)
    query = query.join(Notification, col(Notification.id) == Delivery.notification_id)
    mine = col(Notification.account_id) == account_id, col(Notification.subject) == f"reply:{reply_id}"
    return session.exec(query.where(*mine, col(Delivery.state) == SENT, col(LetterRow.kind) == THREAD)).first()
