"""What the doors of one thread's closing share: its id in the path, and the unit of work that changes it."""

from collections.abc import Callable
from typing import Annotated

from fastapi import Path

from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.kit.versions import Wanted
from service.threads.queries import ThreadSeen, get_thread, lock_thread
from service.threads.queries.reactions import own_of_openings
from service.threads.queries.turns import turn_of
from service.threads.schemas import ThreadView
from service.web.answers import Answer, json_answer
from service.web.cache import wanted_version, with_etag

ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The thread's id.")]
Deed = Callable[[Session, Actor, ThreadSeen, Wanted], None]


def changing(thread_id: int, deed: Deed, if_match: str | None) -> Callable[[Session, Actor], Answer]:
    """The unit of work that locks a thread, does the deed to the version that was seen, and shows the thread."""

    def work(session: Session, actor: Actor) -> Answer:
        seen = lock_thread(session, actor, thread_id)
        deed(session, actor, seen, wanted_version(if_match))
        view = view_again(session, actor, thread_id)
        return with_etag(json_answer(view), view.version)

    return work


def view_again(session: Session, actor: Actor, thread_id: int) -> ThreadView:
    """The thread as it is after a deed, loaded afresh."""
    fresh = get_thread(session, actor, thread_id)
    mine = own_of_openings(session, actor, [fresh]).get(fresh.id, ())
    return ThreadView.of(fresh, actor, now(session), mine, turn_of(session, actor, fresh))
