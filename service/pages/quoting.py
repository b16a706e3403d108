"""The quotation that a reply may begin with: the words of another, and a link that says whose they are."""

import re
from typing import Final

from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import NotFound
from service.kit.text import plain
from service.pages import thread_views
from service.replies.models import Reply
from service.replies.queries import get_reply_by_number
from service.threads.models import Thread
from service.threads.queries import ThreadSeen

MOST: Final = 1_500
"""Characters of a post that its quotation takes over; who quotes may take more, or less."""

MARKUP: Final = re.compile(r"([\\`*_\[\]<>&!#@])")
"""What a name must not do in the Markdown of the link that names it."""


def quotation(session: Session, actor: Actor, seen: ThreadSeen, number: int | None) -> str:
    """A reply of the thread, or its opening (0), as a blockquote with a link to it; empty where there is
    nothing to quote.
    """
    if number is None:
        return ""
    if number == 0:
        return _quoted(seen.thread, seen.author_name, "wrote", thread_views.thread_url(seen))
    try:
        found = get_reply_by_number(session, actor, seen.id, number)
    except NotFound:
        return ""
    if found.is_stub:
        return ""
    return _quoted(found.reply, found.author_name, f"wrote in #{number}", thread_views.reply_url(seen, number))


def _quoted(post: Thread | Reply, name: str | None, deed: str, url: str) -> str:
    """The quotation with its link, and an empty line behind it to begin one's own words on."""
    words = post.body if post.body_format == "markdown" else plain(post.body_html)
    if len(words) > MOST:
        words = (words[:MOST].rpartition(" ")[0] or words[:MOST]).rstrip() + " …"
    author = MARKUP.sub(r"\\\1", name or "Anonymous")
    lines = [f"[{author} {deed}]({url}):", "", *words.splitlines()]
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"
