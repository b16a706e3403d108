"""From a request to what a thread's page shows. For a guest four statements, however long the thread is; for a member
two, where the screen that all members share is kept; a few more for moderators, and for who reads more than others.
"""

from dataclasses import dataclass, replace

from service.accounts.current import Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.events import last_of_thread
from service.kit.kept import Kept, Terms, of_thread
from service.notifications.queries.visiting import Badge, visitor
from service.pages import form_marks, openness_views, thread_page, thread_views
from service.pages.asked import Asked
from service.pages.frame import Frame, frame_of
from service.pages.shared_screen import Screen, draw_screen
from service.pages.views.thread import ThreadPage
from service.replies.models import PER_SCREEN
from service.threads.queries import ThreadSeen, get_thread, show_thread
from service.threads.queries.moments import moments_of
from service.web import keeping
from service.web.keeping import Drawing


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, and by whom. `slug` is what the address calls the thread (None: it does not matter), `known`
    the screen that is kept.
    """

    asks: Asks
    thread_id: int
    asked: Asked
    slug: str | None
    known: Screen | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A page before it is drawn, or `drawn` already. `terms` are there where it may be kept: for a guest as it is, for
    a member its `screen`.
    """

    frame: Frame | None = None
    view: ThreadPage | None = None
    terms: Terms | None = None
    screen: Screen | None = None
    drawn: str | None = None


class Moved(Exception):
    """The thread has another address by now."""


async def load(wanted: Wanted) -> Loaded:
    """Read the page. Raises NotFound, and Moved with the thread's address where `slug` is an old one."""
    if not wanted.asks.credential:
        return await wanted.asks.read(lambda session, actor: _for_guest(session, actor, wanted))
    kept: Kept = wanted.asks.request.app.state.kept
    key = "screen", wanted.thread_id, wanted.asked.page
    known: Screen | None = kept.get(key)
    size = known.size if known else 0
    with kept.offer() as offer:
        wanted = replace(wanted, known=known)
        found = await wanted.asks.read(lambda session, actor: _for_anybody(session, actor, wanted))
        if found.screen is not None and found.terms is not None:
            kept.put(key, found.screen, found.screen.size, found.terms, offer)
    if known is not None and known.size > size:
        kept.grow(key, known.size - size)
    return found


def _for_anybody(session: Session, actor: Actor, wanted: Wanted) -> Loaded:
    """For who showed a credential: it may have ended."""
    return (_for_account if actor.signed_in else _for_guest)(session, actor, wanted)


def _for_guest(session: Session, actor: Actor, wanted: Wanted) -> Loaded:
    drawing = keeping.begin(wanted.asks.request, session)
    position = last_of_thread(session, wanted.thread_id)
    seen = (show_thread if wanted.asked.sent is None else get_thread)(session, actor, wanted.thread_id)
    to = _visit(session, actor, seen, wanted, position)
    frame = replace(_frame(session, to, None), origin=wanted.asks.settings.base_url)
    if to.asked.sent is not None:
        return Loaded(frame, thread_page.in_full(session, to))
    view = thread_page.shared(session, to, draw_screen(session, seen, to.asked.page, position))
    moments = (*moments_of(seen), openness_views.soon_at(seen))
    return Loaded(frame, view, drawing.terms([of_thread(seen.id)], moments) if drawing else None)


def _for_account(session: Session, actor: Actor, wanted: Wanted) -> Loaded:
    screen, asked, first = wanted.known, wanted.asked, (wanted.asked.page - 1) * PER_SCREEN + 1
    reader = visitor(session, actor, wanted.thread_id, first, first + PER_SCREEN - 1)
    if screen is not None and asked.sent is None and screen.is_for(actor, reader):
        to = _visit(session, actor, screen.seen_by(session, actor), wanted, reader.position)
        if (drawn := thread_page.in_shell(session, to, screen, reader)) is not None:
            return Loaded(drawn=drawn)
        return Loaded(_frame(session, to, reader.badge), thread_page.shared(session, to, screen, reader))
    drawing = None if reader.otherwise or actor.moderates_some or asked.sent else Drawing.begin(session)
    seen = get_thread(session, actor, wanted.thread_id)
    to = _visit(session, actor, seen, wanted, reader.position)
    frame = _frame(session, to, reader.badge)
    if drawing is None or seen.thread.moderation != "published":
        return Loaded(frame, thread_page.in_full(session, to, reader))
    screen = draw_screen(session, seen, asked.page, reader.position)
    terms = None if reader.waits else drawing.terms([of_thread(seen.id)])
    return Loaded(frame, thread_page.shared(session, to, screen, reader), terms, screen)


def _visit(session: Session, actor: Actor, seen: ThreadSeen, wanted: Wanted, position: int) -> thread_page.Visit:
    if wanted.slug is not None and wanted.slug != seen.thread.slug:
        raise Moved(thread_views.thread_url(seen))
    to = thread_page.visit(session, actor, seen, wanted.asked, position)
    if to.composer is None:
        return to
    return replace(to, composer=form_marks.marked(session, wanted.asks, seen.site, to.composer))


def _frame(session: Session, to: thread_page.Visit, told: Badge | None) -> Frame:
    site = to.seen.site
    return frame_of(session, to.actor, (site.name, site.registration), to.action, told)
