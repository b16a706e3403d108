"""Letters of every kind, drawn without a database, as their readers get them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from service.accounts.models import Account
from service.categories.models import Category
from service.kit.mailer import Mail
from service.kit.outgoing import Outgoing
from service.kit.text import render
from service.moderation.models import Review
from service.moderation.queries import PostSeen
from service.moderation.queries.reasons import flag_of, sentence_of
from service.moderation.queries.stating import Statement
from service.notifications.jobs import compose
from service.notifications.policy import Standing
from service.notifications.queries import Item, Letter, NoticeSeen, Post
from service.notifications.queries.moderators import Queue
from service.notifications.queries.outcomes import Outcome
from service.replies.models import Reply
from service.screening.models import Decision
from service.threads.models import Thread
from service.threads.policy.state import Closing
from tests.browser.test_every_page import BODY
from tests.crash.processes import SECRET
from tests.sample import AWAY_BECAUSE

NOW = datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
TITLE = "A lively thread with a rather long title that must wrap on a telephone"
OTHERS = ("What the amnesty left out", "Sources for the winter of 1941", "A_word_of_unusual_length_" + "x" * 60)
KINDS = ("reply", "closed", "thread", "digest", "summary", "reviews", "decision", "decisions")
"""One reply with everything in it, a closing, a thread's news, and the letters about no one thread; one decision, and
many things that moderators decided."""

WORDS = (
    "The numbers hide the families. Whoever came home that spring came to a town that had learned to do without them.",
    "I have gone through the lists again: of the forty names on the first sheet, eleven are on the second one too.",
    "Thank you, that was the part I had missed.",
)


class Nobody:
    """A mailer that is never asked."""

    async def send(self, mail: object) -> str:
        raise AssertionError


def letter(kind: str) -> Mail:
    """A letter of one of KINDS."""
    sealed = {"reply": "thread", "closed": "thread", "decision": "decisions"}.get(kind, kind)
    items = tuple(ITEMS[kind])
    drawn = Letter(
        id=1, kind=sealed, gather=f"{kind}:daily:2026-11-23", account_id=1, username="alice", role="moderator",
        message_id="<reply-7.1.0123456789abcdef@forum.example>", to="alice@example.org", site="Parley",
        zone="Europe/Berlin", stopped=False, away=False, now=NOW, items=items,
        posts=dict(post(each) for each in items if each.notice.number),
        queue=queue() if kind == "reviews" else None,
    )  # fmt: skip
    return compose(drawn, Outgoing(Nobody(), "https://forum.example", timedelta(0), SECRET))


def post(item: Item) -> tuple[int, Post]:
    """The text of an item's post."""
    body = f"@alice, see this.\n\n{BODY}" if item.notice.id == 51 else WORDS[item.notice.id % 3]
    return item.notice.id, Post(body, render(body, "own", known=frozenset({"alice"})), "markdown")


def item(number: int, kind: str = "reply", who: str = "Bob", reason: str = "replied", thread: int = 7) -> Item:
    """One piece of news."""
    title = TITLE if thread == 7 else OTHERS[thread % 3]
    at = NOW + timedelta(minutes=number % 50)
    is_reply = number if kind == "reply" else None
    notice = NoticeSeen(
        number, number, kind, reason, thread, title, "a-lively-thread", is_reply, is_reply, who.lower(), who, at, None
    )
    closed = kind == "closed"
    standing = Standing(
        kind=kind, reason=reason, read=False, channel_on=True, thread_shown=True, reply_shown=True, visible=True,
        level="watching", mentioned=reason == "mentioned", closed=closed,
    )  # fmt: skip
    return Item(number, notice, standing, None, Closing(NOW if closed else None, "manual"), "It is settled.")


def decided(number: int, kind: str = "decision", action: str = "hide", **more: Any) -> Item:
    """A decision about alice's reply, or what became of a flag."""
    facts: dict[str, Any] = {"author_id": 1, "created_at": NOW, "published_at": NOW, "body_format": "markdown"}
    about: dict[str, Any] = {} if action == "suspend" else {"thread_id": 7, "reply_id": 9}
    decision = Decision(
        id=number, action=action, subject="reply:9", account_id=1, decided_by_id=3, reason=AWAY_BECAUSE,
        decided_at=NOW, **about, **more,
    )  # fmt: skip
    thread = Thread(id=7, title=TITLE, slug="a-lively-thread", body="", body_html="", moderation="published", **facts)
    reply = Reply(id=9, thread_id=7, body=WORDS[1], body_html=f"<p>{WORDS[1]}</p>", **facts)
    person = Account(
        id=1, username="alice", username_key="alice", email="", email_key="", password_hash="", created_at=NOW
    )
    seen = Statement(
        decision=decision, thread=thread if about else None, reply=reply if about else None, person=person,
        decider="mona", said={"name": "Names", "public_reason": "Leave private people out."} if more else None,
        appeal=None, flagged=not more, titled=True, ends_at=None if about else NOW + timedelta(days=7), in_force=True,
        contact="The ombudsperson, ombud@forum.example", moment=NOW,
    )  # fmt: skip
    outcome = Outcome(flag_of(seen, "upheld"), "/notifications", None)
    if kind == "decision":
        outcome = Outcome(sentence_of(seen), seen.url, None, seen)
    at = NOW + timedelta(minutes=number)
    notice = NoticeSeen(
        number, number, kind, "affected", 0, "", "", None, None, None, None, at, None, outcome
    )  # fmt: skip
    return replace(item(number, kind), notice=notice)


def queue() -> Queue:
    """Two posts that wait."""
    category = Category(id=1, slug="general", name="General")
    facts: dict[str, Any] = {"author_id": 2, "created_at": NOW, "published_at": NOW, "body_format": "markdown"}
    thread = Thread(id=7, title=TITLE, slug="a-lively-thread", body=WORDS[0], body_html=f"<p>{WORDS[0]}</p>", **facts)
    reply = Reply(id=9, thread_id=7, body=WORDS[1], body_html=f"<p>{WORDS[1]}</p>", **facts)
    review = Review(id=3, thread_id=7, cause="held", state="open", version=1, opened_at=NOW - timedelta(hours=3))
    cases = [PostSeen(thread, each, category, "bob", "Bob", review, None, None) for each in (reply, None)]
    return Queue(12, review.opened_at, cases, 2)


ITEMS: dict[str, Sequence[Item]] = {
    "reply": [item(51, reason="mentioned")],
    "closed": [item(60, kind="closed", who="Mona", reason="opened")],
    "thread": [item(4), item(5, who="Charlie", reason="mentioned"), item(6), item(60, kind="closed", who="Mona")],
    "digest": [*(item(number) for number in range(4, 9)), *(item(number, thread=number) for number in (10, 11, 12))],
    "summary": [item(4, reason="answered"), item(5, who="Charlie", reason="mentioned", thread=11)],
    "reviews": [],
    "decision": [decided(3)],
    "decisions": [decided(3, action="suspend"), decided(4, automated=True, rule_id=2), decided(5, "flag")],
}
