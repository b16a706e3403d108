"""Decisions as the person affected reads them: what was decided, why, by what means, and what they can do about it.

The facts are those that article 17(3) of the Digital Services Act (Regulation (EU) 2022/2065) asks a statement of
reasons to have.
"""

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, func, literal, or_, select
from sqlmodel import Session, col

from service.accounts.models import Account
from service.kit.actor import Actor, check_signed_in
from service.kit.errors import NotFound
from service.moderation.models import Review
from service.moderation.queries.reviews import get_review
from service.moderation.queries.stating import Statement, load
from service.replies.models import Reply
from service.screening.models import EDIT, RELIEFS, RESTRICTIONS, Decision
from service.threads.models import Thread

SHOWN: Final = (*RESTRICTIONS, *RELIEFS, EDIT)
"""The decisions that are shown to whom they are about. Not that a post waits, which the post shows: what a rule took
for spam is told as if it waited, and has nothing to show either.
"""


def get_statement(session: Session, actor: Actor, decision_id: int) -> Statement:
    """A decision, for the person whom it is about and for who moderates there. Raises NotSignedIn, Suspended,
    NotAllowed, NotFound: everybody else, and of what a rule took for spam also its author, who is told that it waits.
    """
    check_signed_in(actor, "read")
    found = find_statement(session, decision_id, actor)
    if found is None or not (_is_affected(actor, found) or _moderates(actor, found)):
        raise NotFound("There is no such decision")
    return found


def own_statement(session: Session, account_id: int, decision_id: int) -> Statement:
    """A decision about this person, who has proved by a link that they are asked. Raises NotFound."""
    account = session.get(Account, account_id)
    actor = Actor(account_id, account.username, account.role) if account else None
    found = find_statement(session, decision_id, actor) if actor else None
    if actor is None or found is None or not _is_affected(actor, found):
        raise NotFound("This link leads nowhere any more")
    return found


def find_statement(session: Session, decision_id: int, reader: Actor) -> Statement | None:
    """A decision about somebody, whoever asks; `reader` decides only whether the thread's title is said."""
    found = load(session, reader, col(Decision.id) == decision_id)
    return found[0] if found else None


def statements_of(session: Session, decision_ids: Collection[int], reader: Actor) -> dict[int, Statement]:
    """These decisions, by id, as `reader` reads them."""
    if not decision_ids:
        return {}
    return {each.id: each for each in load(session, reader, col(Decision.id).in_(decision_ids))}


def list_own(session: Session, actor: Actor, before: int | None, limit: int) -> Sequence[Statement]:
    """Up to `limit + 1` decisions that took something from the actor, with ids below `before`, the newest first.

    Raises NotSignedIn, Suspended, NotAllowed.
    """
    check_signed_in(actor, "read")
    mine = [col(Decision.account_id) == actor.account_id, col(Decision.action).in_(RESTRICTIONS), _told_of()]
    if before is not None:
        mine.append(col(Decision.id) < before)
    return load(session, actor, *mine, limit=limit + 1)


def find_reviewed(session: Session, actor: Actor, review_id: int) -> tuple[int, int | None]:
    """The post of a review, by its thread and reply, for its author and for who moderates there; for nobody else.

    Raises NotSignedIn, Suspended, NotAllowed, NotFound.
    """
    check_signed_in(actor, "read")
    query = (
        select(col(Review.thread_id), col(Review.reply_id), col(Thread.author_id), col(Reply.author_id))
        .join(Thread, col(Thread.id) == Review.thread_id)
        .outerjoin(Reply, col(Reply.id) == Review.reply_id)
        .where(col(Review.id) == literal(review_id, BigInteger))
    )
    row = session.execute(query).first()
    author_id = None if row is None else row[3] if row[1] else row[2]
    if row is None or (author_id != actor.account_id and not actor.moderates_some):
        raise NotFound("There is no such review")
    if author_id != actor.account_id:
        get_review(session, actor, review_id)
    return row[0], row[1]


def last_restriction(session: Session, thread_id: int, reply_id: int | None) -> int | None:
    """The id of the last standing decision that took this post out of sight; none of what its author is told waits."""
    of_reply = col(Decision.reply_id) == reply_id if reply_id else col(Decision.reply_id).is_(None)
    standing = col(Decision.thread_id) == thread_id, of_reply, col(Decision.undone_at).is_(None)
    query = select(col(Decision.id)).where(*standing, col(Decision.action).in_(RESTRICTIONS), _told_of())
    return session.execute(query.order_by(col(Decision.id).desc()).limit(1)).scalar_one_or_none()


def standing_sanction(session: Session, account_id: int, action: str) -> int | None:
    """The id of the last standing decision that silenced or suspended this person (`action`), in force or over."""
    mine = col(Decision.account_id) == account_id, col(Decision.action) == action, col(Decision.undone_at).is_(None)
    query = select(col(Decision.id)).where(*mine).order_by(col(Decision.id).desc()).limit(1)
    return session.execute(query).scalar_one_or_none()


def reasons_told(session: Session, actor: Actor, thread_id: int) -> dict[int | None, int]:
    """The standing restrictions of the actor's own posts in a thread, by reply (None: the opening)."""
    mine = col(Decision.thread_id) == thread_id, col(Decision.account_id) == actor.account_id
    query = select(col(Decision.reply_id), func.max(Decision.id)).where(*mine, col(Decision.undone_at).is_(None))
    query = query.where(col(Decision.action).in_(RESTRICTIONS), _told_of()).group_by(col(Decision.reply_id))
    return {row[0]: row[1] for row in session.execute(query)}


def _is_affected(actor: Actor, found: Statement) -> bool:
    decision = found.decision
    mine = actor.account_id is not None and decision.account_id == actor.account_id
    return mine and decision.action in SHOWN and not is_secret(decision)


def is_secret(decision: Decision) -> bool:
    """Whether the person affected is not to know: a rule took their post for spam, and it looks to them as if it
    waited. Article 17(2) asks for no statement about deceptive high-volume commercial content.
    """
    return decision.automated and decision.action == "spam"


def _told_of() -> ColumnElement[bool]:
    return or_(col(Decision.automated).is_(False), col(Decision.action) != "spam")


def _moderates(actor: Actor, found: Statement) -> bool:
    """Whoever moderates the category where the post is now; what is about a person, whoever moderates the site."""
    if found.thread is None and found.decision.category_id is None:
        return actor.moderates_all
    category_id = found.thread.category_id if found.thread else found.decision.category_id
    return category_id is not None and actor.moderates_in(category_id)
