"""The items of the queue: a post, who wrote it, what brought it here, who looks at it, and what may be done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import quote

from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.moderation.models import OPEN
from service.moderation.policy import is_claimed
from service.moderation.queries import NoteSeen, PostSeen, Record, held_edits, notes_of, post_of, records_of
from service.moderation.schemas import deeds, name_of, url_of
from service.pages import forms, moderating, queue_record
from service.pages.comparing import parts
from service.pages.flagged import flags_in_queue
from service.pages.rendering import clock_time, trusted
from service.pages.views.flags import FlagsView
from service.pages.views.frame import Choice, Form, Person
from service.pages.views.moderation import Menu
from service.pages.views.queue import Claim, EditShown, Last, NoteLine, QueueItem
from service.screening.models import HeldEdit
from service.screening.queries import published_counts

Post = tuple[int, int | None]
MOST_RECORDS: Final = 20
"""Decisions about one post that an item shows, the newest first; the log has all."""


@dataclass(frozen=True, slots=True)
class Around:
    """What the items of a page need beside their posts, asked once for all of them."""

    actor: Actor
    at: datetime
    published: Mapping[int, int]
    records: Mapping[Post, Sequence[Record]]
    edits: Mapping[Post, HeldEdit]
    flags: Mapping[Post, FlagsView]
    notes: Mapping[int, Sequence[NoteSeen]]
    canned: tuple[Choice, ...]


def around(session: Session, actor: Actor, posts: Sequence[PostSeen]) -> Around:
    """What these posts need."""
    reviews = [seen.review.id for seen in posts if seen.review is not None and seen.review.id is not None]
    return Around(
        actor=actor,
        at=now(session),
        published=published_counts(session, [seen.post.author_id for seen in posts]),
        records=records_of(session, posts),
        edits=held_edits(session, posts),
        flags=flags_in_queue(session, actor, posts),
        notes=notes_of(session, reviews),
        canned=moderating.canned_choices(session),
    )


def item_of(seen: PostSeen, beside: Around, form: Form | None = None, note_form: Form | None = None) -> QueueItem:
    """A post as an item of the queue; `form` is a refused decision about it, `note_form` a refused note."""
    post, review, author = seen.post, seen.review, seen.author_name or "Anonymous"
    edit, records = beside.edits.get(post_of(seen)), beside.records.get(post_of(seen), ())[:MOST_RECORDS]
    claim = claim_of(seen, beside)
    return QueueItem(
        what=what_of(seen),
        title=seen.thread.title,
        url=_where(seen),
        category=seen.category.name,
        author=Person(seen.author_username, author),
        published=beside.published.get(post.author_id, 0) if post.author_id else None,
        body_html=trusted(post.body_html),
        created_at=post.created_at,
        edited_at=post.edited_at,
        standing=moderating.stamp(post.moderation) if form else "",
        last=_last(seen),
        menu=_menu(seen, beside, form, overrides=claim is not None and not claim.mine),
        review_id=review.id if review else None,
        version=review.version if review else 0,
        is_open=review is not None and review.state == OPEN,
        claim=claim,
        ground=queue_record.ground_of(seen, edit, records),
        record=queue_record.lines_of(seen, edit, records),
        edit=_edit(seen, edit) if edit else None,
        flags=beside.flags.get(post_of(seen)),
        notes=tuple(note_line(note) for note in beside.notes.get((review.id or 0) if review else 0, ())),
        note_form=note_form or forms.fresh(),
    )


def _menu(seen: PostSeen, beside: Around, form: Form | None, *, overrides: bool) -> Menu:
    """The steps, as one form about the review where there is one: what was looked at is then all of it."""
    author, what = seen.author_name or "Anonymous", what_of(seen).lower()
    prefix = f"reply-{seen.reply_id}-" if seen.reply_id else f"thread-{seen.thread_id}-"
    made = moderating.menu(seen.post, what=f"the {what} by {author}", prefix=prefix, form=form)
    made = replace(made, canned=beside.canned, override=overrides or moderating.is_claimed(made.form))
    if seen.review is None:
        return made
    actions = tuple(Choice(deed, moderating.label_of(deed, seen.post.moderation)) for deed in deeds(seen))
    return replace(made, review_id=seen.review.id, version=seen.review.version, actions=actions)


def claim_of(seen: PostSeen, beside: Around) -> Claim | None:
    """Who looks at the item now; None where nobody does."""
    review = seen.review
    if review is None or review.claimed_until is None or not is_claimed(review, beside.at):
        return None
    until, mine = clock_time(review.claimed_until), review.claimed_by_id == beside.actor.account_id
    who = "You are" if mine else f"{seen.claimer_name or 'Another moderator'} is"
    return Claim(f"{who} looking at this until {until}.", mine)


def what_of(seen: PostSeen) -> str:
    """What kind of post it is."""
    return "Thread" if seen.reply is None else "Reply"


def place_in_site(seen: PostSeen) -> str:
    """The address of the post."""
    return quote(url_of(seen), safe="/?=#")


def note_line(note: NoteSeen) -> NoteLine:
    """A staff note as pages show it."""
    return NoteLine(Person(note.author_username, name_of(note)), note.note.made_at, note.note.body)


def _where(seen: PostSeen) -> str | None:
    """Where the post can be read in its place; a deleted reply's thread; None where the thread is deleted."""
    if seen.thread.moderation == "trashed":
        return None
    if seen.post.moderation == "trashed":
        return f"/t/{seen.thread_id}/{quote(seen.thread.slug)}"
    return place_in_site(seen)


def _last(seen: PostSeen) -> Last | None:
    review = seen.review
    if review is None or review.action is None or review.decided_at is None:
        return None
    by = Person(seen.decider_username, seen.decider_name) if seen.decider_name else None
    return Last(moderating.DONE.get(review.action, review.action), by, review.decided_at, review.reason)


def _edit(seen: PostSeen, edit: HeldEdit) -> EditShown:
    """What an edit that waits would change."""
    own = edit.editor_id == seen.post.author_id
    by = Person(seen.author_username, seen.author_name or "Anonymous") if own else None
    title = parts(seen.thread.title, edit.title) if seen.reply is None and edit.title != seen.thread.title else ()
    return EditShown(by, edit.made_at, title, parts(seen.post.body, edit.body))
