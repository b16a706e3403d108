"""Who may decide about a review now: a moderator's claim keeps others from deciding beside them. Who may flag a post,
and what a flag weighs. Who may suspend whom. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.accounts.models import Account
from service.kit.actor import Actor, check_may_write, check_moderates, check_outranks, check_signed_in, rank_of
from service.kit.clock import utc_text
from service.kit.errors import NotAllowed, RateLimited
from service.moderation.errors import AlreadyFlagged, Claimed, NotPublished
from service.moderation.models import DISMISSED, EDITED, OPEN, UPHELD, Flag, Review
from service.replies.models import Reply
from service.screening.models import POST_RESTRICTIONS
from service.screening.policy import BACK, DISMISS, STEPS, Deed
from service.threads.models import Thread

LEASE: Final = timedelta(minutes=10)
"""How long a claim lasts; it is over by itself, no job ends it."""


def is_claimed(review: Review, at: datetime) -> bool:
    """Whether somebody's claim of the review runs at this instant."""
    return review.claimed_by_id is not None and review.claimed_until is not None and at < review.claimed_until


def claimed(review: Review, claimer: str | None) -> Claimed:
    """The problem that says whose claim runs, and until when."""
    until = utc_text(review.claimed_until) if review.claimed_until else None
    return Claimed(
        f"{claimer or 'Somebody'} is looking at this until {until}",
        extra={"claimed_by": claimer, "claimed_until": until},
    )


DAY: Final = timedelta(days=1)
SECOND: Final = timedelta(seconds=1)
LEAST_WEIGHT, MOST_WEIGHT = 25, 200
"""In hundredths: a quarter of a new flagger's say, and twice as much."""


def weight_of(upheld: int, decided: int) -> int:
    """What somebody's next flag weighs, in hundredths, when moderators upheld so many of their flags, of so many that
    were decided about.

    Twice the accuracy, smoothed by one of each (Laplace's rule of succession): `2 × (upheld + 1) / (decided + 2)`,
    from 0.25 to 2. So a new flagger's weighs 1, that of one who is right half the time stays 1, and it takes six
    dismissed flags in a row to come down to a quarter (2 × 1/8).
    """
    smoothed = round(200 * (upheld + 1) / (decided + 2))
    return min(MOST_WEIGHT, max(LEAST_WEIGHT, smoothed))


def check_may_flag(actor: Actor, post: Thread | Reply) -> None:
    """Raise unless the actor may flag posts, and somebody else wrote this one: NotSignedIn, Suspended, Silenced,
    NotAllowed.
    """
    check_may_write(actor)
    if post.author_id is not None and post.author_id == actor.account_id:
        raise NotAllowed("Nobody flags what they wrote themselves")


def check_can_be_flagged(thread: Thread, post: Thread | Reply) -> None:
    """Raise NotPublished unless everybody who sees the category sees the post."""
    if thread.moderation != "published" or post.moderation != "published":
        raise NotPublished("Only what everybody sees can be flagged")


def check_again(earlier: Sequence[Flag], post: Thread | Reply, reason: str, at: datetime) -> None:
    """Raise AlreadyFlagged where a moderator has decided about this person's last flag of the post, unless its text
    was changed since, or a day has passed and none of their flags gave this reason. `earlier` has the newest first.
    """
    last = next(
        (flag for flag in earlier if flag.resolved_at is not None and flag.outcome in (UPHELD, DISMISSED)), None
    )
    if last is None or last.resolved_at is None:
        return
    if post.edited_at is not None and post.edited_at > last.resolved_at:
        return
    again = last.resolved_at + DAY
    if at >= again and reason not in {flag.reason for flag in earlier}:
        return
    raise AlreadyFlagged(
        "A moderator has decided about your flag of this post. Flag it again when its text has changed, or after a day "
        "for another reason",
        extra={"outcome": last.outcome, "again_at": utc_text(again)},
    )


def check_flags_left(raised: Sequence[datetime], most: int, at: datetime) -> dict[str, str]:
    """The `RateLimit` headers of one more flag; `raised` are the times of the last day's, the newest first.

    Raises RateLimited with `Retry-After`, the seconds until the oldest of the last `most` is a day old.
    """
    headers = {"RateLimit-Policy": f'"flags";q={most};w={int(DAY.total_seconds())}'}
    if len(raised) < most:
        return headers | {"RateLimit": f'"flags";r={most - len(raised) - 1}'}
    wait = max(1, -((at - (raised[most - 1] + DAY)) // SECOND))
    raise RateLimited(
        f"At most {most} flags in 24 hours; try again in {wait} s",
        headers=headers | {"RateLimit": f'"flags";r=0;t={wait}', "Retry-After": str(wait)},
    )


def may_read_notes(actor: Actor, account_id: int | None) -> bool:
    """Whether the actor reads what moderators noted about a person: a moderator of the site who is not that person."""
    return actor.moderates and actor.account_id != account_id


def check_reads_notes(actor: Actor, account_id: int | None) -> None:
    """Raise unless the actor may read and leave notes about a person: NotSignedIn, NotAllowed."""
    check_moderates(actor)
    if not may_read_notes(actor, account_id):
        raise NotAllowed("What is noted about you is for other moderators")


def may_name_flaggers(actor: Actor, post: Thread | Reply) -> bool:
    """Whether a moderator is told who flagged a post: not one who wrote it."""
    return post.author_id is None or post.author_id != actor.account_id


ABOUT_EDITS: Final[tuple[Deed, ...]] = ("approve", "reject", "spam")
"""What is decided about an edit that waits, and not about its post: the others take the post away."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A review with all that decides whether a decision about its post would be taken. `author_rank` is -1 where the
    post is nobody's.
    """

    version: int
    state: str
    cause: str
    claimed_by_id: int | None
    claimed_until: datetime | None
    moderation: str
    previous_moderation: str | None
    category_id: int
    author_id: int | None
    author_rank: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a decision about one post would do: the state that it is in, the one that it `becomes`, or the `code` of the
    problem for which it would be refused.
    """

    moderation: str | None
    becomes: str | None = None
    code: str | None = None


def foresee(
    actor: Actor, found: Looked | None, version: int, action: Deed, at: datetime, *, override: bool = False
) -> Foreseen:
    """What a decision would do; whether its thread is archived, only the deed itself asks."""
    if found is None:
        return Foreseen(None, code="not-found")
    others = found.author_id not in (None, actor.account_id)
    in_use = found.claimed_by_id not in (None, actor.account_id) and found.claimed_until is not None
    waits = found.moderation == "pending" or found.cause == EDITED
    edit_waits = found.cause == EDITED and (found.moderation, found.state) == ("published", OPEN)
    stays = action == DISMISS or (edit_waits and action in ABOUT_EDITS)
    after = found.moderation if stays or action == DISMISS else STEPS.get((found.moderation, action))
    refusals = (
        (not actor.moderates_in(found.category_id), "not-allowed"),
        (version != found.version, "stale-decision"),
        (in_use and not override and at < (found.claimed_until or at), "claimed"),
        (after is None or (action == DISMISS and (found.state != OPEN or waits)), "invalid-transition"),
        (action in POST_RESTRICTIONS and others and actor.rank <= found.author_rank, "not-allowed"),
    )
    if code := next((code for refused, code in refusals if refused), None):
        return Foreseen(found.moderation, code=code)
    return Foreseen(found.moderation, (found.previous_moderation or "published") if after == BACK else after)


ESCALATION: Final = (1, 3, 7, 30)
"""Days: what is suggested for a person's first suspension or silence, and for each that follows."""


def suggested_days(earlier: int) -> int:
    """How long the next suspension or silence of somebody might be, who had so many before."""
    return ESCALATION[min(earlier, len(ESCALATION) - 1)]


def check_may_suspend(actor: Actor, account: Account) -> None:
    """Raise unless the actor may suspend and silence this person: a moderator of the whole site, who stands above
    them. NotSignedIn, NotAllowed.
    """
    check_moderates(actor)
    if account.id is not None and account.id == actor.account_id:
        raise NotAllowed("Nobody suspends or silences themselves")
    check_outranks(actor, account.id, rank_of(account.role, moderates_some=bool(account.moderated)))


def check_may_withdraw(actor: Actor, editor_id: int | None) -> None:
    """Raise unless the edit that waits is the actor's own: a moderator decides about it instead. Who is silenced may
    still take back what they said.
    """
    check_signed_in(actor)
    if actor.account_id != editor_id:
        raise NotAllowed("Only who made an edit withdraws it: a moderator decides about it")
