"""`/t/{id}/{slug}/timers`: what is to happen to a thread and when; for members, their own reminder of it."""

from datetime import datetime
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request, Response

from service.accounts.current import Asking, Asks
from service.closing import operations, queries
from service.closing.models import KINDS, REMIND
from service.closing.operations import Plan
from service.closing.policy import timed_by
from service.closing.queries import TimerSeen
from service.closing.schemas import SetTimer, to_plan
from service.kit.actor import Actor, check_signed_in
from service.kit.database import Session
from service.kit.errors import Invalid, Problem, invalid
from service.kit.zones import from_local, in_zone, known_zones
from service.pages import forms, thread_views
from service.pages.frame import Frame, around
from service.pages.rendering import MONTHS, page
from service.pages.views.closing import TimerLine, TimersPage
from service.pages.views.frame import Choice, Form
from service.threads.queries import ThreadSeen, get_thread, lock_thread
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1)]
NOTHING: Final = forms.Sent({}, None)
MOST_ENDED: Final = 20
LABELS: Final = {"at": "The time", "time_zone": "The time zone", "kind": "The timer"}
WORDS: Final = {
    "close": "Close",
    "silent_close": "Close and tell nobody",
    "open": "Open again",
    "publish": "Publish",
    "archive": "Archive",
    "bump": "Bring to the top of its lists",
    "remind": "Remind me",
    "delete_replies": "Delete the replies up to then",
    "clear_slow_mode": "End slow mode",
}
NOTICES: Final = {"set": "The timer is set.", "removed": "The timer is removed."}


@router.get("/t/{thread_id}/{slug}/timers")
async def show_timers(thread_id: ThreadId, asks: Asking, saved: str = "") -> Response:
    """The thread's timers of the kinds that the reader may set."""
    return await _show(asks, thread_id, notice=NOTICES.get(saved))


@router.post("/t/{thread_id}/{slug}/timers")
async def change_timers(request: Request, thread_id: ThreadId, asks: Asking) -> Response:
    """Set a timer, or remove one, as the form's button says; 303 to this page."""
    sent = await forms.read(request)
    if sent.deed not in ("set", "remove"):
        raise invalid("/do", "must be one of this page's buttons")
    kind, plan = sent.value("kind"), _plan(sent)
    if kind not in KINDS:
        raise invalid("/kind", "must be one of this page's choices")

    def work(session: Session, actor: Actor) -> Answer:
        seen = lock_thread(session, actor, thread_id)
        if sent.deed == "set":
            operations.set_timer(session, actor, seen, kind, plan)
        else:
            operations.clear_timer(session, actor, seen, kind)
        notice = "set" if sent.deed == "set" else "removed"
        return see_other(f"{thread_views.thread_url(seen)}/timers?saved={notice}")

    outcome = await forms.attempt(asks, sent, work)
    return outcome if isinstance(outcome, Response) else await _show(asks, thread_id, sent, outcome)


def _plan(sent: forms.Sent) -> Plan | Invalid:
    """The time as the form has it: a date and a time, by the clock of the zone that stands beside it."""
    zone = sent.value("time_zone") or "UTC"
    at = local_time(sent.value("at"), zone)
    if at is None:
        return invalid("/at", "must be a date and a time, such as 2030-01-31T12:00")
    return to_plan(sent.model(SetTimer, {"at": at, "time_zone": zone}))


def local_time(text: str, zone: str) -> str | None:
    """A `datetime-local` value (WHATWG HTML 2.3.5.5) by the clock of a zone, as RFC 3339; None for anything else.

    By the clock of a zone that nobody knows it is as in UTC: the zone is refused in its own place.
    """
    try:
        clock = datetime.fromisoformat(text).replace(tzinfo=None) if len(text) >= len("2030-01-31T12:00") else None
        return None if clock is None else from_local(clock, zone if zone in known_zones() else "UTC").isoformat()
    except (ValueError, OverflowError):
        return None


async def _show(
    asks: Asks,
    thread_id: int,
    sent: forms.Sent = NOTHING,
    problem: Problem | None = None,
    *,
    notice: str | None = None,
) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, TimersPage]:
        seen = get_thread(session, actor, thread_id)
        if problem is None:
            check_signed_in(actor)
        form = sent.again(problem, labels=LABELS) if problem else forms.fresh({"time_zone": "UTC"}, notice=notice)
        return around(session, actor, f"{thread_views.thread_url(seen)}/timers"), _view(session, actor, seen, form)

    framed, view = await asks.read(load)
    status, headers = (problem.status, dict(problem.headers)) if problem else (200, None)
    return page("timers.html", framed, view, status=status, headers=headers)


def _view(session: Session, actor: Actor, seen: ThreadSeen, form: Form) -> TimersPage:
    kinds = timed_by(actor, seen.thread, seen.site)
    to_come = queries.list_timers(session, actor, seen, (), len(KINDS), ended=False)
    ended = queries.list_timers(session, actor, seen, (), MOST_ENDED, ended=True)
    return TimersPage(
        title=seen.thread.title,
        back_url=thread_views.thread_url(seen),
        form=form,
        kinds=tuple(Choice(kind, WORDS[kind]) for kind in kinds),
        only_reminder=kinds == (REMIND,),
        to_come=tuple(_line(timer) for timer in to_come),
        ended=tuple(_line(timer) for timer in ended[:MOST_ENDED]),
    )


def in_days(clock: datetime) -> str:
    """The day that a clock shows, as a reader says it."""
    return f"{clock.day} {MONTHS[clock.month - 1]} {clock.year}"


def _line(seen: TimerSeen) -> TimerLine:
    timer = seen.timer
    clock = in_zone(timer.at, timer.time_zone)
    return TimerLine(
        kind=timer.kind,
        words=WORDS[timer.kind],
        at=timer.at,
        local="" if timer.time_zone == "UTC" else f"{in_days(clock)}, {clock:%H:%M} in {timer.time_zone}",
        set_by=seen.set_by,
        ended_at=timer.ended_at,
        outcome=timer.outcome,
        form=forms.fresh(),
    )
