"""The JSON door of live events, which is also the door of streams: `Accept: text/event-stream` opens one."""

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import APIRouter, Header, Path, Query, Response
from pydantic import BeforeValidator

from service.accounts.current import Asking, Asks
from service.kit import events
from service.kit.actor import Actor
from service.kit.broadcast import Broadcaster
from service.kit.database import Session
from service.kit.errors import NotFound, NotReady, NotSignedIn, RateLimited
from service.kit.streams import Stream
from service.live.queries import Facts, Missed, facts_now, missed
from service.live.schemas import EventsPage, greeting, to_message
from service.threads.queries import get_thread
from service.web.answers import json_answer
from service.web.bodies import StrictRoute
from service.web.limits import hashed
from service.web.paging import Limit
from service.web.problems import declare
from service.web.streams import MEDIA_TYPE, EventStream, draw_retry

router = APIRouter(route_class=StrictRoute, tags=["live"])
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The thread's id.")]
After = Annotated[int | None, Query(ge=0, lt=2**63, description="The last position you know of; absent: the end.")]
LastEventId = Annotated[
    int | None,
    Header(alias="Last-Event-ID", ge=0, lt=2**63, description="As `after`, before which it goes; browsers send it."),
    BeforeValidator(lambda value: value or None),  # empty where there was no event yet (WHATWG HTML, section 9.2.3)
]
STREAM = {
    MEDIA_TYPE: {
        "schema": {
            "type": "string",
            "description": "Server-sent events: `id` is the position, `event` the kind, `data` the envelope.",
        },
        "example": 'id: 2\nevent: reply.posted\ndata: {"position":2,"id":2,"kind":"reply.posted",…}',
    }
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one unit of work found: who asks, how the thread stands, and what was missed.

    `is_waiting` says that the end is not yet the end: something acknowledged has no position yet.
    """

    actor: Actor
    facts: Facts
    missed: Missed
    is_waiting: bool


@router.get(
    "/threads/{thread_id}/events",
    operation_id="list_thread_events",
    response_model=EventsPage,
    responses={**declare(NotFound, NotSignedIn, RateLimited, NotReady), 200: {"content": STREAM}},
)
async def list_thread_events(
    thread_id: ThreadId,
    asks: Asking,
    after: After = None,
    limit: Limit = 20,
    last_event_id: LastEventId = None,
) -> Response:
    """What happens in a thread: a page of events, or a stream of them (`Accept: text/event-stream`).

    Without `after` or `Last-Event-ID` it begins at the end and says where that is. A stream tells its position first,
    then each event under its kind, and `state` after those that may change how the thread stands; a comment every few
    seconds says that it lives. Who was too long away gets `reset`. It ends when you may not see the thread any more.
    """
    since = after if last_event_id is None else last_event_id
    if MEDIA_TYPE in asks.request.headers.get("accept", "").lower():
        return await open_stream(asks, thread_id, since)
    seen = await look(asks, thread_id, since, limit)
    answer = json_answer(EventsPage.of_missed(seen.missed, seen.facts), Cache_Control="no-store", Vary="Accept")
    return answer.response()


async def look(asks: Asks, thread_id: int, since: int | None, most: int | None = None) -> Seen:
    """Who asks, how the thread stands, and what happened in it since (all of it, or `most` at a time).

    Raises NotFound, NotSignedIn.
    """

    def work(session: Session, actor: Actor) -> Seen:
        thread = get_thread(session, actor, thread_id)
        waiting = events.is_waiting(session)  # asked first: what comes in between is news
        end = events.last_position(session)
        reader, after = actor.within(thread.thread.category_id), end if since is None else since
        found = missed(session, reader, thread_id, after, end, most)
        return Seen(actor, facts_now(session, thread), found, waiting)

    seen = await asks.read(work)
    if seen.is_waiting:  # what was acknowledged before this request lies before the end
        await asks.database.write(events.sequence)
        seen = await asks.read(work)
    return seen


async def open_stream(asks: Asks, thread_id: int, since: int | None) -> EventStream:
    """A stream of the thread's events. Raises NotFound, NotSignedIn, RateLimited, NotReady."""
    seen = await look(asks, thread_id, since)
    stream = stream_of(asks, thread_id, seen)
    live = cast(Broadcaster, asks.request.app.state.live)
    joined = await live.join(stream, limited=asks.settings.rate_limits == "on")
    try:
        gap = await look(asks, thread_id, stream.position) if joined > stream.position else None
        return EventStream(stream, first_words(stream, since, seen, gap), live.leave)
    except BaseException:
        live.leave(stream)
        raise


def stream_of(asks: Asks, thread_id: int, seen: Seen) -> Stream:
    """The stream of one who has been told of everything up to the position that was seen."""
    credential = asks.credential
    secret = None
    if seen.actor.signed_in:
        kind = "token" if credential.token_hash else "session"
        secret = (kind, credential.token_hash or credential.session_hash or "")
    place = asks.place()
    whose = str(seen.actor.account_id) if seen.actor.signed_in else place.address
    key = hashed(place.secret, "stream", whose)
    return Stream(thread_id, seen.actor, secret, key, position=seen.missed.position)


def first_words(stream: Stream, since: int | None, seen: Seen, gap: Seen | None) -> bytes:
    """The position, then what was missed, also in the gap until the broadcaster took over; or that it was too much."""
    told = [seen.missed] if gap is None else [seen.missed, gap.missed]
    newest = gap or seen
    stream.position = newest.missed.position
    if any(part.is_reset for part in told):
        return greeting(stream.position, newest.facts, is_reset=True, retry=draw_retry())
    begins = seen.missed.position if since is None else since
    words = greeting(begins, newest.facts, is_reset=False, retry=draw_retry())
    return words + b"".join(to_message(event) for part in told for event in part.events)
