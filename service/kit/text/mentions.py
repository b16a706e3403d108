"""`@username` in a post: which names a text may mention, and the links that it gets for those that exist.

Who exists is asked before rendering (`typed_names` says about whom); `link_names` fits the links in before the text is
sanitised; `mentioned_in` reads off the finished text who is mentioned, so that whoever is told is whoever is shown.
"""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

MOST_NAMES: Final = 20
"""Names that one post can mention: the first so many, in whatever place of the text they stand."""

MOST_LINKS: Final = 100
"""Mentions that become links: each makes the text fifteen times as long, and the same name may stand there often."""

SHORTEST: Final = 3
LONGEST: Final = 30
"""Characters of a username."""

TYPED: Final = re.compile(r"(?<![^\W_])@([A-Za-z0-9_.\\-]++)")
"""What may turn out to be a mention, in Markdown: looser than TAG_OR_NAME, since `_@bob_` is emphasis, not a word, and
`\\_` is a character of a name."""

TAG_OR_NAME: Final = re.compile(
    r"<(?P<end>/?)(?P<tag>[a-z0-9]+)[^>]*>|(?<![\w@/.+#$%=-])@(?P<run>[A-Za-z0-9_.-]++)(?![\w@])"
)
"""In the parser's HTML: a tag, or an @ and the run of characters behind it. No mention begins within a word or an
address, and none ends before another @: that is somebody on another site."""

MENTION: Final = re.compile(r'<a href="/u/([A-Za-z0-9_.-]{3,30})" class="mention"')
"""A mention as the sanitiser writes it; what people type can get no class."""

APART: Final = frozenset({"a", "code", "pre"})
"""Elements in which a name is left as it is: the words of a link, and what is quoted character by character."""


def spellings(run: str) -> tuple[str, ...]:
    """The names that a run of name characters may stand for, longest first: `bob.` at a sentence's end is `bob`."""
    found = dict.fromkeys((run, run.rstrip("."), run.rstrip(".-"), run.rstrip("._-")))
    return tuple(name for name in found if SHORTEST <= len(name) <= LONGEST)


def typed_names(markdown: str) -> tuple[str, ...]:
    """The names, in lower case, that the text may mention: those to look up. Of most texts there are none."""
    if "@" not in markdown:
        return ()
    runs: Iterator[str] = (found[1].replace("\\", "").lower() for found in TYPED.finditer(markdown))
    distinct = islice(dict.fromkeys(runs), MOST_NAMES)
    return tuple(dict.fromkeys(name for run in distinct for name in spellings(run)))


def link_names(html: str, known: frozenset[str]) -> str:
    """The parser's HTML with a link for each mention of a known name; the words stay as they were typed.

    `known` are usernames as their owners write them. Names in links and code stay as they are.
    """
    if not known:
        return html
    written = {name.lower(): name for name in known}
    apart = linked = 0

    def one(found: re.Match[str]) -> str:
        nonlocal apart, linked
        if found["tag"]:
            apart += (found["tag"] in APART) * (-1 if found["end"] else 1)
            return found[0]
        name = next((name for name in spellings(found["run"]) if name.lower() in written), None)
        if name is None or apart or linked == MOST_LINKS:
            return found[0]
        linked += 1
        rest = found["run"][len(name) :]
        return f'<a href="/u/{written[name.lower()]}" class="mention">@{name}</a>{rest}'

    return TAG_OR_NAME.sub(one, html)


def mentioned_in(html: str) -> tuple[str, ...]:
    """The usernames that a rendered post mentions, each once, in the order of the text."""
    return tuple(dict.fromkeys(found[1] for found in MENTION.finditer(html)))
