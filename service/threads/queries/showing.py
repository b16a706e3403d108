"""Loading a thread for a page that everybody reads alike: one statement, one plain row."""

from functools import lru_cache, partial
from typing import Final

from sqlalchemy import BigInteger, bindparam, select
from sqlmodel import Session

from service.categories.models import Category
from service.kit.actor import Actor
from service.kit.clock import from_micros, now
from service.kit.database.ready import Ready
from service.kit.database.rows import plain
from service.kit.errors import NotFound
from service.screening.policy import may_read
from service.site.models import Site
from service.threads.models import Thread
from service.threads.queries.law import CATEGORY, SITE, THREAD, joined, reached_at
from service.threads.queries.loads import ThreadSeen
from service.threads.queries.reading import ACCOUNT, SIGHTS, Sight, in_categories, sight_of

TO_THREAD, TO_CATEGORY, TO_SITE = plain(Thread), plain(Category), plain(Site)
CLOSER: Final = ACCOUNT.alias("closer")
NAMES: Final = (ACCOUNT.c.username, ACCOUNT.c.display_name, CLOSER.c.username, CLOSER.c.display_name)
CATEGORY_AT: Final = len(Thread.model_fields)
SITE_AT: Final = CATEGORY_AT + len(Category.model_fields)
NAMES_AT: Final = SITE_AT + len(Site.model_fields)


def show_thread(session: Session, actor: Actor, thread_id: int) -> ThreadSeen:
    """As `get_thread`, for a page that changes nothing: the rows read like the models' objects. NotFound alike."""
    row = _shown(sight_of(actor)).first(session, {"thread_id": thread_id})
    if row is None:
        raise NotFound("There is no such thread")
    thread = TO_THREAD(*row[:CATEGORY_AT])
    if not may_read(actor.within(thread.category_id), thread, thread.author_id):
        raise NotFound("There is no such thread")
    category, site = TO_CATEGORY(*row[CATEGORY_AT:SITE_AT]), TO_SITE(*row[SITE_AT:NAMES_AT])
    username, display_name, closer, closer_name, reached = row[NAMES_AT:]
    name = display_name or username or thread.author_name
    then = None if reached is None else from_micros(reached)
    return ThreadSeen(
        thread, category, site, username, name, closer, closer_name or closer, then, partial(now, session)
    )


@lru_cache(maxsize=SIGHTS)
def _shown(sight: Sight) -> Ready:
    columns = [
        table.c[name].label(f"{table.name}_{name}")
        for table, model in ((THREAD, Thread), (CATEGORY, Category), (SITE, Site))
        for name in model.model_fields
    ]
    reached = reached_at(joined("close_after_replies")).label("reached")
    return Ready(
        select(*columns, *(column.label(f"name_{place}") for place, column in enumerate(NAMES)), reached)
        .select_from(THREAD)
        .join(CATEGORY, CATEGORY.c.id == THREAD.c.category_id)
        .join(SITE, SITE.c.id == 1)
        .outerjoin(ACCOUNT, ACCOUNT.c.id == THREAD.c.author_id)
        .outerjoin(CLOSER, CLOSER.c.id == THREAD.c.closed_by_id)
        .where(THREAD.c.id == bindparam("thread_id", type_=BigInteger), in_categories(sight))
    )
