"""What was decided about posts before, by people and by rules, and the edits of them that wait. The caller asks who
looks: records are for those who moderate the post.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from service.accounts.models import Account
from service.moderation.queries.posts import PostSeen
from service.screening.models import Decision, HeldEdit, Rule, RuleVersion

Post = tuple[int, int | None]
"""A post: its thread's id, and its own where it is a reply."""

Decider, Undoer = aliased(Account), aliased(Account)


@dataclass(frozen=True, slots=True)
class Record:
    """One decision: who decided (None: no person) and who undid it; `said` is the rule as it was when it decided."""

    decision: Decision
    decider: str | None
    undoer: str | None
    said: Mapping[str, Any] | None

    @property
    def post(self) -> Post | None:
        """The post that was decided about; None for other aspects of its thread."""
        of_post = self.decision.subject.removeprefix("edit:").startswith(("reply:", "thread:"))
        return (self.decision.thread_id or 0, self.decision.reply_id) if of_post else None


def post_of(seen: PostSeen) -> Post:
    """The post as records name it."""
    return seen.thread_id, seen.reply_id


def records_of(session: Session, posts: Iterable[PostSeen]) -> Mapping[Post, Sequence[Record]]:
    """What was decided about each of these posts, the newest first; of none nothing is asked."""
    wanted = {post_of(seen) for seen in posts}
    found: dict[Post, list[Record]] = {}
    for row in session.execute(_records(wanted)) if wanted else ():
        record = Record(row[0], row[1] or row[2], row[3] or row[4], row[5])
        if record.post in wanted:
            found.setdefault(record.post, []).append(record)
    return found


def held_edits(session: Session, posts: Iterable[PostSeen]) -> Mapping[Post, HeldEdit]:
    """The edits of these posts that wait for a moderator; of none nothing is asked."""
    wanted = {post_of(seen) for seen in posts}
    rows = session.execute(select(HeldEdit).where(_about(HeldEdit, wanted))).scalars() if wanted else ()
    return {(row.thread_id, row.reply_id): row for row in rows}


def rule_names(session: Session) -> Sequence[tuple[int, str]]:
    """The rules there are, by name: at most 200, for a select. They are staff's."""
    query = select(col(Rule.id), col(Rule.name)).order_by(col(Rule.name), col(Rule.id)).limit(200)
    return [(row[0], row[1]) for row in session.execute(query)]


def _records(wanted: set[Post]) -> Any:
    version = and_(col(RuleVersion.rule_id) == Decision.rule_id, col(RuleVersion.version) == Decision.rule_version)
    return (
        select(
            Decision, col(Decider.display_name), col(Decider.username), col(Undoer.display_name), col(Undoer.username),
            col(RuleVersion.said),
        )
        .outerjoin(Decider, col(Decider.id) == Decision.decided_by_id)
        .outerjoin(Undoer, col(Undoer.id) == Decision.undone_by_id)
        .outerjoin(RuleVersion, version)
        .where(_about(Decision, wanted))
        .order_by(col(Decision.id).desc())
    )  # fmt: skip


def _about(table: type[Decision] | type[HeldEdit], wanted: set[Post]) -> ColumnElement[bool]:
    """The rows about these posts: by what stands in the index, thread first."""
    threads = {thread_id for thread_id, _ in wanted}
    replies = {reply_id for _, reply_id in wanted if reply_id is not None}
    return and_(col(table.thread_id).in_(threads), or_(col(table.reply_id).is_(None), col(table.reply_id).in_(replies)))
