"""What screening must know of earlier posts. The tables are named, not imported: their rooms stand above this one."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, Integer, String, bindparam, column, func, select, table, union_all
from sqlmodel import Session

POSTS = tuple(
    table(name, column("author_id", BigInteger), column("moderation", String)) for name in ("thread", "reply")
)
PUBLISHED = [
    select(
        select(func.count())
        .select_from(
            select(posts.c.author_id)
            .where(posts.c.author_id == bindparam("author"), posts.c.moderation == "published")
            .limit(bindparam("enough", type_=Integer))
            .subquery()
        )
        .scalar_subquery()
        .label("count")
    )
    for posts in POSTS
]
COUNTED = union_all(*PUBLISHED).subquery()
COUNT = select(func.sum(COUNTED.c.count))


def published_counts(session: Session, author_ids: Iterable[int | None]) -> dict[int, int]:
    """How many posts of each of these authors are published."""
    known = {author_id for author_id in author_ids if author_id is not None}
    counts: dict[int, int] = dict.fromkeys(known, 0)
    for posts in POSTS if known else ():
        query = (
            select(posts.c.author_id, func.count())
            .where(posts.c.author_id.in_(known), posts.c.moderation == "published")
            .group_by(posts.c.author_id)
        )
        for author_id, count in session.execute(query):
            counts[author_id] += count
    return counts
