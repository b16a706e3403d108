"""A letter about one thread: its new posts in order, and what else happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from service.notifications.jobs.bodies import Room, cut, draw_body, quoted, source_of
from service.notifications.jobs.drafts import Draft, count, in_words
from service.notifications.models import CLOSED, CLOSING_SOON, OPENING, REMINDER, REPLY
from service.notifications.policy import WHY
from service.notifications.queries import Item, Letter, shown_in

SUBJECTS: Final = {
    OPENING: "{}", CLOSED: "Closed: {}", CLOSING_SOON: "Closes soon: {}", REMINDER: "Reminder: {}",
}  # fmt: skip
"""A letter's subject, where it tells of nothing else; with a reply in it, it is the answer to the thread's opening."""

CLOSED_BECAUSE: Final = {
    "manual": "",
    "scheduled": "Its closing time has come.",
    "age": "It has reached the age at which threads here close.",
    "idle": "Nobody has replied for as long as threads here stay open.",
    "replies": "It has as many replies as threads here may have.",
    "archived": "It was archived.",
}
"""Why a thread closed, by the code of the reason, for people."""


@dataclass(frozen=True, slots=True)
class Told:
    """One item as a template shows it: who did what and when, the post's text as typed and as sanitised HTML (empty: it
    has none), further `words`, and where it is read. `number` is the reply's.
    """

    who: str | None
    deed: str
    number: int | None
    when: str
    typed: str
    drawn: str
    words: tuple[str, ...]
    url: str


def told(item: Item, letter: Letter, base_url: str, room: Room) -> Told:
    """An item for the template, with as much of its post as there is room for."""
    notice, post = item.notice, (letter.posts or {}).get(item.notice.id)
    return Told(
        who=notice.actor_name or ("Somebody" if notice.kind in (REPLY, OPENING) else None),
        deed=deed(item),
        number=notice.number,
        when=in_words(notice.created_at, letter.zone),
        typed=cut(source_of(post), room.typed) if post else "",
        drawn=draw_body(post, notice, base_url, room) if post else "",
        words=words_of(item, letter.zone),
        url=base_url + quoted(notice.url),
    )


def deed(item: Item) -> str:
    """What happened, after its actor's name or alone: “mentioned you”, “Closed”."""
    notice = item.notice
    if notice.kind == CLOSED:
        return "closed this thread" if notice.actor_name else "This thread is closed"
    if notice.kind == CLOSING_SOON:
        return "This thread closes soon"
    if notice.kind == REMINDER:
        return "Your reminder of this thread"
    return notice.deed.rpartition(" ")[0] or f"{notice.deed} this thread"


def words_of(item: Item, zone: str) -> tuple[str, ...]:
    """What is to be said of an item that is no post."""
    at = item.closing.at
    if item.notice.kind == CLOSED:
        said = [CLOSED_BECAUSE.get(item.closing.reason or "", "")]
        said += [f"The reason given: {item.closing_words}"] if item.closing_words else []
        since = f"Closed since {in_words(at, zone)}. " if at else ""
        return tuple(each for each in (*said, since + "It can still be read.") if each)
    if item.notice.kind == CLOSING_SOON and at:
        return (f"It closes on {in_words(at, zone)}. Until then you can reply.",)
    if item.notice.kind == REMINDER:
        return ("You asked to be reminded of it at this time.",)
    return ()


def subject_of(items: Sequence[Item]) -> str:
    """The subject: as an answer to the thread's opening, but for a letter that tells of other things alone."""
    kinds = {item.notice.kind for item in items}
    form = SUBJECTS.get(next(iter(kinds)), "Re: {}") if len(kinds) == 1 else "Re: {}"
    return form.format(items[0].notice.thread_title)


def headline(items: Sequence[Item]) -> str:
    """What the letter is about in a few words: “bob replied to”, “3 new replies in”."""
    replies = [item for item in items if item.notice.kind == REPLY]
    others = {item.notice.kind for item in items} - {REPLY}
    if len(items) > 1:
        new = count(len(replies), "new reply", "new replies")
        if others == {CLOSED} and replies:
            return f"{new} and the closing of"
        return f"{len(items)} pieces of news of" if others else f"{new} in"
    notice = items[0].notice
    if notice.kind == CLOSED:
        return f"{notice.actor_name} closed" if notice.actor_name else deed(items[0])
    if notice.kind == CLOSING_SOON:
        return deed(items[0])
    if notice.kind == REMINDER:
        return "Your reminder of"
    return f"{notice.actor_name or 'Somebody'} {notice.deed}"


def why_of(items: Sequence[Item]) -> str:
    """Why this person is told: of all reasons the most personal."""
    order = list(WHY)
    return WHY[min((item.notice.reason for item in items), key=order.index)]


def draft(letter: Letter, base_url: str) -> Draft:
    """What a letter about one thread says."""
    items, shown = letter.items, shown_in(letter.kind, letter.items)
    room = Room.for_each_of(len(letter.posts or {}))
    entries = [told(item, letter, base_url, room) for item in shown]
    names = {item.notice.actor_name for item in items}
    facts = {
        "headline": headline(items),
        "title": items[0].notice.thread_title,
        "items": entries,
        "alone": len(items) == 1,
        "is_opening": {item.notice.kind for item in items} == {OPENING},
        "more": len(items) - len(shown),
        "why": why_of(items),
        "url": entries[0].url,
        "invitation": "Read it on the site" if is_closed(items) else "Reply on the site",
    }
    sender = names.pop() if len(names) == 1 else None
    return Draft("thread", subject_of(items), facts, [each.drawn for each in entries], sender)


def is_closed(items: Sequence[Item]) -> bool:
    """Whether the thread takes no replies."""
    return any(item.standing.closed for item in items)
