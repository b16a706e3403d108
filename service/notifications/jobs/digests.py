"""A digest, and the summary of what came in quiet hours: by thread the newest few words of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from service.kit.text import plain
from service.notifications.jobs.bodies import quoted
from service.notifications.jobs.drafts import Draft, count, in_words
from service.notifications.jobs.threads import deed, words_of
from service.notifications.models import DIGEST
from service.notifications.policy.timing import WEEKLY
from service.notifications.queries import Item, Letter, shown_in

EXCERPT: Final = 240
"""Characters of a post that a digest shows."""


@dataclass(frozen=True, slots=True)
class Line:
    """One piece of news: who did what and when, the beginning of the post, and where it is read."""

    who: str | None
    deed: str
    when: str
    excerpt: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """What is new of one thread: the newest lines in order, and how many more there are."""

    title: str
    url: str
    count: str
    lines: Sequence[Line]
    more: int


def draft(letter: Letter, base_url: str) -> Draft:
    """What a digest or a summary says."""
    groups = grouped(letter, base_url)
    threads = len({item.notice.thread_id for item in letter.items})
    news = count(len(letter.items), "piece of news", "pieces of news")
    facts = {
        "headline": headline(letter),
        "summary": f"{news} in {count(threads, 'thread', 'threads')}",
        "groups": groups,
        "more": threads - len(groups),
        "url": f"{base_url}/notifications",
        "is_digest": letter.kind == DIGEST,
        "often": "weekly" if is_weekly(letter) else "daily",
    }
    return Draft("digest", subject_of(letter), facts)


def is_weekly(letter: Letter) -> bool:
    """Whether a digest is a week's."""
    return letter.gather.startswith(f"digest:{WEEKLY}:")


def headline(letter: Letter) -> str:
    """What the letter is, as its heading."""
    if letter.kind == DIGEST:
        return "Your week" if is_weekly(letter) else "Your day"
    return "While it was quiet"


def subject_of(letter: Letter) -> str:
    """The subject says how much there is and whereof."""
    newest = shown_in(letter.kind, letter.items)[0].notice.thread_title
    threads = len({item.notice.thread_id for item in letter.items})
    beside = f" and {count(threads - 1, 'other thread', 'other threads')}" if threads > 1 else ""
    return f"{headline(letter)} at {letter.site}: {newest}{beside}"


def grouped(letter: Letter, base_url: str) -> list[Group]:
    """The shown items by thread, the thread with the newest news first."""
    shown: dict[int, list[Item]] = {}
    for item in shown_in(letter.kind, letter.items):
        shown.setdefault(item.notice.thread_id, []).append(item)
    return [group(letter, base_url, items) for items in shown.values()]


def group(letter: Letter, base_url: str, items: Sequence[Item]) -> Group:
    """One thread's group; it leads to the first of its news, shown or not."""
    thread_id = items[0].notice.thread_id
    all_of_it = [item for item in letter.items if item.notice.thread_id == thread_id]
    return Group(
        title=items[0].notice.thread_title,
        url=base_url + quoted(all_of_it[0].notice.url),
        count=count(len(all_of_it), "piece of news", "pieces of news"),
        lines=[line(letter, base_url, item) for item in items],
        more=len(all_of_it) - len(items),
    )


def line(letter: Letter, base_url: str, item: Item) -> Line:
    """One item as a line."""
    post, notice = (letter.posts or {}).get(item.notice.id), item.notice
    words = plain(post.html, most=EXCERPT) if post else " ".join(words_of(item, letter.zone))
    return Line(
        notice.actor_name, deed(item), in_words(notice.created_at, letter.zone), words, base_url + quoted(notice.url)
    )
