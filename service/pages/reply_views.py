"""From rows to the replies of a thread's page: what everybody reads, and what stands under each for one reader. Every
permission is asked here, of the same checks as the deeds.

What is drawn comes in pieces, so that what is the same for all members is drawn once (`pages.shared_screen`).
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from markupsafe import Markup

from service.kit.actor import Actor
from service.pages.flagged import NOBODY, Flagging
from service.pages.moderating import Marks
from service.pages.reactions import Reacting
from service.pages.rendering import ENVIRONMENT, moment, trusted
from service.pages.thread_views import edits_open, may_change, may_go, page_of, thread_url
from service.pages.views.replies import NO_DEEDS, Deeds, ReplyView
from service.pages.views.thread import Earlier
from service.replies import policy
from service.replies.models import Reply, address
from service.replies.queries import ReplySeen
from service.replies.queries.screens import Shown, to_shown
from service.threads.queries import ThreadSeen

CUT: Final = f"\0{secrets.token_hex(8)}\0"
"""Where a drawing is cut into pieces: what no text holds, and nobody can guess."""

NEW: Final = '<p class="first-unread">New</p>\n'
ENDS: Final = "</ol>\n</li>\n"


@dataclass(frozen=True, slots=True)
class Drawn:
    """The replies of a page without what stands under them: `bodies`, and what stands before, between and behind them
    (one more). `numbers` are theirs, in the order of the page.
    """

    numbers: tuple[int | None, ...]
    bodies: Sequence[str]
    around: Sequence[str]

    def with_deeds(self, deeds: Sequence[str], first_unread: int | None = None) -> Markup:
        """The whole, with what stands under each; the first one that its reader has not read is marked."""
        found = [self.around[0]]
        for number, body, under, behind in zip(self.numbers, self.bodies, deeds, self.around[1:], strict=True):
            if number is not None and number == first_unread:
                found.append(NEW)
            found += (body, under, behind)
        return trusted("".join(found))


Standing = tuple[str, str | None, bool, bool, bool, bool, bool, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How one reader stands to the replies of a thread, which they read at `action`.

    `answer` is the query that opens the form that answers a reply, with `{}` for its number (None: the reader gets no
    form). `marks` are there for who reads what not everybody does.
    """

    actor: Actor
    action: str
    answer: str | None
    reacts: Reacting
    flags: Flagging
    changing: bool
    editing: bool
    marks: Marks | None = None

    @property
    def standing(self) -> "Standing":
        """What the reader may do here, apart from what they have done."""
        may = self.reacts.taken, self.flags.offered, self.changing, self.editing
        return self.action, self.answer, *may, self.actor.silence is None, self.actor.scopes

    def only_wrote(self, row: Shown) -> bool:
        """Whether all that is the reader's own about this reply is that they wrote it."""
        mine = row.author_id == self.actor.account_id and self.reacts.wanted is None
        return mine and row.id not in self.reacts.own and row.id not in self.flags.mine

    def is_own(self, row: Shown) -> bool:
        """Whether something else may stand under this reply for the reader than for everybody."""
        mine = self.actor.signed_in and row.author_id == self.actor.account_id
        return mine or row.id in self.reacts.own or row.id in self.flags.mine or row.number == self.reacts.wanted

    def for_anybody(self, anybody: Actor) -> "Reading":
        """The same for who may do as much, and has done nothing here."""
        reacts = replace(self.reacts, actor=anybody, own={}, wanted=None)
        flags = replace(self.flags, actor=anybody, mine=NOBODY)
        return replace(self, actor=anybody, reacts=reacts, flags=flags, changing=False, editing=False, marks=None)


def reading(
    seen: ThreadSeen, actor: Actor, action: str, answer: str | None, reacts: Reacting, flags: Flagging,
    marks: Marks | None = None,
) -> Reading:  # fmt: skip
    """The same, where a guest changes nothing and nobody anything in the archive."""
    changing = actor.signed_in and seen.thread.archived_at is None
    return Reading(actor, action, answer, reacts, flags, changing, changing and edits_open(actor, seen), marks)


def draw_all(seen: ThreadSeen, replies: Iterable[ReplySeen], numbers: Mapping[int, int], by: Reading) -> "InFull":
    """The replies as they were loaded for one reader, with all that only they see."""
    entities = {each.id: each.reply for each in replies}
    rows = in_order([to_shown(each) for each in replies])
    drawn = draw(seen, rows, numbers, by, entities)
    posts = [None if row.is_stub else entities[row.id] for row, _, _ in rows]
    return InFull(drawn, draw_deeds([deeds(row, post, by) for (row, _, _), post in zip(rows, posts, strict=True)], by))


@dataclass(frozen=True, slots=True)
class InFull:
    """Replies that were drawn for one reader."""

    drawn: Drawn
    deeds: Sequence[str]

    def html(self, first_unread: int | None) -> Markup:
        """The whole."""
        return self.drawn.with_deeds(self.deeds, first_unread)


Placed = tuple[Shown, bool, int]
"""A reply in its place: whether others stand under it, and how many lists end with it."""


def in_order(replies: Sequence[Shown]) -> list[Placed]:
    """One page's replies, each under its parent where that stands on the same page, in the order of their numbers."""
    here = {reply.id for reply in replies}
    under: dict[int | None, list[Shown]] = {}
    for reply in replies:
        under.setdefault(reply.parent_id if reply.parent_id in here else None, []).append(reply)
    found: list[Placed] = []
    waiting = [(reply, 0) for reply in reversed(under.get(None, ()))]
    while waiting:
        reply, ends = waiting.pop()
        children = under.get(reply.id)
        found.append((reply, children is not None, 0 if children else ends))
        if children:
            last, *before = reversed(children)
            waiting += [(last, ends + 1), *((child, 0) for child in before)]
    return found


def draw(
    seen: ThreadSeen,
    replies: Sequence[Placed],
    numbers: Mapping[int, int],
    by: Reading | None = None,
    entities: Mapping[int, Reply] | None = None,
) -> Drawn:
    """The replies without what stands under them; with what `by` sees of their state, where that is given. `numbers`
    are those of what they answer and is not on the page, by id.
    """
    known = {row.id: row.number for row, _, _ in replies if row.number is not None} | dict(numbers)
    slug, here = quote(seen.thread.slug), thread_url(seen)
    views = [_view(seen, slug, placed, known) for placed in replies]
    if by is not None and by.marks is not None and entities is not None:
        views = [_marked(view, entities[row.id], by.marks) for view, (row, _, _) in zip(views, replies, strict=True)]
    text = _template("parts/replies.html", views, by.action if by else here)
    return Drawn(tuple(view.number for view in views), text[1::2], text[0::2])


def _template(name: str, replies: Sequence[Any], action: str) -> list[str]:
    drawn = ENVIRONMENT.get_template(name).render(replies=replies, action=action, cut=trusted(CUT))
    return drawn.split(CUT)


def _view(seen: ThreadSeen, slug: str, placed: Placed, numbers: Mapping[int, int]) -> ReplyView:
    row, begins, ends = placed
    number = row.number
    edited = row.edited_at
    return ReplyView(
        number,
        anchor_of(row),
        row.moderation,
        "" if number is None else address(seen.id, slug, number),
        row.is_stub,
        row.author_username,
        row.author_name or "Anonymous",
        trusted(row.body_html),
        moment(row.created_at),
        None if edited is None else moment(edited),
        f"{base_of(seen.id, row)}/revisions" if number and edited else None,
        row.posted_while_closed,
        None if row.answered_id is None else _answered(seen.id, slug, row, numbers),
        begins,
        trusted(ENDS * ends),
    )


def _marked(view: ReplyView, reply: Reply, marks: Marks) -> ReplyView:
    """The same, with what the reader sees of a reply's state."""
    return view if view.is_stub else view._replace(standing=marks.standing(reply), edit=marks.edit(reply))


def _answered(thread_id: int, slug: str, row: Shown, numbers: Mapping[int, int]) -> Earlier | None:
    """The reply that was answered, where the place alone does not say so: on another page, or below the last level."""
    number = numbers.get(row.answered_id or 0)
    if number is None:
        return None
    same_page = row.number is not None and page_of(number) == page_of(row.number)
    if row.answered_id == row.parent_id and same_page:
        return None
    return Earlier(number, address(thread_id, slug, number))


def draw_deeds(found: Sequence[Deeds], by: Reading) -> list[str]:
    """What stands under each of these replies."""
    if all(each is NO_DEEDS for each in found):
        return [""] * len(found)
    return _template("parts/deeds.html", found, by.action)[:-1]


def deeds(row: Shown, reply: Reply | None, by: Reading) -> Deeds:
    """What stands under a reply for its reader. `reply` is its own row, where it is not one that everybody reads."""
    if row.is_stub:
        return NO_DEEDS
    published, base, post = row.moderation == "published", base_of(by.reacts.thread_id, row), reply or row
    answered = by.answer.format(row.number) if by.answer is not None and published else None
    name = f"reply{f' {row.number}' if row.number else ''} by {row.author_name or 'Anonymous'}"
    found = Deeds(
        row.number,
        anchor_of(row),
        answered,
        answered and answered.replace("reply_to=", "quote="),
        f"{base}/edit" if by.editing and may_change(policy.check_may_edit, by.actor, post) else None,
        f"{base}/delete" if by.changing and may_go(policy.check_may_delete, by.actor, post) else None,
        by.reacts.on_reply(row, name),
        by.flags.on_reply(row, base),
        by.marks.menu(reply, name) if by.marks and reply else None,
    )
    return found if any(found[2:]) else NO_DEEDS


def anchor_of(row: Shown) -> str:
    """A reply's id on the page."""
    return f"waiting-{row.id}" if row.number is None else f"reply-{row.number}"


def base_of(thread_id: int, row: Shown) -> str:
    """Where a reply's own screens lie: by its number, or by its id while it has none."""
    return f"/t/{thread_id}/waiting/{row.id}" if row.number is None else f"/t/{thread_id}/replies/{row.number}"
