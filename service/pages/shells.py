"""The page around a thread's replies, drawn once for all members who stand alike to it, with places for what is one
reader's own: their names, the keys of the forms, the moment of drawing, the replies (decision 18).

It is drawn for a stand-in whose names are those places, so there is nothing of one person that it could show another.
Who stands to the thread as nobody else does (its author, somebody with a draft here, a moderator) has no shell.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from markupsafe import Markup, escape

from service.kit.actor import Actor
from service.notifications.queries.visiting import Visitor
from service.pages import forms, openness_views
from service.pages.asked import Asked
from service.pages.rendering import ENVIRONMENT, rfc3339, trusted
from service.pages.views.frame import Frame, Viewer
from service.pages.views.thread import Composer, ThreadPage
from service.threads.policy.turns import NO_TURN, Turn
from service.threads.queries import ThreadSeen
from service.threads.queries.moments import moments_of

TOKEN: Final = secrets.token_hex(8)
PLACE: Final = re.compile(f"{TOKEN}([a-z]+)Z")
FORMS: Final = ("follow", "unread", "composer")


def place(name: str) -> str:
    """What stands in a shell for something of the reader's: nobody can guess it, and nothing escapes it."""
    return f"{TOKEN}{name}Z"


@dataclass(frozen=True, slots=True)
class Shell:
    """A drawn page with places in it, true until `until` (None: no time changes it): what is the same for all and the
    names of the places take turns.
    """

    pieces: tuple[str, ...]
    until: datetime | None

    @property
    def size(self) -> int:
        """Its bytes, about."""
        return sum(map(len, self.pieces))

    def holds(self, at: datetime) -> bool:
        """Whether it is still true."""
        return self.until is None or at < self.until

    def filled(self, own: Mapping[str, str]) -> str:
        """The page with what is the reader's own, escaped already; each form gets a fresh key."""
        found = list(self.pieces)
        for number in range(1, len(found), 2):
            found[number] = forms.new_key() if found[number] in FORMS else own[found[number]]
        return "".join(found)


def stands_alone(actor: Actor, seen: ThreadSeen, asked: Asked, turn: Turn, reader: Visitor) -> bool:
    """Whether more of the page is about this member than the replies, their level, and what a shell has places for."""
    personal = actor.has_drafts or actor.silence or actor.moderates_some or actor.session_id is None
    said = None in reader.said or None in reader.flagged or reader.badge.mail_stopped
    mine = seen.thread.author_id == actor.account_id
    return bool(personal or said or mine or turn != NO_TURN or asked != Asked(page=asked.page))


def shell_of(frame: Frame, view: ThreadPage, seen: ThreadSeen, at: datetime) -> Shell:
    """Draw the shell of a page that was made for a stand-in."""
    drawn = ENVIRONMENT.get_template("thread.html").render(frame=_placed(frame), view=_with_places(view))
    moments = (*moments_of(seen), openness_views.soon_at(seen))
    until = min((moment for moment in moments if moment is not None and moment > at), default=None)
    return Shell(tuple(PLACE.split(drawn)), until)


def own_of(actor: Actor, reader: Visitor, composer: Composer | None, at: datetime, replies: Markup) -> dict[str, str]:
    """What fills a shell's places for one reader."""
    return {
        "username": escape(actor.username or ""),
        "name": escape(reader.badge.display_name),
        "id": str(actor.account_id),
        "now": rfc3339(at),
        "drawn": escape(composer.moment if composer else ""),
        "replies": replies,
    }


def _placed(frame: Frame) -> Frame:
    told = frame.viewer.unread if frame.viewer else 0
    return replace(frame, viewer=Viewer(place("username"), place("name"), told, administers=False))


def _with_places(view: ThreadPage) -> ThreadPage:
    follow, unread, composer = view.follow, view.unread, view.composer
    if follow is not None:
        follow = replace(follow, form=replace(follow.form, key=place("follow")))
    if unread is not None:
        unread = replace(unread, form=replace(unread.form, key=place("unread")))
    if composer is not None:
        form = replace(composer.form, key=place("composer"))
        composer = replace(composer, form=form, moment=place("drawn"))
    live = replace(view.live, reader_id=place("id"), now=place("now"))
    replies = trusted(place("replies")) if view.replies else view.replies
    return replace(view, follow=follow, unread=unread, composer=composer, live=live, replies=replies)
