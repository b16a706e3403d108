"""The JSON door of notifications and of people's preferences."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotFound, NotReady, NotSignedIn
from service.notifications import operations, queries
from service.notifications.operations.bouncing import report_bounce as note_report
from service.notifications.schemas import (
    BounceView,
    ChangePreferences,
    MarkRead,
    NotificationView,
    PreferencesView,
    ReportBounce,
    UnreadView,
    WhyView,
)
from service.replies.queries import get_reply
from service.subscriptions.schemas import MarkThreadRead, ReadMarkView
from service.threads.queries import get_thread
from service.web.answers import Answer, json_answer
from service.web.bodies import Deferred, StrictRoute
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["notifications"])
ThreadId = Annotated[int, Path(ge=1, lt=2**63, description="The thread's id.")]


@router.get(
    "/notifications",
    operation_id="list_notifications",
    response_model=Page[NotificationView],
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def list_notifications(
    asks: Asking,
    unread: Annotated[bool, Query(description="Only those that are not read yet.")] = False,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """What you were told, newest first; what is hidden from you by now is left out."""

    def work(session: Session, actor: Actor) -> Answer:
        key = from_cursor(cursor, 1)
        rows = queries.list_notices(session, actor, unread=unread, before=key[0] if key else None, limit=limit)
        only = "true" if unread else None
        return page_answer(
            rows, limit, lambda seen: (seen.event_id,), NotificationView.of, "/api/v1/notifications", unread=only
        )

    return await asks.answer(work)


@router.post(
    "/notifications/read",
    operation_id="read_notifications",
    response_model=UnreadView,
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def read_notifications(draft: Deferred[MarkRead], asks: Asking) -> Response:
    """Mark notifications as read: those with the named ids, or all. Letters about them that wait are not sent."""
    ids = draft if isinstance(draft, Invalid) else draft.ids

    def work(session: Session, actor: Actor) -> Answer:
        return json_answer(UnreadView(unread=operations.mark_read(session, actor, ids)))

    return await asks.write(work)


@router.put(
    "/threads/{thread_id}/read",
    operation_id="read_thread",
    response_model=ReadMarkView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def read_thread(thread_id: ThreadId, draft: Deferred[MarkThreadRead], asks: Asking) -> Response:
    """Say how far you have read a thread. It never goes back. What you were told of the replies up to there becomes
    read, and letters about them are not sent. Who says so for five minutes in all, with pauses of at most 90 seconds,
    tracks the thread from then on, unless they have a level there already.
    """
    number, also = (draft, ()) if isinstance(draft, Invalid) else (draft.number, draft.seen)

    def work(session: Session, actor: Actor) -> Answer:
        seen = get_thread(session, actor, thread_id)
        mark, unread = operations.read_thread(session, actor, seen, number, also)
        return json_answer(ReadMarkView(number=mark, unread=unread))

    return await asks.write(work)


@router.get(
    "/me/notification-preferences",
    operation_id="get_notification_preferences",
    response_model=PreferencesView,
    responses=declare(NotSignedIn, NotAllowed, NotReady),
)
async def get_notification_preferences(asks: Asking) -> Response:
    """How you are told, by kind of news and channel, and when mail goes."""
    return await asks.answer(
        lambda session, actor: json_answer(PreferencesView.of(queries.own_preferences(session, actor)))
    )


@router.patch(
    "/me/notification-preferences",
    operation_id="change_notification_preferences",
    response_model=PreferencesView,
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def change_notification_preferences(draft: Deferred[ChangePreferences], asks: Asking) -> Response:
    """Change how you are told. Letters that wait are looked at again by what holds when they are sent."""
    wanted = draft if isinstance(draft, Invalid) else draft.changes()

    def work(session: Session, actor: Actor) -> Answer:
        return json_answer(PreferencesView.of(operations.change_preferences(session, actor, wanted)))

    return await asks.write(work)


@router.get(
    "/notifications/{notification_id}/why",
    operation_id="explain_notification",
    response_model=WhyView,
    responses=declare(NotSignedIn, NotAllowed, NotFound, NotReady),
)
async def explain_notification(
    notification_id: Annotated[int, Path(ge=1, lt=2**63, description="The notification's id.")], asks: Asking
) -> Response:
    """Why you have this notification: what was looked at, what decided, and what became of each channel."""
    return await asks.answer(
        lambda session, actor: json_answer(WhyView.of(queries.explain_notice(session, actor, notification_id)))
    )


Username = Annotated[str | None, Query(min_length=1, max_length=30, description="Whom it is about: you, if absent.")]


@router.get(
    "/threads/{thread_id}/why",
    operation_id="explain_thread",
    response_model=WhyView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def explain_thread(thread_id: ThreadId, asks: Asking, username: Username = None) -> Response:
    """Why somebody was told of a thread's opening, or was not: admins, and everybody about themselves."""

    def work(session: Session, actor: Actor) -> Answer:
        seen = get_thread(session, actor, thread_id)
        return json_answer(WhyView.of(queries.explain_post(session, actor, seen, None, username)))

    return await asks.answer(work)


@router.get(
    "/replies/{reply_id}/why",
    operation_id="explain_reply",
    response_model=WhyView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def explain_reply(
    reply_id: Annotated[int, Path(ge=1, lt=2**63, description="The reply's id.")],
    asks: Asking,
    username: Username = None,
) -> Response:
    """Why somebody was told of a reply, or was not: admins, and everybody about themselves."""

    def work(session: Session, actor: Actor) -> Answer:
        found = get_reply(session, actor, reply_id)
        seen = get_thread(session, actor, found.reply.thread_id)
        return json_answer(WhyView.of(queries.explain_post(session, actor, seen, found.reply, username)))

    return await asks.answer(work)


@router.post(
    "/mail/bounces",
    operation_id="report_bounce",
    response_model=BounceView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def report_bounce(draft: Deferred[ReportBounce], asks: Asking) -> Response:
    """Say that a letter came back: for a mail server's hook, with an admin's token of the scope `admin`.

    One hard bounce, a complaint, or three soft bounces within 30 days stop mail to the person, until they have it tried
    again. The same letter and kind once more changes nothing.
    """
    report = draft if isinstance(draft, Invalid) else draft.to_report()

    def work(session: Session, actor: Actor) -> Answer:
        found = note_report(session, actor, report)
        return json_answer(BounceView(username=found.username, mail_stopped=found.stopped))

    return await asks.write(work)
