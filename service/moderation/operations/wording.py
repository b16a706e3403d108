"""Canned reasons in use: what a moderator chose, with the post's own words filled in, and what they typed behind it."""

import re
from collections.abc import Mapping
from typing import Final

from sqlmodel import Session

from service.kit.errors import invalid
from service.moderation import queries
from service.replies.queries import ReplySeen
from service.threads.queries import ThreadSeen

MOST: Final = 500
"""Characters of a reason."""

VARIABLE: Final = re.compile(r"\{(title|author|category|site)\}")
"""What a canned reason may name; other braces stay as they are."""


def worded(session: Session, thread: ThreadSeen, reply: ReplySeen | None, canned: int | None, typed: str) -> str:
    """The reason of a decision about a post: the canned one filled in, and what was typed behind it.

    Raises Invalid for a canned reason that there is not (any more), and where both together are too long.
    """
    if canned is None:
        return typed
    found = queries.find_canned(session, canned)
    if found is None:
        raise invalid("/canned", "must be one of the canned reasons")
    said = " ".join(part for part in (fill(found.body, values_of(thread, reply)), typed) if part)
    if len(said) > MOST:
        raise invalid("/reason", f"The reason has {len(said)} characters once it is filled in; at most {MOST} fit")
    return said


def fill(body: str, values: Mapping[str, str]) -> str:
    """The text with its variables filled in, once: what a title says in braces is a title's text."""
    return VARIABLE.sub(lambda found: values[found[1]], body)


def values_of(thread: ThreadSeen, reply: ReplySeen | None) -> dict[str, str]:
    """What the variables of a canned reason stand for, about this post."""
    author = (reply or thread).author_name
    return {
        "title": thread.thread.title, "author": author or "the author", "category": thread.category.name,
        "site": thread.site.name,
    }  # fmt: skip
