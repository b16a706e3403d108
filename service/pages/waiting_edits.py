"""Taking back an edit that waits, from a thread's page."""

from typing import Final

from starlette.responses import Response

from service.accounts.current import Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Problem
from service.moderation.operations.edits import withdraw_edit
from service.pages import forms, moderating, thread_views
from service.replies.queries import get_reply
from service.threads.queries import get_thread
from service.web.answers import Answer, see_other

WITHDRAW: Final = "withdraw"
"""The button that takes an edit back."""


async def withdraw_here(asks: Asks, thread_id: int, page: int, sent: forms.Sent) -> Response | Problem:
    """Take one's own edit of one of the page's posts back; 303 to where the post stands."""
    reply_id = moderating.reply_of(sent)

    def work(session: Session, actor: Actor) -> Answer:
        withdraw_edit(session, actor, thread_id, reply_id)
        seen = get_thread(session, actor, thread_id)
        reply = get_reply(session, actor, reply_id).reply if reply_id else None
        url = thread_views.page_url(thread_views.thread_url(seen), page)
        place = f"reply-{reply.number}" if reply else "title"
        return see_other(f"{url}{'&' if page > 1 else '?'}saved={WITHDRAW}#{place}")

    return await forms.attempt(asks, sent, work)
