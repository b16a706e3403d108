"""`/settings/following`: every category, tag and thread that somebody has a level on, and a button to give it up."""

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Problem, invalid
from service.pages import forms
from service.pages.following import BECAUSE, WORDS
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.followed import FollowedGroup, FollowedLine, FollowedPage
from service.subscriptions import operations, queries
from service.subscriptions.queries import Followed
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute
from service.web.paging import MOST_CURSOR, from_cursor, to_cursor

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
HERE: Final = "/settings/following"
AT_ONCE: Final = 50
TITLES: Final = {"category": "Categories", "tag": "Tags", "thread": "Threads"}


@router.get(HERE)
async def show_followed(asks: Asking, cursor: Annotated[str | None, Query(max_length=MOST_CURSOR)] = None) -> Response:
    """The list; a guest is sent to sign in."""
    return await _show(asks, cursor)


@router.post(HERE)
async def give_up(request: Request, asks: Asking) -> Response:
    """Give up one level; one that is gone already is what was wanted."""
    sent = await forms.read(request)
    kind, thing_id = sent.value("kind"), sent.number("id")
    if sent.deed != "unfollow" or kind not in TITLES or thing_id is None:
        raise invalid("/do", "must be one of this page's buttons")

    def work(session: Session, actor: Actor) -> Answer:
        operations.give_up(session, actor, kind, thing_id)
        return see_other(HERE)

    outcome = await forms.attempt(asks, sent, work)
    return outcome if isinstance(outcome, Response) else await _show(asks, problem=outcome, sent=sent)


async def _show(
    asks: Asks, cursor: str | None = None, *, problem: Problem | None = None, sent: forms.Sent | None = None
) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, FollowedPage]:
        rows = queries.list_followed(session, actor, from_cursor(cursor, 2), AT_ONCE)
        further = to_cursor(rows[AT_ONCE - 1].key) if len(rows) > AT_ONCE else None
        view = FollowedPage(
            sent.again(problem) if sent else forms.fresh(),
            _groups(rows[:AT_ONCE]),
            f"{HERE}?cursor={further}" if further else None,
            HERE if cursor else None,
        )
        return around(session, actor, HERE), view

    framed, view = await asks.read(load)
    return page("followed.html", framed, view, status=problem.status if problem else 200)


def _groups(rows: Sequence[Followed]) -> tuple[FollowedGroup, ...]:
    found = {title: tuple(_line(row) for row in rows if row.kind == kind) for kind, title in TITLES.items()}
    return tuple(FollowedGroup(title, lines) for title, lines in found.items() if lines)


def _line(row: Followed) -> FollowedLine:
    return FollowedLine(row.kind, row.id, row.name, row.url, WORDS[row.level], BECAUSE[row.reason], row.since)
