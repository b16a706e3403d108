"""Why somebody was told, or was not: `/notifications/{id}/why` for oneself, `/admin/why` for admins about anybody."""

import re
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor, check_administers
from service.kit.database import Session
from service.kit.errors import NotFound, Problem, invalid
from service.notifications import queries
from service.notifications.queries import Explanation
from service.notifications.schemas.why import words_of
from service.pages import forms
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.frame import Form
from service.pages.views.why import ChannelShown, ExplanationShown, WhyPage
from service.replies.queries import get_reply_by_number
from service.threads.queries import get_thread
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
HERE: Final = "/admin/why"
POST: Final = re.compile(r"/t/(\d{1,18})(?:/|$|\?|#)(?:.*#reply-(\d{1,9}))?", re.ASCII)
"""The address of a post, as it stands in a browser: a thread's, or a reply's with its number."""

LABELS: Final = {"who": "Username", "post": "Address of the post"}
CHANNELS: Final = {"site": "On the site", "mail": "By mail", "push": "By push"}
STATES: Final = {
    "unread": "told, not read yet", "read": "read", "gathering": "waits for more news, then goes", "waiting": "waits",
    "sending": "on its way", "sent": "sent", "failed": "refused for good", "dead": "given up",
    "skipped": "not sent", "not_wanted": "not chosen",
}  # fmt: skip


@router.get("/notifications/{notification_id}/why")
async def show_why(notification_id: Annotated[int, Path(ge=1, lt=2**63)], asks: Asking) -> Response:
    """Why the reader has this notification."""

    def load(session: Session, actor: Actor) -> tuple[Frame, WhyPage]:
        found = queries.explain_notice(session, actor, notification_id)
        here = f"/notifications/{notification_id}/why"
        return around(session, actor, here), WhyPage(None, _shown(found))

    framed, view = await asks.read(load)
    return page("why.html", framed, view)


@router.get(HERE)
async def ask_why(
    asks: Asking,
    who: Annotated[str, Query(max_length=60)] = "",
    post: Annotated[str, Query(max_length=2_000)] = "",
) -> Response:
    """The form, and the answer once it is filled in: asking changes nothing, so it is a GET."""
    try:
        return await _answer(asks, who.strip(), post.strip())
    except NotFound as problem:
        if not who:
            raise
        return await _answer(asks, who.strip(), post.strip(), problem)


async def _answer(asks: Asks, who: str, post: str, problem: Problem | None = None) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, WhyPage]:
        check_administers(actor)
        wrong = problem or _refusal(who, post)
        form = forms.Sent({"who": who, "post": post}, None).again(wrong, labels=LABELS)
        shown = None if wrong or not who else _shown(_explain(session, actor, who, post))
        return around(session, actor, HERE), WhyPage(form, shown)

    framed, view = await asks.read(load)
    form: Form | None = view.form
    status = problem.status if problem else 422 if form and form.errors else 200
    return page("why.html", framed, view, status=status)


def _refusal(who: str, post: str) -> Problem | None:
    if not who and not post:
        return None
    if not who:
        return invalid("/who", "must be somebody's username")
    return None if POST.search(post) else invalid("/post", "must be the address of a thread or of a reply here")


def _explain(session: Session, actor: Actor, who: str, post: str) -> Explanation:
    found = POST.search(post)
    if found is None:
        raise NotFound("There is no such post")
    thread_id, number = int(found[1]), found[2]
    seen = get_thread(session, actor, thread_id)
    reply = get_reply_by_number(session, actor, thread_id, int(number)).reply if number else None
    return queries.explain_post(session, actor, seen, reply, who)


def _shown(found: Explanation) -> ExplanationShown:
    channels = tuple(
        ChannelShown(
            CHANNELS[each.channel], STATES[each.state], each.words, each.at, each.due_at, each.attempts,
            each.message_id or "",
        )
        for each in found.channels
    )  # fmt: skip
    told = found.reason is not None
    return ExplanationShown(found.username, told, words_of(found), found.decided_at, found.steps, channels)
