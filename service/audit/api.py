"""The JSON door of the log. For moderators; who moderates a category finds what happened in it."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from service.accounts.current import Asking
from service.accounts.queries import get_account
from service.audit import queries
from service.audit.queries import Wanted
from service.audit.schemas import AuditEntry, Kind
from service.categories.queries import get_category
from service.kit.actor import Actor, check_moderates_some
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotFound, NotReady, NotSignedIn
from service.site.schemas import WireInstant
from service.web.answers import Answer
from service.web.bodies import StrictRoute
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["audit log"])
Name = Annotated[str | None, Query(max_length=60)]
Id = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


@router.get(
    "/audit",
    operation_id="list_audit",
    response_model=Page[AuditEntry],
    responses=declare(NotSignedIn, NotAllowed, NotFound, Invalid, NotReady),
)
async def list_audit(
    asks: Asking,
    kind: Annotated[Kind | None, Query(description="A kind, or its beginning: `thread.closed`, `thread`.")] = None,
    actor: Annotated[Name, Query(description="The username of who did it; `system` is Parley itself.")] = None,
    account: Annotated[Name, Query(description="The username of the person that it was done to.")] = None,
    thread: Annotated[Id, Query(description="A thread, with all its replies.")] = None,
    category: Annotated[Name, Query(description="A category's slug.")] = None,
    address: Annotated[str | None, Query(max_length=64, description="The `address` of another entry.")] = None,
    since: Annotated[WireInstant | None, Query(description="RFC 3339; included.")] = None,
    until: Annotated[WireInstant | None, Query(description="RFC 3339; not included.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """What was done, the newest first: posts, decisions, settings, roles, sign-ins made and ended."""
    given = {
        "kind": kind, "actor": actor, "account": account, "thread": thread, "category": category, "address": address,
        "since": since.isoformat() if since else None, "until": until.isoformat() if until else None,
    }  # fmt: skip

    def work(session: Session, who: Actor) -> Answer:
        check_moderates_some(who)
        wanted = Wanted(
            kind=kind, thread_id=thread, address_hash=address, since=since, until=until,
            actor_id=_id_of(session, who, actor), account_id=_id_of(session, who, account),
            category_id=get_category(session, who, category).id if category else None,
        )  # fmt: skip
        key = from_cursor(cursor, 1)
        rows = queries.list_entries(session, who, wanted, key[0] if key else None, limit)
        return page_answer(rows, limit, lambda entry: (entry.position,), AuditEntry.of, "/api/v1/audit", **given)

    return await asks.answer(work)


def _id_of(session: Session, actor: Actor, username: str | None) -> int | None:
    """The id of the account of this name; 0 for Parley itself. Raises NotFound."""
    if username is None:
        return None
    return 0 if username == "system" else get_account(session, actor, username).id
