"""Posting a reply: published at once, or as the site's rules say."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import insert
from sqlmodel import Session

from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database.ready import Ready
from service.kit.database.rows import defaults, plain, stored_id, table_of
from service.kit.errors import Problem, settled
from service.kit.sender import NOWHERE, Sender
from service.kit.text import RENDERER_VERSION
from service.kit.text.hosts import hosts_in
from service.replies import policy, queries
from service.replies.errors import ParentNotAvailable
from service.replies.events import ReplyCaught, ReplyEvent, ReplyHeld, ReplyPosted, ReplyRefused
from service.replies.models import Reply, address, waiting_address
from service.replies.operations.counters import show_child, take_number
from service.screening.errors import Rejected
from service.screening.operations import STATES, refusal, screen
from service.screening.policy import Outcome, Submission, Verdict, came_from, role_in
from service.threads import policy as threads_policy
from service.threads.operations import Written
from service.threads.queries import ThreadSeen
from service.threads.queries.turns import turn_of

REPLY: Final = table_of(Reply)
FRESH: Final = {name: value for name, value in defaults(Reply).items() if name != "id"}
INSERT: Final = Ready(insert(REPLY).returning(REPLY.c.id), columns=FRESH)
NEW: Final = plain(Reply)
EVENTS: Final[Mapping[Outcome, type[ReplyEvent]]] = {
    "publish": ReplyPosted, "hold": ReplyHeld, "spam": ReplyCaught, "reject": ReplyRefused,
}  # fmt: skip
"""What is recorded of a new reply, by the verdict on it."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """A reply made ready before any session was open; `parent` is the id of the reply it answers."""

    text: Written
    parent: int | None


def post_reply(
    session: Session, actor: Actor, seen: ThreadSeen, draft: Drafted | Problem, sender: Sender = NOWHERE
) -> Reply | Rejected:
    """Store a reply in a thread that was loaded with `hold_thread`: visible at once, or as the site's rules say held
    for a moderator, taken for spam, or rejected, which is returned so that the record of it stays.

    The thread's row, moved by one conditional UPDATE, decides whether it is open and which number comes next.
    Raises NotSignedIn, Silenced, NotAllowed, Invalid, ThreadIsClosed, ParentNotAvailable, AlreadyPosted, RateLimited
    (slow mode, or many posts at once), Rejected (what is not kept).
    """
    threads_policy.check_may_reply(actor, seen.thread)
    ready = settled(draft)
    at = now(session)
    closed, turn = seen.closing.is_closed(at), turn_of(session, actor, seen)
    threads_policy.check_open(actor, seen, at, turn)
    answered = _find_answered(session, seen.id, ready.parent)
    verdict = _screen(session, actor, seen, ready.text, sender)
    if verdict.outcome != "reject":
        threads_policy.check_turn(turn, seen.slow_mode(at), at)
    shown = verdict.outcome == "publish"
    number = take_number(session, actor, seen, held=not shown)
    parent, depth = place(session, answered, seen.site.max_depth)
    row: dict[str, Any] = FRESH | {
        "thread_id": seen.id, "number": number, "parent_id": parent.id if parent else None,
        "in_reply_to_id": answered.id if answered else None, "depth": depth, "author_id": actor.account_id,
        "body": ready.text.body, "body_html": ready.text.body_html, "renderer": RENDERER_VERSION,
        "moderation": STATES[verdict.outcome], "previous_moderation": came_from(verdict.outcome),
        "is_quiet": verdict.outcome == "spam", "text_hash": ready.text.mark,
        "posted_while_closed": closed, "is_heard": not closed, "created_at": at, "published_at": at if shown else None,
    }  # fmt: skip
    # No object of the ORM: its unit of work takes ten times as long, and this is the hottest of all writes.
    reply = NEW(**row, id=INSERT.scalar(session, row))
    if parent is not None and shown:
        show_child(session, stored_id(parent.id))
    about: dict[str, Any] = {"mentioned": ready.text.mentioned, "quoted": ready.text.quoted} | facts_of(reply, seen)
    events.record(session, EVENTS[verdict.outcome](actor=actor, verdict=verdict if verdict.rule else None, **about))
    return refusal(verdict) if verdict.outcome == "reject" else reply


def _screen(session: Session, actor: Actor, seen: ThreadSeen, text: Written, sender: Sender) -> Verdict:
    """What the site's rules make of the reply."""
    category_id = seen.thread.category_id
    submission = Submission(
        kind="reply", category_id=category_id, role=role_in(actor, category_id), thread_id=seen.id, body=text.body,
        hosts=hosts_in(text.body_html, sender.own_host), username=actor.username or "", sender=sender,
        html=text.body_html,
    )  # fmt: skip

    def same(within: timedelta) -> str | None:
        found = queries.find_same(session, actor, seen.id, text.mark, now(session) - within)
        return None if found is None else where(seen, *found)

    return screen(session, actor, submission, same, seen.site)


def where(seen: ThreadSeen, reply_id: int, number: int | None) -> str:
    """Where a reply stands for its author, with a number or among those that wait."""
    if number is None:
        return waiting_address(seen.id, seen.thread.slug, reply_id)
    return address(seen.id, seen.thread.slug, number)


def _find_answered(session: Session, thread_id: int, reply_id: int | None) -> Reply | None:
    if reply_id is None:
        return None
    answered = queries.find_parent(session, thread_id, reply_id)
    if answered is None:
        raise ParentNotAvailable
    return answered


def place(session: Session, answered: Reply | None, max_depth: int) -> tuple[Reply | None, int]:
    """Where a reply stands: under what it answers, or under the deepest ancestor that the levels allow."""
    parent, depth = policy.place_under(answered, max_depth)
    while depth < 0 and answered is not None:
        answered = session.get(Reply, answered.parent_id) if answered.parent_id else None
        parent, depth = policy.place_under(answered, max_depth)
    return parent, depth


def facts_of(reply: Reply, seen: ThreadSeen) -> dict[str, Any]:
    """What every event about a reply carries."""
    return {
        "reply_id": stored_id(reply.id), "thread_id": seen.id, "number": reply.number,
        "category_id": seen.thread.category_id, "version": reply.version,
    }  # fmt: skip
