"""What a program elsewhere is asked: a post that waits, and the rule by which it is asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from service.accounts.models import Account
from service.kit.actor import SYSTEM
from service.kit.clock import now
from service.kit.errors import NotFound
from service.moderation.queries.posts import PostSeen, find_post
from service.replies.models import address, waiting_address
from service.screening.models import Decision, Rule
from service.screening.policy.asking import Question

EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and whom it is for: the rule's address, protocol and secret, and until when it rests."""

    question: Question
    url: str
    protocol: str
    secret: str
    resting_until: datetime | None
    at: datetime

    @property
    def rests(self) -> bool:
        """Whether nobody asks now, because it failed too often."""
        return self.resting_until is not None and self.at < self.resting_until


def question_about(
    session: Session, rule_id: int, thread_id: int, reply_id: int | None, base_url: str, *, waiting: bool = True
) -> Asked | None:
    """What to ask about a post; None where the rule was switched off or deleted, or the post is not there any more,
    or is not `waiting` for the answer.
    """
    rule = session.execute(select(Rule).where(col(Rule.id) == rule_id)).scalar_one_or_none()
    if rule is None or not rule.enabled or rule.kind != EXTERNAL:
        return None
    try:
        seen = find_post(session, SYSTEM, thread_id, reply_id)
    except NotFound:
        return None
    if waiting and seen.post.moderation != "pending":
        return None
    return Asked(
        _question(session, seen, base_url), str(rule.terms["url"]), str(rule.terms.get("protocol", "parley")),
        rule.secret, rule.resting_until, now(session),
    )  # fmt: skip


def _question(session: Session, seen: PostSeen, base_url: str) -> Question:
    post = seen.post
    named = select(col(Account.email)).where(col(Account.id) == post.author_id)
    mail = session.execute(named).scalar_one_or_none() or ""
    return Question(
        id=f"{'reply' if seen.reply else 'thread'}-{seen.reply_id or seen.thread_id}-{post.version}",
        kind="reply" if seen.reply else "thread", title="" if seen.reply else seen.thread.title, body=post.body,
        url=base_url + _place(seen), category=seen.category.slug, author=seen.author_username or "",
        author_name=seen.author_name or "", mail_domain=mail.rpartition("@")[2], at=post.created_at,
    )  # fmt: skip


def _place(seen: PostSeen) -> str:
    if seen.reply is None:
        return f"/t/{seen.thread_id}/{seen.thread.slug}"
    if seen.reply.number is None:
        return waiting_address(seen.thread_id, seen.thread.slug, seen.reply_id or 0)
    return address(seen.thread_id, seen.thread.slug, seen.reply.number)


def judged_by(session: Session, subject: str) -> int | None:
    """The rule by which a program elsewhere judged, or was to judge, a post; None where none did."""
    query = (
        select(col(Decision.rule_id))
        .join(Rule, col(Rule.id) == Decision.rule_id)
        .where(col(Decision.subject) == subject, col(Rule.kind) == EXTERNAL)
        .order_by(col(Decision.id).desc())
        .limit(1)
    )
    return session.execute(query).scalar_one_or_none()


def held_by(session: Session, subject: str, rule_id: int) -> Decision | None:
    """The record of the hold during which the program is asked."""
    query = select(Decision).where(col(Decision.subject) == subject, col(Decision.rule_id) == rule_id)
    return session.execute(query.order_by(col(Decision.id).desc()).limit(1)).scalar_one_or_none()
