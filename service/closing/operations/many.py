"""One deed to many threads: each by itself, so that one refusal keeps nothing from the others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from service.kit.actor import Actor
from service.kit.errors import Problem
from service.kit.versions import Wanted
from service.threads.queries import ThreadSeen, get_thread, lock_thread

Deed = Callable[[Session, Actor, ThreadSeen, Wanted], None]


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one thread: as it stands after the deed, or the refusal."""

    thread_id: int
    result: ThreadSeen | Problem


def do_to_each(session: Session, actor: Actor, wanted: Mapping[int, int | None], deed: Deed) -> list[Done]:
    """Do one deed to each of these threads, by id with the version that was seen (None: any); in the order asked.

    The rows are locked in the order of their ids, so that two who do this at once wait for each other only once. Each
    deed refuses before it writes, so that a refused thread is as it was.
    """
    done = {thread_id: _do(session, actor, thread_id, wanted[thread_id], deed) for thread_id in sorted(wanted)}
    return [done[thread_id] for thread_id in wanted]


def _do(session: Session, actor: Actor, thread_id: int, version: int | None, deed: Deed) -> Done:
    try:
        deed(session, actor, lock_thread(session, actor, thread_id), version)
        return Done(thread_id, get_thread(session, actor, thread_id))
    except Problem as problem:
        return Done(thread_id, problem)
