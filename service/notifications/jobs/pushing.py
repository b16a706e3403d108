"""Bring a push message: take what waits for its person, send it to their browsers at once, record how that ended."""

import asyncio
from datetime import timedelta
from typing import Any, Final

from service.kit.database import Database, Session
from service.kit.outgoing import Outgoing
from service.kit.push import PushMessage, PushOutcome
from service.kit.queue import JobFailure, Run, TryAgainAfter
from service.kit.text import plain
from service.notifications.jobs.bodies import quoted
from service.notifications.models import WAITING
from service.notifications.operations.pushing import Parcel, bury_push, note_pushes, take_push

PUSH_RETRIES: Final = (30.0, 120.0, 600.0, 3600.0)
"""Seconds before each retry; what is an hour old is on the site, and in the mail."""

MOST_TEXT: Final = 200
"""Characters of a post that its message shows."""


async def push(database: Database, run: Run[Outgoing]) -> None:
    """Bring one push message; payload `{delivery}`. Sent again after a crash it takes the place of the first."""
    parcel, pusher = await database.write(take, run), run.context.pusher
    if parcel is None or pusher is None:
        return
    message = compose_push(parcel)
    outcomes = await asyncio.gather(*(pusher.send(address, message) for address in parcel.addresses.values()))
    ended = dict(zip(parcel.addresses, outcomes, strict=True))
    state = await database.write(end, run, parcel, ended)
    if state == WAITING:
        raise again(outcomes)
    run.outcome = state


def again(outcomes: list[PushOutcome]) -> JobFailure:
    """Try again, as late as the most patient push service asks."""
    waits = [outcome.retry_after for outcome in outcomes if outcome.retry_after]
    words = "no push service took the message; the delivery says why"
    return TryAgainAfter(timedelta(seconds=max(waits)), words) if waits else JobFailure(words)


def take(session: Session, run: Run[Outgoing]) -> Parcel | None:
    """Claim the message; if there is nothing to send, the job ends in the same unit of work."""
    on = run.context.pusher is not None
    parcel = take_push(session, run.payload["delivery"], run.claim.token, push_is_on=on)
    if parcel is None:
        run.finish(session)
    return parcel


def end(session: Session, run: Run[Outgoing], parcel: Parcel, outcomes: dict[int, PushOutcome]) -> str:
    """Record how it ended, and end the job unless it is to be tried again: both or neither."""
    state = note_pushes(session, run.payload["delivery"], run.claim.token, parcel, outcomes)
    if state != WAITING:
        run.finish(session)
    return state


def give_up_push(session: Session, payload: dict[str, Any], error: str) -> None:
    """The job is dead, and so is its message."""
    bury_push(session, payload["delivery"])


def compose_push(parcel: Parcel) -> PushMessage:
    """What the browsers show: one thing with the beginning of its post, or how many there are.

    Of one thread they show the last message only: they have one tag.
    """
    items = parcel.items
    last = items[-1].notice
    threads = {item.notice.thread_id: item.notice.thread_title for item in items}
    if len(items) == 1:
        post = parcel.posts.get(last.id)
        text = plain(post.html, most=MOST_TEXT) if post else items[0].closing_words
        return PushMessage(last.sentence, text, quoted(last.url), f"thread-{last.thread_id}")
    if len(threads) == 1:
        first = items[0].notice
        title = f"{len(items)} pieces of news of “{last.thread_title}”"
        return PushMessage(title, last.sentence, quoted(first.url), f"thread-{last.thread_id}")
    titles = ", ".join(f"“{title}”" for title in threads.values())
    return PushMessage(f"{len(items)} pieces of news in {len(threads)} threads", titles, "/notifications", "news")
