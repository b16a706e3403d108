"""Which posts become threads, and what such a thread has: the rules of the guide `import.md`."""

from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Final

from service.kit.text.html import filled_elsewhere
from service.kit.wordpress import Blog, Post
from service.transfer.policy import names

CLOSED_THERE: Final = "Comments were closed on the blog that this was imported from."
PRIVATE: Final = ("imported-private", "Private posts", "Posts that were private on the blog they came from.")
PAGES: Final = ("pages", "Pages", "")
UNFILED: Final = ("uncategorized", "Uncategorized", "")
KINDS: Final = ("post", "page")


@dataclass(frozen=True, slots=True)
class Filing:
    """The category of a thread, to be made where there is none of this slug."""

    slug: str
    name: str
    description: str
    visibility: str = "public"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something strange about a post that is imported all the same."""

    problem: str
    done: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A post that becomes a thread."""

    title: str
    author_name: str | None
    at: datetime
    filing: Filing
    tags: list[str]
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Passed:
    """A post that is not imported. `reason` is a word to count by, `problem` a sentence where one is needed."""

    reason: str
    problem: str = ""


def decide(post: Post, blog: Blog, body_html: str) -> Taken | Passed:
    """What becomes of a post or a page; `body_html` is its text as it will be shown, for a missing title."""
    if (passed := _unfit(post)) is not None:
        return passed
    if post.at is None:
        return Passed("without a date", "it has no date that can be read")
    remarks: list[Remark] = []
    title, trouble = names.title_of(post.title, body_html)
    if trouble:
        remarks.append(Remark(trouble, f"it is called “{title}”"))
    filing, others = _filed(post, blog)
    tags, left = names.tags_of([term.name for term in post.terms if term.domain == "post_tag"] + others)
    if left:
        most, more = left[:20], f" and {len(left) - 20} more" if len(left) > 20 else ""
        remarks.append(
            Remark("it has more, or longer, tags than a thread may have", f"left out: {', '.join(most)}{more}")
        )
    if filled := filled_elsewhere(post.text or ""):
        remarks.append(
            Remark("parts of it are filled by WordPress when it shows them", f"left out: {', '.join(filled)}")
        )
    if post.sticky:
        remarks.append(Remark("it was held at the top of the blog", "it stands among the others"))
    return Taken(title, names.person(blog.authors.get(post.login, post.login)), post.at, filing, tags, remarks)


def _unfit(post: Post) -> Passed | None:
    """Why a post is not imported: nobody could read it on the blog, or it cannot be kept."""
    if post.status not in ("publish", "private"):
        return Passed(post.status)
    if post.protected:
        return Passed("protected by a password")
    if not post.id:
        return Passed("without an id", "it has no wp:post_id")
    if post.text is None:
        return Passed("too long", "its text has more than 1,000,000 characters")
    return None


def _filed(post: Post, blog: Blog) -> tuple[Filing, list[str]]:
    """The category a thread goes into, and the names of the others that its post was in."""
    own = [term for term in post.terms if term.domain == "category"]
    own = [term for term in own if term.slug != UNFILED[0]] or own[:1]  # that one says nothing beside another
    others = [term.name for term in own[1:]]
    if post.status == "private":
        return Filing(*PRIVATE, visibility="staff"), [term.name for term in own]
    if not own:
        return Filing(*(PAGES if post.kind == "page" else UNFILED)), []
    first = own[0]
    known, description = blog.categories.get(first.slug, ("", ""))
    name = names.short(names.line(unescape(first.name or known or first.slug)), names.MOST_NAME)
    about = names.line(unescape(description))
    kept = about if len(about) <= names.MOST_DESCRIPTION else ""
    return Filing(names.category_slug(first.slug, name), name or "Unnamed", kept), others
