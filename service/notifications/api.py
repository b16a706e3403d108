"""The JSON door of notifications and of people's preferences."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotReady, NotSignedIn
from service.notifications import operations, queries
from service.notifications.schemas import (
    ChangePreferences,
    MarkRead,
    NotificationView,
    PreferencesView,
    UnreadView,
)
from service.web.answers import Answer, json_answer
from service.web.bodies import Deferred, StrictRoute
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["notifications"])


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
