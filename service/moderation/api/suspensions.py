"""The JSON door of suspensions and silences."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from service.accounts.current import Asking
from service.accounts.queries import get_account
from service.kit.actor import Actor, check_moderates
from service.kit.clock import now
from service.kit.database import Session
from service.kit.database.rows import stored_id
from service.kit.errors import Invalid, NotAllowed, NotFound, NotReady, NotSignedIn
from service.moderation.operations import suspending
from service.moderation.queries.suspensions import get_suspension
from service.moderation.queries.suspensions import list_suspensions as list_suspensions_of
from service.moderation.schemas.suspensions import SuspendAccount, SuspensionView, to_wish
from service.web.answers import Answer, json_answer, no_content
from service.web.bodies import Deferred, StrictRoute
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])
Username = Annotated[str, Path(max_length=100, description="The username, in any case.", examples=["dorothea"])]


@router.get(
    "/accounts/{username}/suspensions",
    operation_id="list_suspensions",
    response_model=Page[SuspensionView],
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def list_suspensions(username: Username, asks: Asking, limit: Limit = 20, cursor: Cursor = None) -> Response:
    """A person's suspensions and silences, those that are over too, the newest first: moderators of the whole site."""

    def work(session: Session, actor: Actor) -> Answer:
        account = get_account(session, actor, username)
        check_moderates(actor)
        before, at = from_cursor(cursor, 1), now(session)
        rows = list_suspensions_of(session, account.id, before[0] if before else None, limit)
        path = f"/api/v1/accounts/{account.username}/suspensions"
        return page_answer(
            rows, limit, lambda seen: (seen.row.id or 0,),
            lambda seen: SuspensionView.of(seen, account.username, at), path,
        )  # fmt: skip

    return await asks.answer(work)


@router.put(
    "/accounts/{username}/suspension",
    operation_id="suspend_account",
    response_model=SuspensionView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def suspend_account(username: Username, draft: Deferred[SuspendAccount], asks: Asking) -> Response:
    """Suspend somebody, or silence them: moderators of the whole site, about people whose role is below theirs.

    It holds at once: their sessions and tokens are refused with the reason, and their open streams end. It is over at
    `until`. What they have written stays. A new one takes the place of one of its kind that runs.
    """
    wish = to_wish(draft)

    def work(session: Session, actor: Actor) -> Answer:
        made = suspending.suspend(session, actor, username, wish)
        name = get_account(session, actor, username).username
        seen = get_suspension(session, stored_id(made.id))
        return json_answer(SuspensionView.of(seen, name, now(session)), Cache_Control="no-store")

    return await asks.write(work)


@router.delete(
    "/accounts/{username}/suspension",
    operation_id="restore_account",
    status_code=204,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def restore_account(
    username: Username,
    asks: Asking,
    silence: Annotated[bool | None, Query(description="Only a silence, or only a suspension; absent: both.")] = None,
) -> Response:
    """End a suspension and a silence before their time: moderators of the whole site. Where none runs, nothing
    happens.
    """

    def work(session: Session, actor: Actor) -> Answer:
        suspending.lift(session, actor, username, silences=silence)
        return no_content()

    return await asks.write(work)
