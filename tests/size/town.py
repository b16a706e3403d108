"""A town: a thread of a million replies, a hundred thousand threads, and what so many people leave behind."""

from typing import Final

from sqlalchemy import Connection, text

from bench.filling import (
    BEGAN,
    N,
    at,
    bring_people,
    bring_replies,
    bring_threads,
    fill,
    hurry,
    next_ids,
    one_of,
    without_indexes,
    words,
)
from service.accounts.models import Account
from service.kit.clock import to_micros
from service.kit.events import EventRow
from service.kit.queue.tables import Job
from service.moderation.models import Flag, Review
from service.notifications.models import Delivery, Letter, Notification
from service.replies.models import Reply
from service.screening.models import Decision
from service.subscriptions.models import Mention, ReadMark, Subscription
from service.tags.models import ThreadTag
from service.threads.models import Reaction, Thread

REPLIES: Final = 1_000_000
THREADS: Final = 100_000
PEOPLE: Final = 100_000
EVENTS: Final = 300_000
TOLD: Final = 100_000
"""Notifications of all people together."""
OF_ONE: Final = 2_000
"""Notifications of the person who signs in first, who follows as many threads: more than anybody else."""
BIG: Final = frozenset({
    "account", "thread", "reply", "event", "job", "review", "flag", "decision", "notification", "delivery", "letter",
    "subscription", "mention", "read_mark", "reaction", "thread_tag",
})  # fmt: skip
"""The tables that no statement reads from end to end."""
KINDS: Final = (
    Account, Thread, Reply, EventRow, Job, Review, Flag, Decision, Notification, Delivery, Letter, Subscription,
    Mention, ReadMark, Reaction, ThreadTag,
)  # fmt: skip
AGES: Final = 10**16
"""Three centuries in microseconds: a term that closes nothing, and as an instant one that does not come."""
LONG: Final = 1
"""The id of the thread with all the replies; the thread before the last one has none, and its opening is flagged."""


def found(connection: Connection) -> None:
    """Found the town in a database that is empty but for what migrations put there, and is thrown away afterwards."""
    hurry(connection, on_disk=False)
    more = "('arts', 'Arts', '', 'public', 1), ('staff', 'Staff', '', 'staff', 1)"
    connection.execute(text(f"INSERT INTO category (slug, name, description, visibility, version) VALUES {more}"))
    with without_indexes(connection, *KINDS):
        people = bring_people(connection, PEOPLE)
        threads = bring_threads(connection, THREADS, people, range(1, 4), "Words.")
        bring_replies(connection, threads.start, range(1, REPLIES + 1), people, "Words.")
        _when_it_closes(connection)
        _what_they_said(connection, threads, people)
        _what_they_heard(connection, threads, people)
        _what_was_judged(connection, threads, people)
    connection.commit()


def _when_it_closes(connection: Connection) -> None:
    """Every term of the law is set somewhere. They have closed one category, long ago, which was told, and no more."""
    terms = {"close_after_age": AGES, "close_after_idle": AGES, "close_after_replies": 2 * REPLIES}
    said = ", ".join(f"{name} = {value}" for name, value in terms.items())
    connection.execute(text(f"UPDATE site SET {said}"))
    then = to_micros(BEGAN)
    connection.execute(text(f"UPDATE category SET closes_at = {then} WHERE slug = 'staff'"))
    told = "(SELECT id FROM category WHERE slug = 'staff')"
    connection.execute(text(f"UPDATE thread SET closing_recorded_at = {then} WHERE category_id = {told}"))
    some = f"closes_at = {AGES}, close_after_age = {AGES}, close_after_idle = {AGES}, close_after_replies = {REPLIES}"
    connection.execute(text(f"UPDATE thread SET {some} WHERE id % 10 = 2 AND closing_recorded_at IS NULL"))


def _what_they_said(connection: Connection, threads: range, people: range) -> None:
    event = EventRow(
        kind="", at=BEGAN, actor_role="member", subject_type="reply", subject_id=0, audience="public", facts={},
    )  # fmt: skip
    about = {"thread_id": one_of(threads), "subject_id": N, "actor_id": one_of(people), "at": at()}
    fill(connection, event, range(1, EVENTS + 1), **about, position=N, kind="reply.posted", hash="0" * 64, data={})
    connection.execute(text(f"UPDATE event_head SET position = {EVENTS}"))
    connection.execute(text("INSERT INTO tag (name, slug) VALUES ('history', 'history'), ('rare', 'rare')"))
    fill(connection, ThreadTag(thread_id=0, tag_id=1), range(threads.start, threads.start + THREADS // 2), thread_id=N)
    fill(connection, ThreadTag(thread_id=0, tag_id=2), range(threads.start, threads.start + 20), thread_id=N)
    counted = "SELECT tag_id, category_id, count(*) FROM thread_tag JOIN thread ON thread.id = thread_id GROUP BY 1, 2"
    connection.execute(text(f"INSERT INTO tag_count (tag_id, category_id, threads) {counted}"))
    liked = Reaction(thread_id=0, account_id=0, name="like", created_at=BEGAN)
    fill(connection, liked, range(100_000), thread_id=one_of(threads), account_id=one_of(people), reply_id=N + 1)


def _what_they_heard(connection: Connection, threads: range, people: range) -> None:
    one = people.stop  # whoever comes next
    followed = Subscription(thread_id=0, account_id=one, level="watching", reason="chosen", since=BEGAN)
    half = range(threads.start, threads.start + THREADS // 2)
    few = range(threads.start, threads.start + OF_ONE)
    fill(connection, followed, few, thread_id=N)
    fill(connection, followed, half, thread_id=N, account_id=one_of(people))
    seen = ReadMark(account_id=one, thread_id=0, number=1, read_at=BEGAN)
    fill(connection, seen, few, thread_id=N)
    fill(connection, seen, half, thread_id=N, account_id=one_of(people))
    ids = next_ids(connection, Notification, OF_ONE + TOLD)
    told = Notification(account_id=one, kind="reply", subject="", event_id=0, reason="chosen", created_at=BEGAN)
    about = {"subject": words("reply:"), "thread_id": one_of(threads), "reply_id": N + 1, "created_at": at()}
    fill(connection, told, range(OF_ONE), **about, event_id=N + 1)
    fill(connection, told, range(TOLD), **about, event_id=N + 1, account_id=one_of(people))
    letters = next_ids(connection, Letter, 50_000)
    letter = Letter(account_id=0, message_id="", due_at=BEGAN, created_at=BEGAN, state="sent", ended_at=BEGAN)
    fill(connection, letter, range(50_000), account_id=one_of(people), message_id=words("letter"), gather=words("of "))
    sent = Delivery(notification_id=0, state="sent", created_at=BEGAN, ended_at=BEGAN)
    fill(connection, sent, ids, notification_id=N, letter_id=one_of(letters))
    named = Mention(thread_id=0, reply_id=0, account_id=0, event_id=0, created_at=BEGAN)
    where = {"thread_id": threads.start, "reply_id": N, "event_id": N}
    fill(connection, named, range(1, 20_001), **where, account_id=one_of(people))
    later = Job(kind="later", payload={}, run_at=BEGAN, created_at=BEGAN)
    fill(connection, later, range(20_000), run_at=at(N + 10**9), dedupe_key=words("later:"))


def _what_was_judged(connection: Connection, threads: range, people: range) -> None:
    decided = Review(thread_id=threads.start, reply_id=0, cause="flagged", state="decided", opened_at=BEGAN)
    fill(connection, decided, range(1, 20_001), reply_id=N, opened_at=at(), state="decided")
    fill(connection, decided, range(20_001, 20_201), reply_id=N, opened_at=at(), state="open")
    flag = Flag(thread_id=threads.start, account_id=0, reason="spam", weight=100, post_version=1, made_at=BEGAN)
    fill(
        connection,
        flag,
        range(1, 20_001),
        thread_id=one_of(threads),
        reply_id=N,
        account_id=one_of(people),
        made_at=at(),
        resolved_at=BEGAN,
    )
    done = Decision(action="hide", subject="", before={}, decided_at=BEGAN)
    about = {"thread_id": one_of(threads), "account_id": one_of(people), "event_id": N, "subject": words("reply:")}
    fill(connection, done, range(1, 50_001), **about, reply_id=N, decided_at=at(), decided_by_id=people.start)
