"""Flags: a reader complains about a post; enough weight hides it at once, until a moderator has looked."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import update
from sqlmodel import Session

from service.accounts.models import Account
from service.kit import events
from service.kit.actor import SYSTEM, Actor
from service.kit.clock import now
from service.kit.database.rows import stored_id, table_of
from service.kit.errors import Problem, settled
from service.moderation import policy, queries
from service.moderation.events import FlagRaised
from service.moderation.models import FLAGGED, OPEN, Flag, Review
from service.moderation.operations.deciding import Decision, Locked, take_step
from service.moderation.operations.settling import count_flags
from service.moderation.queries import flags as flag_queries
from service.replies.queries import ReplySeen
from service.threads.queries import ThreadSeen

ACCOUNT: Final = table_of(Account)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a reader says is wrong with a post: one of FLAG_REASONS, and a note that moderators read."""

    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Raised:
    """A person's unresolved flag of a post; whether it was raised just now, and the `RateLimit` headers then."""

    flag: Flag
    is_new: bool
    headers: dict[str, str]


def raise_flag(
    session: Session, actor: Actor, seen: ThreadSeen, found: ReplySeen | None, complaint: Complaint | Problem
) -> Raised:
    """Flag a reply, or with `found` None the opening, of a locked thread.

    Everybody has one unresolved flag of a post: who flags it again gets the first as it was, with what they said then,
    and nothing happens. The review is opened, or goes on with one flag more; at the weight `flags_hide_at` of the site
    Parley hides the post. Raises NotSignedIn, Suspended, Silenced, NotAllowed, Invalid, NotPublished, AlreadyFlagged,
    RateLimited.
    """
    locked = Locked(seen, found)
    policy.check_may_flag(actor, locked.post)
    ready, post = settled(complaint), (seen.id, found.id if found else None)
    earlier = flag_queries.own_flags(session, actor, post)
    if first := next((flag for flag in earlier if flag.resolved_at is None), None):
        return Raised(first, is_new=False, headers={})
    policy.check_can_be_flagged(seen.thread, locked.post)
    policy.check_again(earlier, locked.post, ready.reason, now(session))
    headers = _count(session, stored_id(actor.account_id), seen.site.flags_per_day)
    flag = _store(session, actor, locked, ready)
    review = _review(session, post)
    events.record(
        session,
        FlagRaised(
            actor=actor, flag_id=stored_id(flag.id), thread_id=seen.id, reply_id=flag.reply_id,
            category_id=seen.thread.category_id, reason=flag.reason,
        ),
    )  # fmt: skip
    hide_at = seen.site.flags_hide_at
    if hide_at and review.flag_weight >= hide_at:
        _hide(session, locked, review)
    return Raised(flag, is_new=True, headers=headers)


def _count(session: Session, account_id: int, most: int) -> dict[str, str]:
    """Hold the flagger's row, so that of two flags at once each counts the other, and check that one is left."""
    session.execute(update(ACCOUNT).where(ACCOUNT.c.id == account_id).values(has_flagged=True))
    at = now(session)
    return policy.check_flags_left(flag_queries.raised_since(session, account_id, at - policy.DAY, most), most, at)


def _store(session: Session, actor: Actor, locked: Locked, complaint: Complaint) -> Flag:
    account_id = stored_id(actor.account_id)
    flag = Flag(
        thread_id=locked.thread.id, reply_id=locked.reply.id if locked.reply else None, account_id=account_id,
        reason=complaint.reason, note=complaint.note, post_version=locked.post.version, made_at=now(session),
        weight=policy.weight_of(*flag_queries.record_of(session, account_id)),
    )  # fmt: skip
    session.add(flag)
    session.flush()
    return flag


def _review(session: Session, post: flag_queries.Post) -> Review:
    """The post's review, open, with the flags counted anew; whoever looks at it has not seen the last one."""
    review = queries.find_review(session, *post)
    if review is None:
        review = Review(
            thread_id=post[0], reply_id=post[1], cause=FLAGGED, state=OPEN, version=0, opened_at=now(session)
        )
    elif review.state != OPEN:
        review.cause, review.state, review.opened_at = FLAGGED, OPEN, now(session)
    review.version += 1
    return count_flags(session, review)


def _hide(session: Session, locked: Locked, review: Review) -> None:
    """Hide the post: Parley's own decision, after which its review waits for a moderator as before, and is claimed by
    whoever has claimed it.
    """
    claim = review.claimed_by_id, review.claimed_until
    kept = take_step(session, SYSTEM, locked, review, Decision("hide"))
    kept.evidence = {"flags": review.flag_count, "weight": review.flag_weight / 100}
    review.state, (review.claimed_by_id, review.claimed_until) = OPEN, claim
    session.add_all((kept, review))
    session.flush()
