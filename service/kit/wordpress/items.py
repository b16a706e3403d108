"""What an export holds: the blog, its posts, their comments."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from tempfile import SpooledTemporaryFile
from typing import Final

LONGEST: Final = 1_000_000
"""Characters of a post or a comment that are kept; of a longer one nothing is, and `text` is None."""

IN_MEMORY: Final = 1_000_000
"""Bytes of a post's comments that wait in memory; more wait in a file."""

NEVER: Final = "0000-00-00"
PINGS: Final = ("pingback", "trackback")


@dataclass(slots=True)
class Blog:
    """Where the posts come from. `authors` is display names by login; `categories` is name and description by slug."""

    title: str = ""
    link: str = ""
    base: str = ""
    authors: dict[str, str] = field(default_factory=dict)
    categories: dict[str, tuple[str, str]] = field(default_factory=dict)
    version: str = ""

    @property
    def url(self) -> str:
        """The address that names the blog, the same in every export of it; empty when the file gives none."""
        return (self.base or self.link).strip().rstrip("/")


@dataclass(frozen=True, slots=True)
class Term:
    """A category or a tag of a post: `domain` is `category`, `post_tag` or something of a plugin's."""

    domain: str
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment's head. `parent` is 0 for none; `status` is `1`, `0`, `spam`, `trash` or `post-trashed`.

    `place` says where its author and text wait; `sized` is false for a text that is too long.
    """

    id: int
    parent: int
    at: datetime | None
    status: str
    kind: str
    line: int
    place: int
    sized: bool

    @property
    def is_ping(self) -> bool:
        """Whether another site's program sent it, because it links here."""
        return self.kind in PINGS


class Comments:
    """The comments of one post: their heads in memory, in the order of the file, and their texts beside."""

    def __init__(self) -> None:
        self.heads: list[Comment] = []
        self._texts = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 — it lives as long as the post

    def __iter__(self) -> Iterator[Comment]:
        return iter(self.heads)

    def __len__(self) -> int:
        return len(self.heads)

    def add(self, fields: dict[str, str | None], line: int) -> None:
        """Keep a comment: its head here, its author and text in the file."""
        text = fields.get("wp:comment_content", "")
        place = self._texts.seek(0, 2)
        self._texts.write(json.dumps([fields.get("wp:comment_author") or "", text or ""]).encode() + b"\n")
        self.heads.append(
            Comment(
                number(fields.get("wp:comment_id")),
                number(fields.get("wp:comment_parent")),
                instant(fields.get("wp:comment_date_gmt"), fields.get("wp:comment_date")),
                (fields.get("wp:comment_approved") or "").strip(),
                (fields.get("wp:comment_type") or "").strip(),
                line,
                place,
                text is not None,
            )
        )

    def words(self, comment: Comment) -> tuple[str, str]:
        """The comment's author, as they named themselves, and its text."""
        self._texts.seek(comment.place)
        author, text = json.loads(self._texts.readline())
        return author, text

    def close(self) -> None:
        """Let the texts go."""
        self._texts.close()


@dataclass(slots=True)
class Post:
    """A post, a page, or whatever else WordPress keeps as one (`kind` is its `post_type`). `line` is where it begins.

    `id` is 0 when the file gives none; `text` is None when it is too long; `at` is None when no date can be read.
    """

    id: int
    kind: str
    title: str
    link: str
    login: str
    text: str | None
    at: datetime | None
    status: str
    comments_open: bool
    protected: bool
    sticky: bool
    terms: tuple[Term, ...]
    comments: Comments
    line: int


def post_of(fields: dict[str, str | None], terms: list[Term], comments: Comments, line: int) -> Post:
    """The post of an item's fields."""

    def value(name: str) -> str:
        return (fields.get(name) or "").strip()

    return Post(
        id=number(fields.get("wp:post_id")),
        kind=value("wp:post_type") or "post",
        title=value("title"),
        link=value("link"),
        login=value("dc:creator"),
        text=fields.get("content:encoded", ""),
        at=instant(fields.get("wp:post_date_gmt"), fields.get("wp:post_date"), fields.get("pubDate")),
        status=value("wp:status") or "publish",
        comments_open=value("wp:comment_status") != "closed",
        protected=bool(value("wp:post_password")),
        sticky=value("wp:is_sticky") == "1",
        terms=tuple(terms),
        comments=comments,
        line=line,
    )


def number(text: str | None) -> int:
    """A whole number of at most 18 digits; 0 for anything else."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def instant(*texts: str | None) -> datetime | None:
    """The first of these that is a date: `2012-11-05 03:12:44` or RFC 5322's form; without a zone it is UTC's.

    WordPress writes 0000-00-00 for what has no date yet; its local time then is the best there is.
    """
    for text in texts:
        text = (text or "").strip()
        if not text or text.startswith(NEVER):
            continue
        try:
            if text[:4].isdigit():
                return datetime.strptime(text[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
            found = parsedate_to_datetime(text)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None
