"""What a thread's page does with its forms of moderation: the step, where it leads, and what is said afterwards."""

from collections.abc import Sequence

from starlette.responses import Response

from service.accounts.current import Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Problem
from service.moderation.operations import undo_event
from service.moderation.queries import PostSeen
from service.pages import forms, moderating, pinning, thread_views
from service.pages.asked import Asked
from service.pages.mod_queue import done_url
from service.pages.queue_place import Place
from service.pages.undoing import STEP, undo_of
from service.pages.views.frame import Form
from service.replies.models import Reply
from service.threads.models import Thread
from service.threads.queries import get_thread
from service.web.answers import Answer, see_other


def is_of_moderators(sent: forms.Sent) -> bool:
    """Whether the form's button takes a step of moderation, undoes one, or pins the thread."""
    return moderating.is_step(sent) or sent.deed == STEP or sent.deed in pinning.DEEDS


async def moderators_deed(asks: Asks, thread_id: int, page: int, sent: forms.Sent) -> Response | Problem:
    """Do what such a button says."""
    if sent.deed in pinning.DEEDS:
        return await pinning.pin_here(asks, thread_id, sent)
    return await (undo_here if sent.deed == STEP else moderate_here)(asks, thread_id, page, sent)


async def moderate_here(asks: Asks, thread_id: int, page: int, sent: forms.Sent) -> Response | Problem:
    """Take a step with one of the page's posts; 303 to where it stands, or to the queue where the thread is gone."""

    def work(session: Session, actor: Actor) -> Answer:
        post = moderating.take_step(session, actor, sent)
        if post.thread.moderation == "trashed":
            return see_other(done_url(Place("trash"), sent.deed, post))
        url = thread_views.page_url(thread_views.thread_url(get_thread(session, actor, thread_id)), page)
        entry = undo_of(session, actor, post)
        return see_other(f"{url}{'&' if page > 1 else '?'}saved={sent.deed}&entry={entry or ''}#{place_of(post)}")

    return await forms.attempt(asks, sent, work)


async def undo_here(asks: Asks, thread_id: int, page: int, sent: forms.Sent) -> Response | Problem:
    """Undo what was decided just now about the thread or a post in it; 303 to the page."""

    def work(session: Session, actor: Actor) -> Answer:
        undo_event(session, actor, sent.number("event") or 0)
        url = thread_views.page_url(thread_views.thread_url(get_thread(session, actor, thread_id)), page)
        return see_other(f"{url}{'&' if page > 1 else '?'}saved={moderating.UNDONE}#thoughts")

    return await forms.attempt(asks, sent, work)


def place_of(seen: PostSeen) -> str:
    """The fragment under which a post stands on its page; the heading's for one that moderators see in the queue."""
    if seen.reply is None:
        return "title"
    if seen.reply.number is not None and seen.reply.moderation != "trashed":
        return f"reply-{seen.reply.number}"
    return f"waiting-{seen.reply_id}" if seen.reply.moderation == "pending" else "thoughts"


def moderated(marks: moderating.Marks, posts: Sequence[Thread | Reply], asked: Asked) -> Form:
    """What was done; or why nothing was done to a post that is not on the page (any more), with what was typed."""
    if marks.sent is not None and marks.refused is not None:
        on_page = any(moderating.same_post(marks.sent, post) for post in posts)
        return forms.fresh() if on_page else marks.refused
    return asked.form_of(STEP) or forms.fresh(notice=moderating.notice(asked.notice))
