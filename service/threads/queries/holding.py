"""Loading a thread that is about to take a reply, in one statement: the hottest load of all."""

from functools import partial
from typing import Final

from sqlalchemy import BigInteger, bindparam, select
from sqlmodel import Session

from service.categories.models import Category
from service.categories.policy import may_see
from service.kit.actor import Actor
from service.kit.clock import database_clock, from_micros, now, retake
from service.kit.database.ready import Ready
from service.kit.database.rows import plain
from service.kit.errors import NotFound
from service.screening.policy import may_read
from service.site.models import ClosingTerms, Site
from service.threads.models import Thread
from service.threads.queries.law import CATEGORY, SITE, THREAD, joined, reached_at
from service.threads.queries.loads import ThreadSeen

UNREAD: Final = ("body", "body_html", "contents", "sources", "tags", "reactions", "closure_before")
TERMS: Final = tuple(ClosingTerms.model_fields)
OF_THREAD: Final = tuple(name for name in Thread.model_fields if name not in UNREAD)
OF_CATEGORY: Final = ("id", "slug", "visibility", *TERMS)
OF_SITE: Final = (
    "id", "max_depth", "hold_first_posts", "close_grace", "closed_reply_roles", "close_also", "rules_mark", *TERMS,
)  # fmt: skip
"""What posting reads of the three rows; to ask for more of them is a mistake, and says so."""

TO_THREAD, TO_CATEGORY, TO_SITE = plain(Thread, OF_THREAD), plain(Category, OF_CATEGORY), plain(Site, OF_SITE)
CATEGORY_AT, SITE_AT = len(OF_THREAD), len(OF_THREAD) + len(OF_CATEGORY)

COLUMNS: Final = (
    *(THREAD.c[name].label(f"thread_{name}") for name in OF_THREAD),
    *(CATEGORY.c[name].label(f"category_{name}") for name in OF_CATEGORY),
    *(SITE.c[name].label(f"site_{name}") for name in OF_SITE),
)
HELD: Final = (
    select(*COLUMNS, reached_at(joined("close_after_replies")).label("reached_at"))
    .select_from(THREAD)
    .join(CATEGORY, CATEGORY.c.id == THREAD.c.category_id)
    .join(SITE, SITE.c.id == 1)
    .where(THREAD.c.id == bindparam("thread_id", type_=BigInteger))
    .with_for_update(key_share=True, of=THREAD)
    .cte("held")
)
HOLD: Final = Ready(select(HELD, database_clock()))
"""The clock is read outside of the part that waits for the lock, and so after it."""


def hold_thread(session: Session, actor: Actor, thread_id: int) -> ThreadSeen:
    """As `lock_thread`, for a reply: the thread's row held to the end of the transaction, and `now` taken after that.

    The thread is as it stands under the lock. On PostgreSQL its category and the site are as they were when this began
    to wait for it; whether the thread is open is decided later, by a statement that sees all three as they are then
    (`replies.operations.take_number`). No names come with it, and rows that read like the models' objects.
    """
    asked = {"thread_id": thread_id}
    # A thread that was moved while this waited for it is not in the category that was read before: PostgreSQL then
    # finds no row, though there is one. The second look begins with the lock, and so with the row as it is.
    row = HOLD.first(session, asked) or HOLD.first(session, asked)
    if row is None:
        raise NotFound("There is no such thread")
    *found, reached, clock = row
    retake(session, clock)
    thread = TO_THREAD(*found[:CATEGORY_AT])
    category, site = TO_CATEGORY(*found[CATEGORY_AT:SITE_AT]), TO_SITE(*found[SITE_AT:])
    here = actor.within(thread.category_id)
    if not (may_see(actor, category) and may_read(here, thread, thread.author_id)):
        raise NotFound("There is no such thread")
    then = None if reached is None else from_micros(reached)
    return ThreadSeen(thread, category, site, None, None, None, None, then, partial(now, session))
