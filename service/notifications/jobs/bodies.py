"""Posts as letters show them: whole addresses, no more than a mail program shows, the same words in both parts."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import quote

from service.kit.text import mentioned_in, plain, render
from service.kit.text.mailing import for_mail
from service.notifications.queries import NoticeSeen, Post
from service.replies.models import address

MOST_QUOTED: Final = 4_000
"""Characters of one post that a letter shows; the rest is read on the site."""

MOST_TEXT: Final = 16_000
"""Characters of all posts together."""

MOST_DRAWN: Final = 60_000
"""Characters of all posts' HTML in a letter: a mail program that shows 100 KB cuts off the rest (the way out)."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much of a post a letter has room for: characters as it was typed, and characters of HTML."""

    typed: int
    drawn: int

    @classmethod
    def for_each_of(cls, posts: int) -> "Room":
        """The room that each of so many posts has."""
        return cls(min(MOST_QUOTED, MOST_TEXT // max(posts, 1)), MOST_DRAWN // max(posts, 1))


def source_of(post: Post) -> str:
    """The post's text for the text part: as it was typed, or the words of one that an import brought in HTML."""
    return post.body if post.format == "markdown" else plain(post.html)


def cut(body: str, most: int) -> str:
    """As much of a text as there is room for, whole words; "…" says that there is more."""
    if len(body) <= most:
        return body
    return (body[:most].rpartition(" ")[0] or body[:most]).rstrip() + " …"


def draw_body(post: Post, notice: NoticeSeen, base_url: str, room: Room) -> str:
    """The post's text for the HTML part: as the site shows it; of a long one the beginning, sanitised like the whole.

    What would still be too long, such as a table of empty cells, is shown as it was typed.
    """
    drawn, resolve = post.html, resolver(notice, base_url)
    if len(post.body) > room.typed or len(drawn) > room.drawn:
        drawn = render(cut(source_of(post), room.typed), "letter", known=frozenset(mentioned_in(drawn)))
    fit = for_mail(drawn, resolve) if len(drawn) <= room.drawn else None
    if fit is None or len(fit) > room.drawn:
        return for_mail(f"<pre>{escape(cut(source_of(post), room.typed))}</pre>", resolve)
    return fit


def resolver(notice: NoticeSeen, base_url: str) -> Callable[[str], str]:
    """What makes links within the site whole: paths, other replies of the thread, and places in the post itself."""

    def resolve(link: str) -> str:
        if link.startswith("/"):
            return base_url + link
        number = link.removeprefix("#reply-")
        path = address(notice.thread_id, notice.thread_slug, int(number)) if number.isdecimal() else notice.url
        return base_url + quoted(path)

    return resolve


def quoted(path: str) -> str:
    """A path of the site as an address has it: slugs may be in any script."""
    return quote(path, safe="/?=#")
