"""Threads as plain rows, for lists and for JSON: no objects of the ORM, and nothing that is not shown.

A `ThreadSeen` made of them reads like any other, but nothing can be changed in it; who closed it by hand is not named.
"""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    Table,
    and_,
    bindparam,
    cast,
    false,
    or_,
    select,
)
from sqlmodel import Session

from service.accounts.models import Account
from service.categories.models import Category
from service.categories.policy import also_visible, moderated_by, visible_to
from service.kit.actor import Actor
from service.kit.clock import from_micros, now
from service.kit.database.ready import Ready, Row
from service.kit.database.rows import plain, table_of
from service.kit.errors import NotFound
from service.screening.policy import may_read
from service.site.models import ClosingTerms, Site
from service.threads.models import Thread
from service.threads.queries.law import CATEGORY, SITE, THREAD, Followed, joined, reached_at
from service.threads.queries.loads import ThreadSeen

ACCOUNT: Final = table_of(Account)
TERMS: Final = tuple(ClosingTerms.model_fields)
OF_LINE: Final = (
    "id", "category_id", "author_id", "author_name", "title", "slug", "tags", "moderation", "published_at",
    "reply_count", "last_reply_at", "idle_anchor", "active_at", "closed_at", "archived_at", "override", "pinned_at",
    "pinned_until", "slow_mode_until", "is_quiet", *TERMS,
)  # fmt: skip
"""What a line of a list needs of a thread."""
TEXTS: Final = (
    "body", "body_html", "body_format", "sources", "reactions", "created_at", "edited_at", "edit_waits",
    "closure_reason", "version",
)  # fmt: skip
"""What else its JSON and its feeds say."""
OF_CATEGORY: Final = ("id", "slug", "name", "visibility", *TERMS)
LISTS_OF_SITE: Final = ("closed_reply_roles", "close_also")
OF_SITE: Final = ("id", "close_grace", *LISTS_OF_SITE, *TERMS)

TO_CATEGORY, TO_SITE = plain(Category, OF_CATEGORY), plain(Site, OF_SITE)
NAMES: Final = 3
"""Columns before all others: the author's two names, and when the last reply that a term allows was published."""

ME: Final = bindparam("me", type_=BigInteger)


class Reading:
    """The columns of one statement, and what its rows become."""

    def __init__(self, of_thread: Sequence[str]) -> None:
        self._make: Callable[..., Thread] = plain(Thread, of_thread)
        self._category_at = NAMES + len(of_thread)
        self._site_at = self._category_at + len(OF_CATEGORY)
        self._end = self._site_at + len(OF_SITE)
        self.columns: tuple[Any, ...] = (
            ACCOUNT.c.username, ACCOUNT.c.display_name, reached_at(joined("close_after_replies")).label("reached"),
            *_columns(THREAD, "thread", of_thread), *_columns(CATEGORY, "category", OF_CATEGORY),
            *_columns(SITE, "site", OF_SITE),
        )  # fmt: skip

    def select(self) -> Select[*tuple[Any, ...]]:
        """The statement, to which a list adds its conditions and its order, and columns of its own behind these."""
        return (
            select(*self.columns)
            .select_from(THREAD)
            .join(CATEGORY, CATEGORY.c.id == Followed(THREAD.c.category_id))
            .join(SITE, SITE.c.id == 1)
            .outerjoin(ACCOUNT, ACCOUNT.c.id == THREAD.c.author_id)
        )

    def to_seen(self, session: Session, rows: Sequence[Row], *, stands_first: bool = False) -> list[ThreadSeen]:
        """The rows as ThreadSeens, which share the site and their categories."""
        if not rows:
            return []
        site = self._site(rows[0])
        categories: dict[int, Category] = {}
        moment, found = partial(now, session), []
        for row in rows:
            username, display_name, reached = row[:NAMES]
            thread = self._make(*row[NAMES : self._category_at])
            category = categories.get(thread.category_id)
            if category is None:
                category = categories[thread.category_id] = TO_CATEGORY(*row[self._category_at : self._site_at])
            name = display_name or username or thread.author_name
            then = None if reached is None else from_micros(reached)
            found.append(ThreadSeen(thread, category, site, username, name, None, None, then, moment, stands_first))
        return found

    def _site(self, row: Row) -> Site:
        said = dict(zip(OF_SITE, row[self._site_at : self._end], strict=True))
        return TO_SITE(**said | {name: json.loads(said[name]) for name in LISTS_OF_SITE})


def _columns(table: Table, before: str, names: Sequence[str]) -> list[Any]:
    """Columns under names of their own; the site's lists as text, because every row brings the same ones."""
    plain_text = {name: cast(table.c[name], String) for name in names if table is SITE and name in LISTS_OF_SITE}
    return [plain_text.get(name, table.c[name]).label(f"{before}_{name}") for name in names]


LINES, WHOLE = Reading(OF_LINE), Reading((*OF_LINE, *TEXTS))


def one_of(column: Any, values: Sequence[Any]) -> ColumnElement[bool]:
    """As IN, for a statement that is made ready: that takes no lists."""
    return or_(*(column == value for value in values)) if values else false()


Sight = tuple[tuple[str, ...], tuple[int, ...], tuple[int, ...], bool, bool]
"""What decides which threads stand in somebody's lists, but for who they are (the parameter ME)."""
SIGHTS: Final = 500
"""Statements of one kind that are kept: whoever moderates some categories sees in a way of their own."""


def sight_of(actor: Actor) -> Sight:
    """The visibilities and the other categories that the actor sees; where they moderate, be it everywhere; and whether
    they are somebody.
    """
    return visible_to(actor), also_visible(actor), moderated_by(actor), actor.moderates_all, actor.signed_in


def in_categories(sight: Sight) -> ColumnElement[bool]:
    """Which categories are seen: `categories.queries.visible`, for a statement that is made ready."""
    shown, also = sight[:2]
    return (
        or_(one_of(CATEGORY.c.visibility, shown), one_of(CATEGORY.c.id, also))
        if also
        else one_of(CATEGORY.c.visibility, shown)
    )


def listed(sight: Sight) -> ColumnElement[bool]:
    """Which threads stand in lists: `loads.listed_for`, for a statement that is made ready."""
    _, _, some, moderates_all, signed_in = sight
    published, waits = THREAD.c.moderation == "published", THREAD.c.moderation == "pending"
    own = THREAD.c.author_id == ME
    if moderates_all:
        return and_(in_categories(sight), or_(published, waits))
    if not signed_in:
        return and_(in_categories(sight), published)
    concerns = or_(own, one_of(THREAD.c.category_id, some)) if some else own
    return and_(in_categories(sight), or_(published, and_(waits, concerns), and_(THREAD.c.is_quiet, own)))


def read_thread(session: Session, actor: Actor, thread_id: int) -> ThreadSeen:
    """As `get_thread`, for who only shows it; NotFound alike."""
    rows = _one(sight_of(actor)).all(session, {"thread_id": thread_id})
    for seen in WHOLE.to_seen(session, rows):
        if may_read(actor.within(seen.thread.category_id), seen.thread, seen.thread.author_id):
            return seen
    raise NotFound("There is no such thread")


@lru_cache(maxsize=SIGHTS)
def _one(sight: Sight) -> Ready:
    this = THREAD.c.id == bindparam("thread_id", type_=BigInteger)
    return Ready(WHOLE.select().where(this, in_categories(sight)))


OF_HEAD: Final = ("id", "category_id", "author_id", "slug", "moderation", "is_quiet")
TO_HEAD: Final = plain(Thread, OF_HEAD)


def find_thread(session: Session, actor: Actor, thread_id: int) -> Thread:
    """As `get_thread`, for who shows something in it: a row with what OF_HEAD names. Raises NotFound alike."""
    row = _head(sight_of(actor)).first(session, {"thread_id": thread_id})
    if row is not None:
        thread = TO_HEAD(*row)
        if may_read(actor.within(thread.category_id), thread, thread.author_id):
            return thread
    raise NotFound("There is no such thread")


@lru_cache(maxsize=SIGHTS)
def _head(sight: Sight) -> Ready:
    this = THREAD.c.id == bindparam("thread_id", type_=BigInteger)
    columns = _columns(THREAD, "thread", OF_HEAD)
    return Ready(
        select(*columns).join(CATEGORY, CATEGORY.c.id == THREAD.c.category_id).where(this, in_categories(sight))
    )
