"""Who is quoted in a post: read off its links, so that whoever is told is whom readers see.

A quote is a blockquote with a link to the post that it is from, as the “Quote” beside every reply begins one.
"""

import re
from itertools import islice
from typing import Final

MOST_QUOTES: Final = 20
"""Posts that one text can quote: the first so many."""

TURN_OR_LINK: Final = re.compile(
    r'<(?P<end>/?)blockquote|<a href="/t/(?P<thread>\d{1,18})(?:/[^"#?]*)?(?:\?[^"#]*)?(?:#reply-(?P<number>\d{1,9}))?"'
)
"""In sanitised HTML: where a quotation begins and ends, and links to a thread or a reply on this site."""


def quoted_in(html: str) -> tuple[tuple[int, int], ...]:
    """The posts that a rendered text quotes, each once, in its order: the thread's id and the reply's number, 0 for
    the thread's opening.
    """
    if "<blockquote" not in html:
        return ()
    found: dict[tuple[int, int], None] = {}
    depth = 0
    for each in TURN_OR_LINK.finditer(html):
        if each["thread"] is None:
            depth += -1 if each["end"] else 1
        elif depth:
            found[int(each["thread"]), int(each["number"] or 0)] = None
    return tuple(islice(found, MOST_QUOTES))
