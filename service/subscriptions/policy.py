"""How closely somebody follows a thread, from all that they said and did about it, its tags and its category. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from service.subscriptions.models import MUTED, NORMAL, TRACKING, WATCHING, WATCHING_FIRST

OPENED: Final = "opened"
REPLIED: Final = "replied"
CHOSEN: Final = "chosen"
TAG: Final = "tag"
CATEGORY: Final = "category"
"""Why a level is what it is, beside `read` (models): one opened the thread, replied in it, chose the level, or has one
on a tag of the thread or on its category."""

CLOSEST_FIRST: Final = (WATCHING, WATCHING_FIRST, TRACKING, NORMAL)


@dataclass(frozen=True, slots=True)
class Bearings:
    """All that bears on how closely one person follows one thread: the level of their own on it, and why; whether they
    opened it; their levels on its tags, by the tag's id; their level on its category.
    """

    own: str | None = None
    own_reason: str | None = None
    is_author: bool = False
    tags: Mapping[int, str] = field(default_factory=dict)
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Effective:
    """The level that holds and why; `tag` is the id of the tag that it comes from, if it does."""

    level: str
    reason: str | None = None
    tag: int | None = None


def effective(bearings: Bearings) -> Effective:
    """The level that holds: that of the thread itself, else of its author, of its tags, of its category, else normal.

    Of several tags a muted one decides, else the one that is followed most closely (of equals the oldest).
    """
    if bearings.own is not None:
        return Effective(bearings.own, bearings.own_reason)
    if bearings.is_author:
        return Effective(WATCHING, OPENED)
    if bearings.tags:
        order = (MUTED, *CLOSEST_FIRST)
        tag, level = min(bearings.tags.items(), key=lambda one: (order.index(one[1]), one[0]))
        return Effective(level, TAG, tag)
    if bearings.category is not None:
        return Effective(bearings.category, CATEGORY)
    return Effective(NORMAL)
