"""`/mod/closings`: what closes in the next 30 days, day by day, and what closed lately. For moderators.

One form around the list: a row's own buttons are about that row, those above the list about every row that is ticked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response

from service.accounts.current import Asking, Asks
from service.closing import operations, queries
from service.closing.operations import Deed, Done
from service.closing.queries import Stretch
from service.kit.actor import Actor, check_moderates_some
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import Invalid, NotFound, Problem, invalid
from service.pages import closing_views, forms
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.closings import ClosingsPage, LeftThread
from service.pages.views.frame import Form
from service.pages.views.moderation import Tab
from service.threads.queries import ThreadSeen, get_thread
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute
from service.web.paging import from_cursor, to_cursor

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
PAGE_SIZE: Final = 50
MOST_FIELDS: Final = PAGE_SIZE + 20
AHEAD: Final = timedelta(days=closing_views.DAYS_AHEAD)
SOON, LATELY = "soon", "closed"
TABS: Final = {SOON: "Closing soon", LATELY: "Closed lately"}
EMPTY: Final = {
    SOON: "Nothing closes in the next 30 days.",
    LATELY: "Nothing closed in the last 30 days.",
}
DEED: Final = re.compile(r"(extend|keep|reopen)(?:-(1|7|30))?(?::(\d{1,18}):(\d{1,9}))?", re.ASCII)
"""A button: what to do, by how many days, and to which thread in which version (none: to those that are ticked)."""
TICKED: Final = re.compile(r"thread-(\d{1,18})", re.ASCII)
LEFT: Final = re.compile(r"(\d{1,18}):([a-z-]{1,40})", re.ASCII)
Text = Annotated[str, Query(max_length=3_000)]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the calendar somebody is: the tab, the day that the list begins with, and the page."""

    show: str
    since: datetime | None
    after: str | None

    @property
    def closed(self) -> bool:
        """Whether this is the list of what closed."""
        return self.show == LATELY

    def url(self, **more: Any) -> str:
        """The address of this place."""
        query = {} if self.show == SOON else {"show": self.show}
        query |= {"from": f"{self.since:%Y-%m-%d}"} if self.since else {}
        query |= {"after": self.after} if self.after else {}
        return f"/mod/closings?{urlencode(query | more)}" if query or more else "/mod/closings"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a form asks for: a deed, its days, and the threads with the versions that were seen."""

    deed: str
    days: int
    wanted: Mapping[int, int | None]

    def do(self) -> Deed:
        """The operation."""
        if self.deed == "extend":
            span = timedelta(days=self.days)
            return lambda session, actor, seen, version: operations.extend_closing(session, actor, seen, span, version)
        return operations.keep_open if self.deed == "keep" else operations.reopen_thread


def place_of(show: str, since: str, after: str | None) -> Place:
    """The place that an address names. Raises NotFound for a list, or a day, that there is not."""
    if show not in TABS:
        raise NotFound("The calendar has no such list")
    return Place(show, day_of(since), after)


def day_of(text: str) -> datetime | None:
    """A day as `2030-01-31`; None for the empty text."""
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise NotFound("The calendar has no such day") from None


@router.get("/mod/closings")
async def show_closings(
    asks: Asking,
    show: str = SOON,
    since: Annotated[str, Query(alias="from", max_length=20)] = "",
    after: str | None = None,
    done: str = "",
    count: Annotated[int, Query(ge=0, le=PAGE_SIZE)] = 0,
    thread: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    left: Text = "",
) -> Response:
    """The calendar; `done`, `count`, `thread` and `left` say what was done just now, and to which it was not."""
    return await _show(asks, place_of(show, since, after), told=(done, count, thread, left))


@router.post("/mod/closings")
async def change_closings(
    request: Request,
    asks: Asking,
    show: str = SOON,
    since: Annotated[str, Query(alias="from", max_length=20)] = "",
    after: str | None = None,
) -> Response:
    """What the button says, to its thread or to those that are ticked; 303 to the calendar."""
    sent, place = await forms.read(request, most=MOST_FIELDS), place_of(show, since, after)
    wish = wish_of(sent)

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates_some(actor)
        if isinstance(wish, Problem):
            raise wish
        return see_other(told_url(place, wish, operations.do_to_each(session, actor, wish.wanted, wish.do())))

    outcome = await forms.attempt(asks, sent, work)
    return outcome if isinstance(outcome, Response) else await _show(asks, place, sent=sent, problem=outcome)


def wish_of(sent: forms.Sent) -> Wish | Problem:
    """What the form asks for, or the refusal."""
    pressed = DEED.fullmatch(sent.deed)
    if pressed is None or (pressed[1] == "extend") != (pressed[2] is not None):
        return invalid("/do", "must be one of this page's buttons")
    one = {int(pressed[3]): int(pressed[4])} if pressed[3] else None
    wanted = one or {int(named[1]): sent.number(name) or 0 for name in sent.values if (named := TICKED.fullmatch(name))}
    if not wanted:
        return Invalid("Tick the threads first")
    return Wish(pressed[1], int(pressed[2] or 0), wanted)


def told_url(place: Place, wish: Wish, done: list[Done]) -> str:
    """The calendar, with what was done and what was not."""
    well = [one.thread_id for one in done if not isinstance(one.result, Problem)]
    left = [f"{one.thread_id}:{one.result.code}" for one in done if isinstance(one.result, Problem)]
    deed = f"{wish.deed}-{wish.days}" if wish.days else wish.deed
    told: dict[str, Any] = {"done": deed, "count": len(well)}
    told |= {"thread": well[0]} if len(well) == 1 else {}
    return f"{place.url(**told | ({'left': ','.join(left)} if left else {}))}#list"


async def _show(
    asks: Asks,
    place: Place,
    *,
    told: tuple[str, int, int | None, str] = ("", 0, None, ""),
    sent: forms.Sent | None = None,
    problem: Problem | None = None,
) -> Response:
    key = from_cursor(place.after, 2)

    def load(session: Session, actor: Actor) -> tuple[Frame, ClosingsPage]:
        check_moderates_some(actor)
        form = sent.again(problem) if sent else forms.fresh()
        return around(session, actor, "/mod/closings"), _view(session, actor, place, key, told, form)

    framed, view = await asks.read(load)
    return page("closings.html", framed, view, status=problem.status if problem else 200)


def _view(
    session: Session,
    actor: Actor,
    place: Place,
    key: tuple[int, ...] | None,
    told: tuple[str, int, int | None, str],
    form: Form,
) -> ClosingsPage:
    at = now(session)
    whole = Stretch(at - AHEAD, at, closed=True) if place.closed else Stretch(at, at + AHEAD)
    stretch = Stretch(place.since or whole.since, whole.until, whole.closed)
    found = queries.list_deadlines(session, actor, stretch, key, PAGE_SIZE)
    shown = found[:PAGE_SIZE]
    counts = {} if place.closed else queries.count_by_day(session, actor, whole)
    following = Place(place.show, place.since, to_cursor(shown[-1].key)) if len(found) > PAGE_SIZE else None
    return ClosingsPage(
        tabs=tuple(Tab(label, Place(name, None, None).url(), name == place.show) for name, label in TABS.items()),
        heading=TABS[place.show],
        closed=place.closed,
        form=form,
        action=f"{place.url()}#list",
        weeks=() if place.closed else closing_views.weeks_of(at, counts, place.since),
        since=place.since,
        days=closing_views.days_of(shown),
        empty=EMPTY[place.show],
        notice=_notice(session, actor, told),
        left=_left(session, actor, told[3]),
        next_url=following.url() if following else None,
        first_url=Place(place.show, None, None).url() if place.after or place.since else None,
    )


def _notice(session: Session, actor: Actor, told: tuple[str, int, int | None, str]) -> str:
    done, count, thread_id, _ = told
    pressed = DEED.fullmatch(done)
    if pressed is None:
        return ""
    seen = _find(session, actor, thread_id) if thread_id else None
    one = seen if isinstance(seen, ThreadSeen) else None
    return closing_views.notice_of(pressed[1], int(pressed[2] or 0), count, one)


def _left(session: Session, actor: Actor, left: str) -> tuple[LeftThread, ...]:
    named = LEFT.findall(left)[:PAGE_SIZE]
    return tuple(closing_views.left_of(_find(session, actor, int(each)), code) for each, code in named)


def _find(session: Session, actor: Actor, thread_id: int) -> ThreadSeen | NotFound:
    try:
        return get_thread(session, actor, thread_id)
    except NotFound as gone:
        return gone
