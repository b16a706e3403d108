"""Whom the news of a thread concern, chunk by chunk, with all that decides whether they are told."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlmodel import Session

from service.accounts.models import Account
from service.categories.models import Category, CategoryModerator
from service.categories.policy import visible_to
from service.kit.actor import ROLES, Actor
from service.kit.database.rows import table_of
from service.subscriptions.models import (
    WATCHING,
    WATCHING_FIRST,
    CategorySubscription,
    Mention,
    Subscription,
    TagSubscription,
)
from service.subscriptions.policy import Bearings
from service.tags.queries import tag_ids_of
from service.threads.models import Thread

SUBSCRIPTION, ACCOUNT, MENTION = table_of(Subscription), table_of(Account), table_of(Mention)
MODERATOR, ON_CATEGORY, ON_TAG = table_of(CategoryModerator), table_of(CategorySubscription), table_of(TagSubscription)


@dataclass(frozen=True, slots=True)
class News:
    """What is to be told of a thread: to those who are `watching` it, its tags or its category, or, of a `first` post,
    to those who watch its tags or its category, be it for openings alone; to the account that is `answered`; and to
    those whom the `reply` or the `opening` names or quotes, or whom the event `mentioned_by` was the first to. Or, for
    a reminder, to the account that `asked` alone.
    """

    watching: bool = False
    first: bool = False
    answered: int | None = None
    reply: int | None = None
    opening: bool = False
    mentioned_by: int | None = None
    asked: int | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """One person whom news may concern, and how closely they follow the thread; whether they are told is not decided
    here.
    """

    account_id: int
    bearings: Bearings = field(default_factory=Bearings)
    answered: bool = False
    mentioned: bool = False
    quoted: bool = False
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Alike:
    """People whom news concern in one and the same way: what is decided about `reader` holds for all these accounts,
    which are in order.
    """

    reader: Reader
    account_ids: list[int]


def roles_that_see(category: Category) -> list[str]:
    """The roles of accounts that may see a category."""
    return [role for role in ROLES[1:] if category.visibility in visible_to(Actor(None, None, role))]


def audience(
    session: Session, thread: Thread, category: Category, news: News, after: int, limit: int
) -> Sequence[Reader]:
    """As `alike`, each by themselves and by account id."""
    parties = alike(session, thread, category, news, after, limit)
    found = [replace(party.reader, account_id=one) for party in parties for one in party.account_ids]
    return sorted(found, key=lambda reader: reader.account_id)


def alike(session: Session, thread: Thread, category: Category, news: News, after: int, limit: int) -> Sequence[Alike]:
    """Up to `limit` people whom the news may concern and who may see the thread now: the next ones by account id, after
    the id `after`; each once, with those whom the news concern in the same way. Fewer than `limit` are the last ones.

    Each chunk costs the same however many watch: every part of the statement walks its unique index from `after` on and
    stops at `limit`. Which tags the thread has is asked first, and only of a thread with tags; all about the people is
    in one statement.
    """
    tags = sorted(tag_ids_of(session, int(thread.id or 0))) if thread.tags else []
    asked: dict[str, Any] = {"thread": thread.id, "author": thread.author_id, "category": thread.category_id}
    one = news.answered if news.asked is None else news.asked
    asked |= {"after": after, "at_most": limit, "answered": one, "reply": news.reply}
    asked |= {"event": news.mentioned_by} | {f"tag_{place}": tag for place, tag in enumerate(tags)}
    levels = (WATCHING, WATCHING_FIRST) if news.first else (WATCHING,) if news.watching else ()
    where = "event" if news.mentioned_by else "reply" if news.reply else "opening" if news.opening else ""
    statement = _audience(tuple(roles_that_see(category)), levels, one is not None, where, len(tags))
    found: dict[Any, list[int]] = defaultdict(list)
    for account_id, *facts in session.execute(statement, asked):
        found[account_id == thread.author_id, *facts].append(account_id)
    return [Alike(_reader(facts, tags, news), account_ids) for facts, account_ids in found.items()]


def _reader(facts: Any, tags: Sequence[int], news: News) -> Reader:
    """What the facts about some people say of the first of them."""
    is_author, answered, mentioned, quoted, own, own_reason, category, *on_tags = facts
    bearings = Bearings(
        own=own,
        own_reason=own_reason,
        is_author=is_author,
        tags={tag: level for tag, level in zip(tags, on_tags, strict=True) if level is not None},
        category=category,
    )
    asked = news.asked is not None
    return Reader(0, bearings, bool(answered) and not asked, bool(mentioned), bool(quoted), asked)


@cache
def _audience(
    roles: tuple[str, ...], levels: tuple[str, ...], answered: bool, mentioned: str, tags: int
) -> Select[*tuple[Any, ...]]:
    """Everybody with a reason, one row each, with their levels; built once for each kind of news, set of roles and
    number of tags.

    One statement, so one snapshot: as two, on PostgreSQL, an author whose first own reply gave them a row in between
    was in neither, and was not told.
    """
    parts = [*_watching(roles, levels, tags)] if levels else []
    if answered:
        one = _row(ACCOUNT.c.id, answered=literal(1, Integer))
        parts.append(one.where(_is_next(roles), ACCOUNT.c.id == bindparam("answered", type_=BigInteger)))
    if mentioned:
        parts.append(_mentioned(roles, mentioned))
    everybody = union_all(*parts).subquery()
    by_account = select(
        everybody.c.account_id, func.max(everybody.c.answered).label("answered"),
        func.max(everybody.c.mentioned).label("mentioned"), func.max(everybody.c.quoted).label("quoted"),
    )  # fmt: skip
    in_order = by_account.group_by(everybody.c.account_id).order_by(everybody.c.account_id)
    return _with_levels(in_order.limit(bindparam("at_most", type_=Integer)).subquery(), tags)


def _with_levels(people: FromClause, tags: int) -> Select[*tuple[Any, ...]]:
    """These people and every level of theirs that bears on the thread."""
    found: FromClause = people.outerjoin(
        SUBSCRIPTION,
        and_(
            SUBSCRIPTION.c.thread_id == bindparam("thread", type_=BigInteger),
            SUBSCRIPTION.c.account_id == people.c.account_id,
        ),
    ).outerjoin(
        ON_CATEGORY,
        and_(
            ON_CATEGORY.c.category_id == bindparam("category", type_=BigInteger),
            ON_CATEGORY.c.account_id == people.c.account_id,
        ),
    )
    columns: list[Any] = [*people.c, SUBSCRIPTION.c.level, SUBSCRIPTION.c.reason, ON_CATEGORY.c.level]
    for place in range(tags):
        on_tag = ON_TAG.alias(f"tag{place}")
        this = on_tag.c.tag_id == bindparam(f"tag_{place}", type_=BigInteger)
        found = found.outerjoin(on_tag, and_(this, on_tag.c.account_id == people.c.account_id))
        columns.append(on_tag.c.level)
    return select(*columns).select_from(found).order_by(people.c.account_id)


def _row(account: Any, **flags: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    """The columns of every part of the audience."""
    names = ("answered", "mentioned", "quoted")
    return select(account.label("account_id"), *(flags.get(name, literal(0, Integer)).label(name) for name in names))


def _is_next(roles: tuple[str, ...]) -> ColumnElement[bool]:
    """Accounts of this chunk and those behind it, that may see the category: of one that members do not see also those
    who moderate it.
    """
    sees: ColumnElement[bool] = ACCOUNT.c.role.in_(roles)
    if ROLES[1] not in roles:
        here = MODERATOR.c.category_id == bindparam("category", type_=BigInteger)
        sees = or_(sees, ACCOUNT.c.id.in_(select(MODERATOR.c.account_id).where(here)))
    return and_(ACCOUNT.c.id > bindparam("after", type_=BigInteger), sees)


def _watching(roles: tuple[str, ...], levels: tuple[str, ...], tags: int) -> list[Select[*tuple[Any, ...]]]:
    """Those who watch its category or a tag of it; but for openings also those who watch the thread itself, and who
    opened it, who may have said nothing.
    """
    around = [_with_level(ON_TAG, "tag_id", f"tag_{place}", levels, roles) for place in range(tags)]
    around.append(_with_level(ON_CATEGORY, "category_id", "category", levels, roles))
    if WATCHING_FIRST in levels:
        return around
    author = ACCOUNT.c.id == bindparam("author", type_=BigInteger)
    itself = _with_level(SUBSCRIPTION, "thread_id", "thread", levels, roles)
    return [itself, *around, _row(ACCOUNT.c.id).where(author, _is_next(roles))]


def _with_level(
    table: Table, column: str, name: str, levels: tuple[str, ...], roles: tuple[str, ...]
) -> Select[*tuple[Any, ...]]:
    """The next people with one of these levels on one thing, no more of them than are asked for.

    Where they begin is said of both tables: PostgreSQL merges the two, and would walk the accounts from the first on.
    """
    chosen = (
        _row(table.c.account_id)
        .join(ACCOUNT, ACCOUNT.c.id == table.c.account_id)
        .where(
            table.c[column] == bindparam(name, type_=BigInteger),
            table.c.level.in_(levels),
            table.c.account_id > bindparam("after", type_=BigInteger),
            _is_next(roles),
        )
        .order_by(table.c.account_id)
        .limit(bindparam("at_most", type_=Integer))
        .subquery()
    )
    return select(chosen)


def _mentioned(roles: tuple[str, ...], where: str) -> Select[*tuple[Any, ...]]:
    """Those whom a reply or an opening names or quotes now, or whom an event was the first to."""
    posts: dict[str, ColumnElement[bool]] = {
        "reply": MENTION.c.reply_id == bindparam("reply", type_=BigInteger),
        "opening": and_(
            MENTION.c.thread_id == bindparam("thread", type_=BigInteger), MENTION.c.reply_id.is_(None)
        ),
        "event": MENTION.c.event_id == bindparam("event", type_=BigInteger),
    }  # fmt: skip
    flags = {name: case((column, 1), else_=0) for name, column in _HOW.items()}
    return (
        _row(MENTION.c.account_id, **flags)
        .join(ACCOUNT, ACCOUNT.c.id == MENTION.c.account_id)
        .where(posts[where], _is_next(roles))
    )


_HOW = {"mentioned": MENTION.c.named, "quoted": MENTION.c.quoted}
