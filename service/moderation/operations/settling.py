"""What becomes of flags: a decision about the post resolves them, and one that is undone leaves them open again."""

from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.moderation import queries
from service.moderation.events import FlagResolved
from service.moderation.models import DISMISSED, UPHELD, Review
from service.moderation.queries import flags as flag_queries
from service.screening.models import Decision


def settle_by(session: Session, actor: Actor, review: Review, decision: Decision) -> None:
    """Resolve the flags of a post by how a moderator leaves it: where everybody sees it, they are dismissed; out of
    sight, also where Parley had hidden it and it stays so, they are upheld. What Parley decides resolves none.
    """
    if review.flag_count and not decision.automated:
        outcome = DISMISSED if decision.state_after == "published" else UPHELD
        settle_flags(session, actor, review, decision.category_id or 0, outcome, stored_id(decision.id))


def settle_flags(
    session: Session, actor: Actor, review: Review, category_id: int, outcome: str, decision_id: int | None = None
) -> None:
    """Resolve the flags of the review's post that nobody has decided about; each is an event of its own, by which its
    flagger is told. The thread's row is held.
    """
    at = now(session)
    for flag in flag_queries.unresolved_flags(session, (review.thread_id, review.reply_id)):
        flag.resolved_at, flag.outcome, flag.decision_id = at, outcome, decision_id
        session.add(flag)
        session.flush()
        events.record(
            session,
            FlagResolved(
                actor=actor, flag_id=stored_id(flag.id), thread_id=flag.thread_id, reply_id=flag.reply_id,
                category_id=category_id, account_id=flag.account_id, outcome=outcome, decision_id=decision_id,
            ),
        )  # fmt: skip
    count_flags(session, review)


def count_flags(session: Session, review: Review) -> Review:
    """Write into a review what the unresolved flags of its post come to. The thread's row is held."""
    found = flag_queries.tally(session, (review.thread_id, review.reply_id))
    review.flag_count, review.flag_weight, review.flag_reasons = found.count, found.weight, list(found.reasons)
    session.add(review)
    session.flush()
    return review


def reopen_flags(session: Session, decision_id: int) -> list[int]:
    """Leave the flags open again that a decision resolved which is undone; returns their ids, whose outcomes nobody
    need be told any more. The thread's row is held.

    Where its flagger has flagged the post once more since, that flag stays the open one, and of this one no outcome
    counts.
    """
    reopened = []
    for flag in flag_queries.flags_by(session, decision_id):
        post = (flag.thread_id, flag.reply_id)
        newer = any(each.account_id == flag.account_id for each in flag_queries.unresolved_flags(session, post))
        flag.outcome = flag.decision_id = None
        flag.resolved_at = flag.resolved_at if newer else None
        session.add(flag)
        session.flush()
        reopened.append(stored_id(flag.id))
        if review := queries.find_review(session, *post):
            count_flags(session, review)
    return reopened
