"""What was known of authors at the time of their earlier posts: how many they had made, and how many were published."""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from service.kit.database import Session
from service.screening.policy import Facts, InForce
from service.screening.policy.trials import enough_of
from service.screening.queries.then import PostThen
from service.screening.queries.tried import first_moments

MOST_KEPT: Final = 5_000
"""Authors whose beginnings are kept; those of others are read again."""


@dataclass(slots=True)
class Beginning:
    """When an author submitted their first posts, and when their first ones were published, as many as rules count."""

    made: Sequence[datetime] = ()
    published: Sequence[datetime] = ()


class Authors:
    """The beginnings of authors, read when they first come up, those seen last."""

    def __init__(self, rules: Sequence[InForce]) -> None:
        self.enough = enough_of(rules)
        self._kept: OrderedDict[int, Beginning] = OrderedDict()

    def learn(self, session: Session, posts: Sequence[PostThen]) -> None:
        """Read the beginnings of these posts' authors, where any rule counts."""
        if not self.enough:
            return
        ids = {post.author_id for post in posts if post.author_id is not None}
        for author_id in ids & self._kept.keys():
            self._kept.move_to_end(author_id)
        new = sorted(ids - self._kept.keys())
        if new:
            made = first_moments(session, new, self.enough, published=False)
            published = first_moments(session, new, self.enough, published=True)
            self._kept.update((one, Beginning(made[one], published[one])) for one in new)
        while len(self._kept) > max(MOST_KEPT, len(ids)):
            self._kept.popitem(last=False)

    def before(self, author_id: int | None, moment: datetime) -> tuple[int, int]:
        """How many posts the author had made before that moment, and how many of theirs were published, each counted as
        far as any rule does.
        """
        known = self._kept.get(author_id or 0, Beginning())
        return bisect_left(known.made, moment), bisect_left(known.published, moment)


def facts_then(post: PostThen, authors: Authors) -> Facts:
    """What was known when the post was submitted; the author's names and address are those of today."""
    made, published = authors.before(post.author_id, post.created_at)
    return Facts(
        display_name=post.author_name, mail_domain=post.email.rpartition("@")[2],
        age=post.created_at - post.joined_at if post.joined_at else None, made=made, published=published,
    )  # fmt: skip
