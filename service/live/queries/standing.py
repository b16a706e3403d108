"""How threads stand, and who may still listen to what happens in them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlmodel import Session, col

from service.accounts.queries import still_known
from service.categories.models import Category
from service.categories.policy import visible_to
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.kit.errors import NotFound
from service.threads.models import Thread
from service.threads.queries import ThreadSeen, get_thread
from service.threads.queries.loads import select_seen, to_seen

MOST_AT_ONCE: Final = 500

Credential = tuple[str, str]
"""("session" or "token", the hash of its secret)."""


@dataclass(frozen=True, slots=True)
class Facts:
    """How a thread stands at `at`: what a page that shows it keeps up with. The same for everybody who sees it."""

    at: datetime
    state: str
    closed_at: datetime | None
    close_reason: str | None
    closes_at: datetime | None
    reply_count: int
    last_number: int
    version: int

    @classmethod
    def of(cls, seen: ThreadSeen, at: datetime) -> "Facts":
        """The facts of a thread at this instant."""
        closing, thread = seen.closing, seen.thread
        closed = closing.is_closed(at)
        return cls(
            at=at, state=seen.state(at), closed_at=closing.at if closed else None,
            close_reason=closing.reason if closed else None, closes_at=None if closed else closing.at,
            reply_count=thread.reply_count, last_number=thread.last_number, version=thread.version,
        )  # fmt: skip


def facts_now(session: Session, seen: ThreadSeen) -> Facts:
    """How a thread stands in this unit of work."""
    return Facts.of(seen, now(session))


def states(session: Session, thread_ids: Collection[int]) -> dict[int, Facts]:
    """How these threads stand."""
    found: dict[int, Facts] = {}
    for some in chunks(thread_ids):
        for row in session.execute(select_seen().where(col(Thread.id).in_(some))):
            seen = to_seen(session, row)
            found[seen.id] = Facts.of(seen, now(session))
    return found


def known_credentials(session: Session, secrets: Collection[Credential]) -> dict[Credential, Actor]:
    """Of these credentials those that are valid, with their owners."""
    known: dict[Credential, Actor] = {}
    for kind in ("session", "token"):
        if hashes := {secret for of_kind, secret in secrets if of_kind == kind}:
            known |= {(kind, secret): actor for secret, actor in still_known(session, kind, hashes).items()}
    return known


def standings(session: Session, thread_ids: Iterable[int]) -> dict[int, tuple[str, str, int]]:
    """Of these threads the moderation state, and the category's visibility and id."""
    found: dict[int, tuple[str, str, int]] = {}
    for some in chunks(thread_ids):
        query = (
            select(col(Thread.id), col(Thread.moderation), col(Category.visibility), col(Category.id))
            .join(Category, col(Category.id) == Thread.category_id)
            .where(col(Thread.id).in_(some))
        )
        found |= {stored_id(row[0]): (row[1], row[2], row[3]) for row in session.execute(query)}
    return found


def may_see(session: Session, actor: Actor, thread_id: int, standing: Mapping[int, tuple[str, str, int]]) -> bool:
    """Whether the thread exists for this actor. What is published in a visible category does; else the law is asked."""
    moderation, visibility, _ = standing.get(thread_id, ("", "", 0))
    if moderation == "published" and visibility in visible_to(actor):
        return True
    try:
        get_thread(session, actor, thread_id)
    except NotFound:
        return False
    return True


def chunks(ids: Iterable[int]) -> list[list[int]]:
    """The ids in pieces that a statement can take."""
    every = sorted(ids)
    return [every[start : start + MOST_AT_ONCE] for start in range(0, len(every), MOST_AT_ONCE)]
