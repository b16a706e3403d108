"""The form under each post of a thread's page that gives a reaction or takes it back."""

from typing import Final

from fastapi import Response

from service.accounts.current import Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import NotFound, Problem
from service.pages import forms, thread_views
from service.pages.asked import Asked
from service.pages.views.frame import Form
from service.reactions import operations
from service.replies.queries import lock_reply
from service.threads.queries import lock_thread
from service.web.answers import Answer, see_other

GIVE: Final = "react-"
TAKE_BACK: Final = "unreact-"
"""What the deeds of its buttons begin with (`views.reactions.Given`)."""


def is_reaction(sent: forms.Sent) -> bool:
    """Whether the form's button gives a reaction or takes one back."""
    return sent.deed.startswith((GIVE, TAKE_BACK))


def refused(asked: Asked) -> Form | None:
    """The form of a reaction that was refused."""
    return asked.form if asked.deed.startswith((GIVE, TAKE_BACK)) else None


async def react_here(asks: Asks, thread_id: int, sent: forms.Sent) -> Response | Problem:
    """Give a reaction, or take it back. The form carries no key: pressing it twice is as pressing it once."""
    given = sent.deed.startswith(GIVE)
    name = sent.deed.removeprefix(GIVE if given else TAKE_BACK)
    change = operations.react if given else operations.take_back

    def work(session: Session, actor: Actor) -> Answer:
        if not sent.value("reply"):
            seen = lock_thread(session, actor, thread_id)
            change(session, actor, seen, None, name)
            return see_other(f"{thread_views.thread_url(seen)}#reactions")
        seen, found = lock_reply(session, actor, sent.number("reply") or 0)
        if seen.id != thread_id:
            raise NotFound("There is no such reply in this thread")
        change(session, actor, seen, found, name)
        return see_other(thread_views.shown_url(seen, found.reply))

    return await forms.attempt(asks, sent, work)
