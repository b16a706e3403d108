"""The file, read piece by piece: expat's events in, posts out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from service.kit.lazily import lazily
from service.kit.wordpress.items import LONGEST, Blog, Comments, Post, Term, post_of

defused = lazily("defusedxml.ElementTree")
faults = lazily("defusedxml.common")

CHUNK: Final = 65_536
CHANNEL: Final = frozenset({"title", "link", "wp:base_blog_url", "wp:wxr_version"})
AUTHOR: Final = frozenset({"wp:author_login", "wp:author_display_name"})
CATEGORY: Final = frozenset({"wp:category_nicename", "wp:cat_name", "wp:category_description"})
ITEM: Final = frozenset({
    "title", "link", "pubDate", "dc:creator", "content:encoded", "wp:post_id", "wp:post_date", "wp:post_date_gmt",
    "wp:comment_status", "wp:status", "wp:post_type", "wp:post_password", "wp:is_sticky", "category",
})  # fmt: skip
COMMENT: Final = frozenset({
    "wp:comment_id", "wp:comment_author", "wp:comment_date", "wp:comment_date_gmt", "wp:comment_content",
    "wp:comment_approved", "wp:comment_type", "wp:comment_parent",
})  # fmt: skip
"""The elements that are read, and where. Commenters' mail addresses and IP addresses are not among them."""

PARTS: Final = {
    "channel": CHANNEL, "item": ITEM, "wp:comment": COMMENT, "wp:author": AUTHOR, "wp:category": CATEGORY,
}  # fmt: skip
NAMESPACES: Final = (
    ("/excerpt/", "excerpt:"), ("wordpress.org/export/", "wp:"), ("purl.org/rss/1.0/modules/content/", "content:"),
    ("purl.org/dc/elements/", "dc:"),
)  # fmt: skip
"""The ends or middles of namespaces, whose versions and schemes differ, and the prefixes they have here."""


class Broken(Exception):
    """The file cannot be read as an export. The message names the line and what is wrong there."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(f"Line {line}: {words}")
        self.line = line


class Export:
    """An export file. `blog` is what was read of the blog so far; `read` how many bytes of `size` were read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = path.stat().st_size
        self.read = 0
        self.blog = Blog()

    def posts(self) -> Iterator[Post]:
        """Every item of the file, in order. A post's comments can be read until the next post is asked for.

        Raises Broken, also at the very end: nothing should be believed of a file before it was read once.
        """
        self.read, self.blog = 0, Blog()
        target = Target(self.blog)
        parser: Any = defused.DefusedXMLParser(target=target, forbid_dtd=True)
        target.parser = parser.parser
        with self.path.open("rb") as file:
            while chunk := file.read(CHUNK):
                feed(parser, chunk)
                self.read += len(chunk)
                yield from target.take()
            feed(parser, b"")
        if not target.is_export:
            raise Broken(1, "this is no WordPress export: it has no rss element with WordPress's items")


def feed(parser: Any, chunk: bytes) -> None:
    """Parse a piece; an empty one ends the file. Raises Broken."""
    try:
        parser.feed(chunk) if chunk else parser.close()
    except ParseError as error:
        raise Broken(error.position[0], str(error).partition(":")[0]) from error
    except faults.DefusedXmlException as error:
        line = parser.parser.CurrentLineNumber
        raise Broken(line, "a document type or an entity is defined here, which no export needs") from error
    except (LookupError, ValueError) as error:
        raise Broken(parser.parser.CurrentLineNumber, f"it cannot be decoded ({error})") from error


class Target:
    """Hears of every start, end and text. `context` is the part being read, `fields` its elements so far.

    A text longer than LONGEST is not kept: its field is None.
    """

    def __init__(self, blog: Blog) -> None:
        self.blog = blog
        self.parser: Any = None
        self.is_export = False
        self._path: list[str] = []
        self._names: dict[str, str] = {}
        self._done: list[Post] = []
        self._texts: list[str] | None = None
        self._length = 0
        self._fields: dict[str, dict[str, str | None]] = {part: {} for part in PARTS}
        self._terms: list[Term] = []
        self._term: dict[str, str] = {}
        self._comments = Comments()
        self._lines: dict[str, int] = {}

    def take(self) -> Iterator[Post]:
        """The posts that have ended since the last time; the texts of each go when the next is asked for."""
        done, self._done = self._done, []
        for post in done:
            yield post
            post.comments.close()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """A start tag, `{namespace}name`."""
        name = self._names.get(tag) or self._name(tag)
        around = self._path[-1] if self._path else ""
        self._path.append(name)
        if name in PARTS and (name != "wp:category" or around == "channel"):
            self._fields[name] = {}
            self._lines[name] = self.parser.CurrentLineNumber
        self._texts, self._length = ([], 0) if name in PARTS.get(around, ()) else (None, 0)
        if name == "category":
            self._term = attributes

    def data(self, text: str) -> None:
        """Characters of the element that is being read."""
        if self._texts is not None and self._length <= LONGEST:
            self._length += len(text)
            self._texts.append(text)

    def end(self, tag: str) -> None:
        """An end tag."""
        name = self._path.pop()
        around = self._path[-1] if self._path else ""
        if self._texts is not None:
            value = "".join(self._texts) if self._length <= LONGEST else None
            if name == "category" and around == "item":
                self._terms.append(Term(self._term.get("domain", ""), self._term.get("nicename", ""), value or ""))
            else:
                self._fields[around].setdefault(name, value)
            self._texts = None
        if name in PARTS:
            self._end_part(name, around)

    def close(self) -> None:
        """The end of the file."""

    def _name(self, tag: str) -> str:
        space, _, local = tag.rpartition("}")
        prefix = next((short for mark, short in NAMESPACES if mark in space), "" if not space else "other:")
        self._names[tag] = prefix + local
        return prefix + local

    def _end_part(self, name: str, around: str) -> None:
        fields = self._fields[name]
        if name == "item":
            self._done.append(post_of(fields, self._terms, self._comments, self._lines["item"]))
            self.is_export = self.is_export or "wp:post_id" in fields
            self._terms, self._comments = [], Comments()
        elif name == "wp:comment":
            self._comments.add(fields, self._lines[name])
        elif name == "wp:author":
            login = (fields.get("wp:author_login") or "").strip()
            self.blog.authors[login] = (fields.get("wp:author_display_name") or "").strip() or login
        elif name == "wp:category" and around == "channel":
            named = (fields.get("wp:cat_name") or "", fields.get("wp:category_description") or "")
            self.blog.categories[(fields.get("wp:category_nicename") or "").strip()] = named
        elif name == "channel":
            self._end_channel(fields)

    def _end_channel(self, fields: dict[str, str | None]) -> None:
        self.blog.title, self.blog.link = fields.get("title") or "", fields.get("link") or ""
        self.blog.base = fields.get("wp:base_blog_url") or ""
        self.blog.version = fields.get("wp:wxr_version") or ""
        self.is_export = self.is_export or bool(self.blog.version)
