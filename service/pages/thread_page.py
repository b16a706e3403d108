"""Everything on a thread's page, for one reader: in full, for moderators and who reads what not everybody does; for all
others from the screen that they share.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from markupsafe import Markup

from service.closing.queries import count_waiting
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import NotFound
from service.notifications.queries.visiting import Visitor
from service.pages import (
    following,
    moderating,
    openness_views,
    pinning,
    reply_form,
    reply_views,
    shells,
    thread_reactions,
    thread_views,
    undoing,
)
from service.pages.asked import Asked
from service.pages.closing_panel import DEEDS, panel
from service.pages.flagged import NOBODY, Flagging, flagging
from service.pages.frame import frame_of, stopped_by
from service.pages.live_view import live
from service.pages.moderating import Marks
from service.pages.reactions import Reacting, reacting
from service.pages.rendering import returning
from service.pages.shared_screen import ANYBODY, Screen
from service.pages.thread_moderation import moderated
from service.pages.views.following import Unread
from service.pages.views.thread import Composer, ThreadPage
from service.pages.words import heading
from service.replies import queries
from service.replies.models import PER_SCREEN, Reply
from service.subscriptions.queries import Following
from service.subscriptions.queries.following import to_following
from service.threads import policy
from service.threads.models import Thread
from service.threads.policy.turns import Turn
from service.threads.queries import ThreadSeen
from service.threads.queries.turns import turn_of

MOST_WAITING: Final = 50
"""How many replies that wait for a moderator a page shows under the others, to their authors and moderators."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One reader's request: who asks for what of which thread, at which moment, and how they may reply. `actor` is as
    they stand in the thread's category, `position` that of the thread's last event before anything was read.
    """

    actor: Actor
    seen: ThreadSeen
    asked: Asked
    position: int
    at: datetime
    turn: Turn
    composer: Composer | None
    is_closed: bool
    may_anyway: bool

    @property
    def answer(self) -> str | None:
        """The query behind a reply's “Reply”: `{}` stands for its number. None where the reader gets no form."""
        if self.composer is None and not self.may_anyway:
            return None
        here = f"page={self.asked.page}&" if self.asked.page > 1 else ""
        return f"?{here}reply_to={{}}{'&post_anyway=1' if self.may_anyway else ''}#reply-form"

    @property
    def action(self) -> str:
        """The page's own address, to which its forms are sent."""
        return thread_views.page_url(thread_views.thread_url(self.seen), self.asked.page)


@dataclass(frozen=True, slots=True)
class Own:
    """What is the reader's own on the page, and what they see of the state of its posts."""

    reacts: Reacting
    flags: Flagging
    level: Following
    marks: Marks
    posts: Sequence[Thread | Reply]
    waiting: int = 0


def visit(session: Session, actor: Actor, seen: ThreadSeen, asked: Asked, position: int) -> Visit:
    """The visit. Raises NotFound for a page that the thread does not have."""
    if asked.page > thread_views.page_of(seen.thread.last_number):
        raise NotFound("The thread has no such page")
    actor, at = actor.within(seen.thread.category_id), now(session)
    turn = turn_of(session, actor, seen)
    composer = reply_form.composer(session, actor, seen, asked, turn)
    is_closed = seen.closing.is_closed(at)
    may_anyway = is_closed and policy.cannot_reply_code(actor, seen, at) is None
    return Visit(actor, seen, asked, position, at, turn, composer, is_closed, may_anyway)


def in_full(session: Session, to: Visit, known: Visitor | None = None) -> ThreadPage:
    """The page with everything that this reader sees of its posts; `known` is what was asked about them already."""
    actor, seen, asked = to.actor, to.seen, to.asked
    first = (asked.page - 1) * PER_SCREEN + 1
    numbered = queries.replies_between(session, actor, seen.id, first, first + PER_SCREEN - 1)
    replies = [*numbered, *queries.list_waiting(session, actor, seen.id, MOST_WAITING)]
    waiting = sum(row.reply.moderation == "pending" for row in replies)
    if waiting == MOST_WAITING:
        waiting = count_waiting(session, seen.id)
    answered = {row.reply.in_reply_to_id or row.reply.parent_id for row in replies} - {None}
    numbers = queries.numbers_of(session, [each for each in answered if each is not None])
    posts: list[Thread | Reply] = [seen.thread, *(row.reply for row in replies if not row.is_stub)]
    marks = moderating.marks(session, actor, seen.thread, posts, asked.sent, asked.problem)
    own = Own(*_done(actor, seen, asked, known), marks, posts, waiting)
    shown = [row.reply.number for row in replies if row.reply.moderation == "published" and row.reply.number]
    unread = following.unread(session, actor, seen, own.level, asked, shown)
    by = reply_views.reading(seen, actor, to.action, to.answer, own.reacts, own.flags, marks)
    drawn = reply_views.draw_all(seen, replies, numbers, by)
    return _page(session, to, own, unread, drawn.html(unread.first if unread else None))


def shared(session: Session, to: Visit, screen: Screen, known: Visitor | None = None) -> ThreadPage:
    """The page of one who reads what everybody reads; `known` is what was asked about them (None: a guest)."""
    own, unread, replies = _shared(session, to, screen, known)
    return _page(session, to, own, unread, replies)


def _shared(session: Session, to: Visit, screen: Screen, known: Visitor | None) -> tuple[Own, Unread | None, Markup]:
    actor, seen, asked = to.actor, to.seen, to.asked
    own = Own(*_done(actor, seen, asked, known), Marks(actor, {}), (seen.thread,))
    unread = following.unread(session, actor, seen, own.level, asked, screen.published)
    by = reply_views.reading(seen, actor, to.action, to.answer, own.reacts, own.flags)
    return own, unread, screen.html(by, unread.first if unread else None)


def in_shell(session: Session, to: Visit, screen: Screen, known: Visitor) -> str | None:
    """The same, drawn: from the shell of those who stand alike, where this reader does; None where they stand alone."""
    actor, seen = to.actor, to.seen
    if shells.stands_alone(actor, seen, to.asked, to.turn, known):
        return None
    own, unread, replies = _shared(session, to, screen, known)
    level, bits = own.level, to.composer.bits if to.composer else None
    read = unread and (unread.first, unread.first_url, unread.through, unread.mark)
    alike = (
        to.answer, own.reacts.taken, own.flags.offered, level.level, level.reason, level.which, read, bits,
        known.badge.unread, bool(replies),
    )  # fmt: skip
    shell = screen.shells.get(alike)
    if shell is None or not shell.holds(to.at):
        stand_in = replace(to, actor=ANYBODY)
        anybody = replace(own, reacts=replace(own.reacts, actor=ANYBODY), flags=replace(own.flags, actor=ANYBODY))
        view = _page(session, stand_in, replace(anybody, marks=Marks(ANYBODY, {})), unread, replies)
        face = seen.site.name, seen.site.registration
        frame = frame_of(session, ANYBODY, face, to.action, known.badge)
        shell = shells.shell_of(frame, view, seen, to.at)
        screen.keep_shell(alike, shell)
    return shell.filled(shells.own_of(actor, known, to.composer, to.at, replies))


def _done(actor: Actor, seen: ThreadSeen, asked: Asked, known: Visitor | None) -> tuple[Reacting, Flagging, Following]:
    """What the reader did in this thread and may do, from what was asked about them."""
    if known is None:
        return reacting(actor, seen, {}, asked), flagging(actor, seen, NOBODY), Following()
    level = to_following(known.levels, actor.account_id, seen.thread)
    return reacting(actor, seen, known.said, asked), flagging(actor, seen, known.flagged), level


def _page(session: Session, to: Visit, own: Own, unread: Unread | None, replies: Markup) -> ThreadPage:
    """The page around its replies."""
    actor, seen, asked, at = to.actor, to.seen, to.asked, to.at
    closed, url = thread_views.closed(seen, at), thread_views.thread_url(seen)
    composer, no_account = to.composer, not actor.signed_in and actor.suspension is None
    return ThreadPage(
        opening=thread_views.opening(seen, actor, own.marks, own.reacts, own.flags),
        action=to.action,
        moderated=thread_reactions.refused(asked) or moderated(own.marks, own.posts, asked),
        heading=heading(seen.thread.reply_count, seen.thread.title),
        replies=replies,
        pager=thread_views.pager(seen, asked.page),
        coming=openness_views.coming(seen, at),
        pace=openness_views.pace(seen, to.turn, at) if closed is None else None,
        replies_left=thread_views.few_left(seen, at),
        closed=closed,
        closing=panel(actor, seen, at, asked.form_of(*DEEDS), asked.notice, own.waiting),
        remind_url=f"{url}/timers" if actor.signed_in else None,
        follow=following.followed(actor, seen, own.level, asked),
        unread=unread,
        composer=composer,
        kept=reply_form.kept(session, actor, seen, asked) if composer is None else None,
        post_anyway_url=f"{url}?post_anyway=1#reply-form" if to.may_anyway and composer is None else None,
        sign_in_url=f"/sign-in{returning(url)}" if no_account and closed is None else None,
        reactions=own.reacts.offered,
        live=live(actor, seen, asked.page, at, to.position),
        silenced=stopped_by(actor.silence),
        undo=undoing.undo_at(session, actor, asked.entry),
        pin=pinning.pin_panel(actor, seen, at, asked.form_of(*pinning.DEEDS), asked.notice),
    )
