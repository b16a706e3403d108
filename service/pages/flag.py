"""`/t/{id}/{slug}/flag` and `/t/{id}/replies/{number}/flag`: tell moderators what is wrong with a post."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Problem
from service.moderation import policy
from service.moderation.models import Flag
from service.moderation.operations.flagging import raise_flag
from service.moderation.queries.flags import own_flags
from service.moderation.schemas.flags import RaiseFlag, to_complaint
from service.pages import forms, thread_views
from service.pages.addressed import Addressed
from service.pages.flagged import LABELS, REASONS
from service.pages.frame import Frame, around
from service.pages.moderating import FLAGGED
from service.pages.rendering import in_words, page, trusted
from service.pages.views.flags import FlagPage
from service.pages.views.frame import Form
from service.replies.queries import ReplySeen, lock_reply
from service.threads.queries import ThreadSeen, get_thread, lock_thread
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
ThreadId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
FIELDS = {"reason": "The reason", "note": "The note"}
NOTHING = forms.Sent({}, None)


@dataclass(frozen=True, slots=True)
class Flagged:
    """Which post a screen is about: a reply of a thread, by its number, or the opening."""

    thread_id: int
    number: int | None = None

    def find(self, session: Session, actor: Actor) -> tuple[ThreadSeen, ReplySeen | None]:
        """The thread, and the reply; NotFound for who may not see it."""
        if self.number is None:
            return get_thread(session, actor, self.thread_id), None
        return Addressed(self.thread_id, self.number).find(session, actor)

    def lock(self, session: Session, actor: Actor) -> tuple[ThreadSeen, ReplySeen | None]:
        """The same, with the thread's row held."""
        _, found = self.find(session, actor)
        return lock_reply(session, actor, found.id) if found else (lock_thread(session, actor, self.thread_id), None)


@router.get("/t/{thread_id}/{slug}/flag")
async def ask_flag_thread(thread_id: ThreadId, asks: Asking) -> Response:
    """The form about a thread's opening."""
    return await _show(asks, Flagged(thread_id))


@router.get("/t/{thread_id}/replies/{number}/flag")
async def ask_flag_reply(thread_id: ThreadId, number: Number, asks: Asking) -> Response:
    """The form about a reply."""
    return await _show(asks, Flagged(thread_id, number))


@router.post("/t/{thread_id}/{slug}/flag")
async def flag_thread(request: Request, thread_id: ThreadId, asks: Asking) -> Response:
    """Flag the opening; 303 to the thread."""
    return await _flag(request, asks, Flagged(thread_id))


@router.post("/t/{thread_id}/replies/{number}/flag")
async def flag_reply(request: Request, thread_id: ThreadId, number: Number, asks: Asking) -> Response:
    """Flag the reply; 303 to where it stands."""
    return await _flag(request, asks, Flagged(thread_id, number))


async def _flag(request: Request, asks: Asks, which: Flagged) -> Response:
    """The same lines as the JSON door's."""
    sent = await forms.read(request)
    fields: dict[str, Any] = {"reason": sent.value("reason"), "note": sent.values.get("note", "")}
    complaint = to_complaint(sent.model(RaiseFlag, fields))

    def work(session: Session, actor: Actor) -> Answer:
        seen, found = which.lock(session, actor)
        raise_flag(session, actor, seen, found, complaint)
        return see_other(after(actor, seen, found))

    outcome = await forms.attempt(asks, sent, work)
    return outcome if isinstance(outcome, Response) else await _show(asks, which, sent, outcome)


def after(actor: Actor, seen: ThreadSeen, found: ReplySeen | None) -> str:
    """Where a flagger goes on: at the post, or, where their flag has hidden it, where it stood."""
    if seen.thread.moderation != "published" and not actor.moderates_in(seen.thread.category_id):
        return f"/c/{seen.category.slug}"
    number = found.reply.number if found else None
    gone = found is not None and found.reply.moderation != "published"
    url = thread_views.page_url(thread_views.thread_url(seen), thread_views.page_of(number or 1))
    place = "title" if found is None else "thoughts" if gone else f"reply-{number}"
    return f"{url}{'&' if '?' in url else '?'}saved={FLAGGED}#{place}"


async def _show(asks: Asks, which: Flagged, sent: forms.Sent = NOTHING, problem: Problem | None = None) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, FlagPage]:
        seen, found = which.find(session, actor)
        form = sent.again(problem, labels=FIELDS)
        return around(session, actor, asks.request.url.path), _view(session, actor, seen, found, form)

    framed, view = await asks.read(load)
    status, headers = (problem.status, dict(problem.headers)) if problem else (200, None)
    return page("flag.html", framed, view, status=status, headers=headers)


def _view(session: Session, actor: Actor, seen: ThreadSeen, found: ReplySeen | None, form: Form) -> FlagPage:
    post, number = (found.reply, found.reply.number) if found else (seen.thread, None)
    if not form.refusal:
        policy.check_may_flag(actor, post)
        policy.check_can_be_flagged(seen.thread, post)
    flags = own_flags(session, actor, (seen.id, found.id if found else None)) if actor.has_flagged else ()
    return FlagPage(
        form=form,
        what=f"“{seen.thread.title}”" if found is None else f"reply {number} by {found.author_name or 'Anonymous'}",
        body_html=trusted(post.body_html),
        reasons=REASONS,
        back_url=thread_views.thread_url(seen) if found is None else thread_views.shown_url(seen, found.reply),
        said=said_of(flags),
    )


def said_of(flags: Iterable[Flag]) -> str | None:
    """What the screen says to somebody whose flag of the post waits."""
    waiting = next((flag for flag in flags if flag.resolved_at is None), None)
    if waiting is None:
        return None
    when, why = in_words(waiting.made_at), LABELS[waiting.reason].lower()
    return f"You flagged this on {when}: {why}. Moderators will look at it, and you are told what they decide."
