"""The mail to a moderator: what waits for a decision, and the way to decide."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from service.kit.outgoing import Outgoing
from service.kit.text import plain
from service.moderation.models import Review
from service.moderation.queries import PostSeen
from service.notifications.jobs.bodies import quoted
from service.notifications.jobs.drafts import Draft, count, in_words
from service.notifications.policy.review_links import LASTS, ReviewLink
from service.notifications.queries import Letter
from service.notifications.queries.moderators import Queue
from service.replies.models import address, waiting_address
from service.screening.policy import Action

APPEALS = "/mod/appeals"
"""Where appeals are decided."""

EXCERPT = 300
"""Characters of a post that the letter shows."""


@dataclass(frozen=True, slots=True)
class Case:
    """One post that waits: what it is, whose, since when, its beginning, where it stands, and where each step is
    asked for (None where it is none of a post that waits to be published); what readers flagged, in words.
    """

    what: str
    who: str
    when: str
    title: str
    excerpt: str
    url: str
    approve: str | None
    reject: str | None
    flags: str = ""


def draft(letter: Letter, outgoing: Outgoing) -> Draft:
    """What the letter says."""
    queue = letter.queue
    if queue is None or not (queue.posts or queue.appeals):
        raise AssertionError("a letter about reviews is sent when something waits")
    waiting = waiting_words(queue)
    facts = {
        "headline": f"{waiting} for a moderator",
        "oldest": oldest_words(queue, letter.now),
        "cases": [case(seen, letter, outgoing) for seen in queue.posts],
        "more": queue.count - len(queue.posts),
        "appeals": appeals_words(queue) if queue.posts else "",
        "appeals_url": f"{outgoing.base_url}{APPEALS}",
        "url": f"{outgoing.base_url}{'/mod/queue' if queue.posts else APPEALS}",
    }
    return Draft("reviews", f"{letter.site}: {waiting} for a moderator", facts)


def waiting_words(queue: Queue) -> str:
    """How many posts wait; where none does, how many appeals."""
    if not queue.posts:
        return f"{queue.appeals} appeals wait" if queue.appeals > 1 else "1 appeal waits"
    many = "100 or more" if queue.count >= 100 else str(queue.count)
    return f"{many} posts wait" if queue.count > 1 else "1 post waits"


def oldest_words(queue: Queue, now: datetime) -> str:
    """For how long the first post has waited; of appeals it is said who may decide."""
    if queue.since is None:
        return "Another moderator than who took the decision looks at it once more."
    oldest = age(now - queue.since)
    return f"The oldest has waited for {oldest}." if queue.count > 1 else f"It has waited for {oldest}."


def appeals_words(queue: Queue) -> str:
    """How many appeals wait beside the posts; empty where none does."""
    if not queue.appeals:
        return ""
    return f"{queue.appeals} appeals wait, too" if queue.appeals > 1 else "1 appeal waits, too"


def case(seen: PostSeen, letter: Letter, outgoing: Outgoing) -> Case:
    """One post for the template."""
    review = seen.review
    if review is None:
        raise AssertionError("what waits has a review")

    def link(action: Action) -> str | None:
        if seen.post.moderation != "pending":
            return None
        asked = ReviewLink(letter.account_id, review.id or 0, review.version, action, letter.now + LASTS)
        return outgoing.base_url + asked.path(outgoing.secret)

    waits = seen.post.edit_waits and seen.post.moderation == "published"
    return Case(
        what=f"{'An edit of a ' if waits else ''}{'thread' if seen.reply is None else 'reply'}".capitalize(),
        who=seen.author_name or "Somebody",
        when=in_words(review.opened_at, letter.zone),
        title=seen.thread.title,
        excerpt="The new text is in the queue." if waits else plain(seen.post.body_html, most=EXCERPT),
        url=outgoing.base_url + quoted(place(seen)),
        approve=link("approve"),
        reject=link("reject"),
        flags=flags_words(review),
    )


def flags_words(review: Review) -> str:
    """What readers flagged: `2 readers flagged this: spam, abusive`; empty where none did. Never who."""
    if not review.flag_count:
        return ""
    readers = "1 reader" if review.flag_count == 1 else f"{review.flag_count} readers"
    return f"{readers} flagged this: {', '.join(review.flag_reasons)}"


def place(seen: PostSeen) -> str:
    """Where the post stands, for moderators."""
    if seen.reply is None:
        return f"/t/{seen.thread_id}/{seen.thread.slug}"
    if seen.reply.number is None:
        return waiting_address(seen.thread_id, seen.thread.slug, seen.reply_id or 0)
    return address(seen.thread_id, seen.thread.slug, seen.reply.number)


def age(span: timedelta) -> str:
    """A span in its largest whole unit: `3 hours`."""
    if span >= timedelta(days=1):
        return count(span.days, "day", "days")
    if span >= timedelta(hours=1):
        return count(span // timedelta(hours=1), "hour", "hours")
    return count(max(1, span // timedelta(minutes=1)), "minute", "minutes")
