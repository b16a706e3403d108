"""What rules must know of a post's author and of what they posted before; asked only where a rule that is on asks.

The tables of posts are named, not imported: their rooms stand above this one.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Integer, Select, bindparam, func, select, union_all
from sqlmodel import Session, col

from service.accounts.models import Account
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database.rows import table_of
from service.screening.models import PostedHost
from service.screening.policy import Facts, InForce
from service.screening.policy.terms import FirstPosts, SharedHost, Words
from service.screening.queries.counts import COUNT, POSTS

Same = Callable[[timedelta], str | None]
"""Where the same text of the same author stands, if they posted it within this time; the rooms of posts look there."""

ACCOUNT: Final = table_of(Account)
AUTHOR: Final = select(ACCOUNT.c.display_name, ACCOUNT.c.email, ACCOUNT.c.created_at).where(
    ACCOUNT.c.id == bindparam("author", type_=BigInteger)
)


MOST_HOSTS: Final = 10
MOST_USES: Final = 100
"""Hosts of a post that are looked for, and earlier posts of each."""


def _made() -> Select[Any]:
    """How many posts somebody has submitted, in whatever state they are; of each kind up to `enough`."""
    parts = [
        select(
            select(func.count())
            .select_from(
                select(posts.c.author_id)
                .where(posts.c.author_id == bindparam("author", type_=BigInteger))
                .limit(bindparam("enough", type_=Integer))
                .subquery()
            )
            .scalar_subquery()
            .label("count")
        )
        for posts in POSTS
    ]
    counted = union_all(*parts).subquery()
    return select(func.sum(counted.c.count))


MADE: Final = _made()


def facts_about(
    session: Session, actor: Actor, rules: Sequence[InForce], same: Same | None, hosts: Sequence[str] = ()
) -> Facts:
    """The facts that these rules need, of the author, their earlier posts, and the `hosts` that this one links to."""
    shared = [rule.terms.window for rule in rules if isinstance(rule.terms, SharedHost)]
    published = max(max(_of(rule, "approved"), _of(rule, "only_first_posts")) for rule in rules)
    made = max(_of(rule, "posts") if isinstance(rule.terms, FirstPosts) else 0 for rule in rules)
    windows = [rule.terms.window for rule in rules if rule.kind == "duplicate"]  # type: ignore[attr-defined]
    return Facts(
        **(_author(session, actor) if any(_asks_author(rule) for rule in rules) else {}),
        made=_count(session, MADE, actor, made),
        published=_count(session, COUNT, actor, published),
        first_url=same(max(windows)) if same and windows else None,
        host_uses=_uses(session, hosts, max(shared)) if shared and hosts else {},
    )


def _of(rule: InForce, name: str) -> int:
    return getattr(rule.terms, name, None) or 0


def _asks_author(rule: InForce) -> bool:
    """Whether the rule looks at more of its author than their username."""
    if isinstance(rule.terms, Words):
        return not {"name", "mail"}.isdisjoint(rule.terms.fields)
    return rule.kind in ("account_age", "shared_host")


def _count(session: Session, statement: Select[Any], actor: Actor, enough: int) -> int | None:
    if not enough:
        return None
    return int(session.execute(statement, {"author": actor.account_id, "enough": enough}).scalar_one())


def _author(session: Session, actor: Actor) -> dict[str, Any]:
    name, email, created_at = session.execute(AUTHOR, {"author": actor.account_id}).one()
    age = now(session) - created_at
    return {"display_name": name or "", "mail_domain": (email or "").rpartition("@")[2].lower(), "age": age}


def _uses(session: Session, hosts: Sequence[str], window: timedelta) -> dict[str, list[timedelta]]:
    """How long ago young accounts linked to these hosts, within the window; of each host up to MOST_USES times."""
    at, found = now(session), dict[str, list[timedelta]]()
    for host in dict.fromkeys(hosts[:MOST_HOSTS]):
        query = select(col(PostedHost.at)).where(col(PostedHost.host) == host, col(PostedHost.at) > at - window)
        rows = session.execute(query.order_by(col(PostedHost.at).desc()).limit(MOST_USES))
        found[host] = [at - row[0] for row in rows]
    return found
