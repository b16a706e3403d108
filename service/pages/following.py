"""The control that says how closely one follows a thread, a category or a tag, and what it does."""

from collections.abc import Callable, Sequence
from typing import Final

from starlette.responses import Response

from service.accounts.current import Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, Problem
from service.pages import forms, thread_views
from service.pages.asked import Asked
from service.pages.views.following import Follow, Unread
from service.pages.views.frame import Choice, Form
from service.replies.models import PER_SCREEN
from service.subscriptions.models import MUTED, NORMAL, TRACKING, WATCHING, WATCHING_FIRST
from service.subscriptions.queries import Following, first_above
from service.subscriptions.schemas import ChooseLevel
from service.threads.queries import ThreadSeen
from service.web.answers import Answer, see_other

WORDS: Final = {
    WATCHING: "Watching", WATCHING_FIRST: "Watching for new threads", TRACKING: "Tracking", NORMAL: "Not watching",
    MUTED: "Muted",
}  # fmt: skip
"""A level as the control names it."""

DOES: Final = {
    WATCHING: "You watch {}", WATCHING_FIRST: "You watch {} for new threads", TRACKING: "You track {}",
    NORMAL: "You follow {} as usual", MUTED: "You have muted {}",
}  # fmt: skip

BECAUSE: Final = {
    "opened": "because you opened it", "replied": "because you replied in it", "chosen": "because you chose so",
    "read": "because you read it for a while",
    "tag": "because of its tag “{}”", "category": "because of its category “{}”",
}  # fmt: skip

BY_DEFAULT: Final = "You are told of {} only where somebody mentions, answers or quotes you."

ON_THREAD: Final = (
    Choice(WATCHING, "Watching: told of every reply, and when it closes"),
    Choice(TRACKING, "Tracking: new replies are counted"),
    Choice(NORMAL, "As usual: told of mentions, answers and quotes"),
    Choice(MUTED, "Muted: told of nothing"),
)
ON_MANY: Final = (
    Choice(WATCHING, "Watching: told of new threads and every reply"),
    Choice(WATCHING_FIRST, "New threads: told of those alone"),
    Choice(TRACKING, "Tracking: new replies are counted"),
    Choice(NORMAL, "As usual: told of mentions, answers and quotes"),
    Choice(MUTED, "Muted: told of nothing"),
)
"""What can be chosen; “new threads” means nothing for one thread."""

DEEDS: Final = ("follow", "unfollow")


def sentence(what: str, found: Following) -> str:
    """The level that holds and why: “You watch this thread because you replied in it.”"""
    if found.reason is None:
        return BY_DEFAULT.format("new posts here" if what != "this thread" else what)
    because = BECAUSE[found.reason].format(found.which.name if found.which else "")
    return f"{DOES[found.level].format(what)} {because}."


def control(what: str, action: str, found: Following, refused: Form | None = None) -> Follow:
    """The control for a thread (`what` is “this thread”), a category or a tag."""
    return Follow(
        form=refused or forms.fresh({"level": found.level}),
        action=action,
        what=what,
        word=WORDS[found.level],
        sentence=sentence(what, found),
        levels=ON_THREAD if what == "this thread" else ON_MANY,
        chosen=found.reason in ("replied", "read", "chosen"),
    )


async def follow(
    asks: Asks,
    sent: forms.Sent,
    choose: Callable[[Session, Actor, str | Invalid | None], str],
) -> Response | Problem:
    """Set the level that was chosen, or give it up (None); `choose` does it and says where the page is."""
    draft = sent.model(ChooseLevel, {"level": sent.value("level")})
    level = draft if isinstance(draft, Invalid) else draft.level

    def work(session: Session, actor: Actor) -> Answer:
        return see_other(choose(session, actor, None if sent.deed == "unfollow" else level))

    return await forms.attempt(asks, sent, work)


def followed(actor: Actor, seen: ThreadSeen, found: Following, asked: Asked) -> Follow | None:
    """A thread's control; None for a guest."""
    if not actor.signed_in:
        return None
    action = thread_views.page_url(thread_views.thread_url(seen), asked.page)
    return control("this thread", action, found, asked.form_of(*DEEDS))


def unread(
    session: Session, actor: Actor, seen: ThreadSeen, found: Following, asked: Asked, shown: Sequence[int]
) -> Unread | None:
    """What is new to the reader, who has read as far as they said; None for a guest.

    `shown` are the numbers of the published replies on the page. Nothing is looked up but where something new stands
    on another page.
    """
    if not actor.signed_in:
        return None
    last, mark = seen.thread.last_number, found.mark
    first = None if mark is None or mark >= last else _first(session, seen, mark, asked.page, shown)
    url = None if first is None else thread_views.reply_url(seen, first)
    follows = mark is None and found.level in (WATCHING, TRACKING)
    through = last if first is not None or (follows and last) else None
    form = asked.form_of("read") or forms.fresh()
    return Unread(form, first, url, through, mark or 0, f"/api/v1/threads/{seen.id}/read")


def _first(session: Session, seen: ThreadSeen, mark: int, page: int, shown: Sequence[int]) -> int | None:
    """The number of the first reply above the mark that is shown."""
    begins, ends = (page - 1) * PER_SCREEN + 1, page * PER_SCREEN
    if begins <= mark + 1 <= ends:
        here = min((number for number in shown if number > mark), default=None)
        if here is not None or seen.thread.last_number <= ends:
            return here
    return first_above(session, seen.id, mark)
