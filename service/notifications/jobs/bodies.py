"""Posts as letters show them: whole addresses, no more than a mail program shows, the same words in both parts."""

from collections.abc import Callable
from html import escape
from typing import Final
from urllib.parse import quote

from service.kit.text import mentioned_in, plain, render
from service.kit.text.mailing import for_mail
from service.notifications.queries import Letter, NoticeSeen
from service.replies.models import address

MOST_QUOTED: Final = 4_000
"""Characters of a post that its letter shows; the rest is read on the site."""

MOST_DRAWN: Final = 60_000
"""Characters of a post's HTML in a letter: a mail program that shows 100 KB cuts off what comes after (the way out)."""


def source_of(letter: Letter) -> str:
    """The post's text for the text part: as it was typed, or the words of one that an import brought in HTML."""
    return letter.body if letter.body_format == "markdown" else plain(letter.body_html)


def cut(body: str) -> str:
    """As much of a text as a letter shows, whole words; "…" says that there is more."""
    if len(body) <= MOST_QUOTED:
        return body
    return (body[:MOST_QUOTED].rpartition(" ")[0] or body[:MOST_QUOTED]).rstrip() + " …"


def draw_body(letter: Letter, base_url: str) -> str:
    """The post's text for the HTML part: as the site shows it; of a long one the beginning, sanitised like the whole.

    What would still be too long, such as a table of empty cells, is shown as it was typed.
    """
    drawn, resolve = letter.body_html, resolver(letter.notice, base_url)
    if len(letter.body) > MOST_QUOTED or len(drawn) > MOST_DRAWN:
        drawn = render(cut(source_of(letter)), "letter", known=frozenset(mentioned_in(drawn)))
    fit = for_mail(drawn, resolve) if len(drawn) <= MOST_DRAWN else None
    if fit is None or len(fit) > MOST_DRAWN:
        return for_mail(f"<pre>{escape(cut(source_of(letter)))}</pre>", resolve)
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
