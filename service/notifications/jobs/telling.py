"""Tell an audience of what happened, chunk by chunk, with a rest after each: others post meanwhile."""

import asyncio
import time
from typing import Final

from service.kit.database import Database, Session
from service.kit.mailer import mail_domain
from service.kit.outgoing import Outgoing
from service.kit.queue import Run
from service.notifications.operations import tell_chunk
from service.notifications.operations.reviewing import ask_moderators

REST: Final = 2.0
"""How long to rest after a chunk, in times that the chunk computed: at most a third of a core goes into it. What it
waited for others does not count, or a busy machine would rest most of the time; that people's writes go before this
one's is seen to by the writer.
"""

LONGEST_REST: Final = 1.0
"""Seconds."""


async def notify(database: Database, run: Run[Outgoing]) -> None:
    """Tell an event's audience; payload `{event, after}`. A few people are told in one unit of work."""
    after: int = run.payload["after"]
    while not run.finished:
        after, computed = await database.write(tell_next, run, after)
        if not run.finished:
            await asyncio.sleep(min(LONGEST_REST, REST * computed))


def tell_next(session: Session, run: Run[Outgoing], after: int) -> tuple[int, float]:
    """One chunk; gives where the next begins, and the seconds that this one computed. After the last one the job ends
    in the same unit of work.
    """
    began, context = time.thread_time(), run.context
    following = tell_chunk(
        session,
        run.payload["event"],
        after,
        delay=context.mail_delay,
        domain=mail_domain(context.base_url),
        push=context.pusher is not None,
    )
    if following is None:
        run.finish(session)
        return after, 0.0
    run.advance(session, after=following)
    return following, time.thread_time() - began


def ask(session: Session, run: Run[Outgoing]) -> None:
    """See to it that moderators hear of what waits for them; payload `{}`."""
    ask_moderators(session, delay=run.context.mail_delay, domain=mail_domain(run.context.base_url))
