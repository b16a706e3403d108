"""What all members see alike of one screen of a thread: its rows and each reply's HTML, kept in this process's memory
(decision 18). What is one reader's own is drawn anew for them and for nobody else: what stands under their own replies,
and under those that they reacted to or flagged.

Nothing in it is of one person.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Final

from markupsafe import Markup

from service.categories.policy import may_see
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import NotFound
from service.notifications.queries.visiting import Visitor
from service.pages.reply_views import Drawn, Placed, Reading, Standing, deeds, draw, draw_deeds, in_order
from service.pages.shells import Shell
from service.replies.models import PER_SCREEN
from service.replies.queries import numbers_of
from service.replies.queries.screens import replies_shown
from service.threads.queries import ThreadSeen

ANYBODY: Final = Actor(account_id=0, username=None, role="member")
"""A member who wrote nothing, said nothing and flagged nothing: nobody's account has this id."""

MOST_STANDINGS: Final = 8
"""In how many ways members stand to a thread (who may answer, react, flag) before no more of them are kept."""

MOST_SHELLS: Final = 12
PER_ROW: Final = 700
"""Bytes that a row takes beside its HTML, about."""


@dataclass(eq=False, slots=True)
class Screen:
    """One screen of a published thread, as of its event at `position`. `deeds` is what stands under the replies for a
    member who has done nothing here, by what members may do, and `authors` for who wrote the one in a place. `size` is
    in bytes.
    """

    seen: ThreadSeen
    placed: tuple[Placed, ...]
    drawn: Drawn
    position: int
    size: int
    deeds: dict[Standing, Sequence[str]] = field(default_factory=dict)
    authors: dict[tuple[Standing, int], str] = field(default_factory=dict)
    shells: dict[Hashable, Shell] = field(default_factory=dict)

    @property
    def published(self) -> list[int]:
        """The numbers of the replies with a text."""
        return [row.number for row, _, _ in self.placed if row.number is not None and not row.is_stub]

    def is_for(self, actor: Actor, reader: Visitor) -> bool:
        """Whether this is what the actor reads now. Nothing has happened in the thread since, in the reader's own
        snapshot: so it is right for who has just written there, whichever process answered them.
        """
        as_of_now = reader.position == self.position and not reader.waits
        return as_of_now and reads_as_all(actor, reader, self.seen.thread.category_id)

    def seen_by(self, session: Session, actor: Actor) -> ThreadSeen:
        """The thread, for a unit of work that has not loaded it. Raises NotFound for who may not see its category."""
        if not may_see(actor, self.seen.category):
            raise NotFound("There is no such thread")
        return replace(self.seen, moment=partial(now, session))

    def keep_shell(self, alike: Hashable, shell: Shell) -> None:
        """Keep the page around the replies for those who stand alike to the thread; a few of them."""
        if alike in self.shells or len(self.shells) < MOST_SHELLS:
            self.shells[alike] = shell
            self.size += shell.size

    def html(self, by: Reading, first_unread: int | None) -> Markup:
        """The replies for one reader."""
        under = list(self._shared_deeds(by))
        wanted = []
        for place, (row, _, _) in enumerate(self.placed):
            if by.is_own(row):
                known = self.authors.get((by.standing, place)) if by.only_wrote(row) else None
                if known is None:
                    wanted.append(place)
                else:
                    under[place] = known
        drawn = draw_deeds([deeds(self.placed[place][0], None, by) for place in wanted], by) if wanted else ()
        for place, text in zip(wanted, drawn, strict=True):
            under[place] = text
            self._keep_authors(by, place, text)
        return self.drawn.with_deeds(under, first_unread)

    def _keep_authors(self, by: Reading, place: int, text: str) -> None:
        """Keep what stands under a reply for its author, who did nothing else with it: their name is not in it."""
        if by.only_wrote(self.placed[place][0]) and len(self.authors) < MOST_STANDINGS * PER_SCREEN:
            self.authors[by.standing, place] = text
            self.size += len(text)

    def _shared_deeds(self, by: Reading) -> Sequence[str]:
        found = self.deeds.get(by.standing)
        if found is None:
            anybody = by.for_anybody(ANYBODY)
            found = draw_deeds([deeds(row, None, anybody) for row, _, _ in self.placed], anybody)
            if len(self.deeds) < MOST_STANDINGS:
                self.deeds[by.standing] = found
                self.size += sum(map(len, found))
        return found


def reads_as_all(actor: Actor, reader: Visitor, category_id: int) -> bool:
    """Whether somebody reads in a thread of this category what all members read."""
    return not reader.otherwise and not actor.moderates_in(category_id)


def draw_screen(session: Session, seen: ThreadSeen, page: int, position: int) -> Screen:
    """The screen of a published thread that was loaded."""
    first, last = (page - 1) * PER_SCREEN + 1, page * PER_SCREEN
    rows = replies_shown(session, seen.id, first, last)
    here = {row.id for row in rows}
    elsewhere = sorted({row.answered_id for row in rows if row.answered_id is not None} - here)
    placed = tuple(in_order(rows))
    drawn = draw(seen, placed, numbers_of(session, elsewhere))
    size = sum(map(len, drawn.bodies)) + PER_ROW * len(placed) + len(seen.thread.body) + len(seen.thread.body_html)
    light = tuple((row._replace(body_html=""), begins, ends) for row, begins, ends in placed)
    return Screen(replace(seen, moment=_no_moment), light, drawn, position, size)


def _no_moment() -> datetime:
    raise AssertionError("a kept thread is of no unit of work: see `seen_by`")
