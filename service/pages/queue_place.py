"""Where in the review queue somebody is: the list, what is looked for in it, and the page; all of it in the address."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Query

from service.accounts.queries import find_account
from service.categories.queries import get_category
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import NotFound
from service.moderation.models import FLAG_REASONS, FLAGGED
from service.moderation.queries import WAITING, Sought
from service.web.paging import from_cursor

TABS: Final = {
    WAITING: "Waiting",
    FLAGGED: "Flagged",
    "hidden": "Hidden",
    "spam": "Spam",
    "rejected": "Rejected",
    "trash": "Trash",
}
"""The lists by the word in the address."""

APPEALS: Final = "appeals"
"""The list that has a page of its own, `/mod/appeals`."""

REVIEWS: Final = (WAITING, FLAGGED)
"""Lists of what can be decided now, the oldest first; the others are of posts that were put out of sight."""

STATE_OF: Final = {"trash": "trashed"}
AGES: Final = {"1h": timedelta(hours=1), "1d": timedelta(days=1), "7d": timedelta(days=7)}
"""How long something has waited at least, by the word in the address."""

NOBODY: Final = 0
"""The id of nobody: whoever is looked for by a name that nobody has is not found."""

Word = Annotated[str, Query(max_length=60)]


@dataclass(frozen=True, slots=True)
class Place:
    """A list of the queue (`show`), what is looked for in it (empty: everything), and the page (`after` a cursor)."""

    show: str = WAITING
    category: str = ""
    rule: str = ""
    reason: str = ""
    age: str = ""
    author: str = ""
    after: str = ""

    @property
    def of_reviews(self) -> bool:
        """Whether it is a list of what can be decided now."""
        return self.show in REVIEWS

    @property
    def filters(self) -> dict[str, str]:
        """What is looked for, by the name of the field."""
        named = ("category", "rule", "reason", "age", "author") if self.of_reviews else ("category", "author")
        return {name: value for name, value in asdict(self).items() if name in named and value}

    @property
    def key(self) -> tuple[int, ...] | None:
        """The key that the page follows; None for the first. Raises Invalid for a cursor that was never given out."""
        return from_cursor(self.after or None, 2)

    def url(self, **more: Any) -> str:
        """The address of this place, with more words in it."""
        query = {} if self.show == WAITING else {"show": self.show}
        query |= self.filters | ({"after": self.after} if self.after else {}) | more
        return f"/mod/queue?{urlencode(query)}" if query else "/mod/queue"

    def at(self, after: str = "") -> "Place":
        """The same list on another page."""
        return replace(self, after=after)

    def tab(self, show: str) -> "Place":
        """Another list, with the same things looked for."""
        return replace(self, show=show, after="")

    def sought(self, session: Session, actor: Actor, at: datetime) -> Sought:
        """What is looked for, for the queries. Raises NotFound for a category that the actor does not see."""
        author = find_account(session, self.author) if self.author else None
        return Sought(
            state=self.show if self.of_reviews else None,
            category_id=get_category(session, actor, self.category).id if self.category else None,
            reason=(self.reason or None) if self.of_reviews else None,
            rule_id=int(self.rule) if self.rule and self.of_reviews else None,
            author_id=(author.id if author else NOBODY) if self.author else None,
            opened_before=at - AGES[self.age] if self.age and self.of_reviews else None,
        )


def place_of(
    show: Word = WAITING,
    category: Word = "",
    rule: Annotated[str, Query(max_length=18)] = "",
    reason: Word = "",
    age: Word = "",
    author: Word = "",
    after: Annotated[str, Query(max_length=200)] = "",
) -> Place:
    """The place that an address names. Raises NotFound for a list, or a choice of a filter, that there is not."""
    known = show in TABS and reason in ("", *FLAG_REASONS) and age in ("", *AGES)
    if not known or (rule and not (rule.isascii() and rule.isdigit())):
        raise NotFound("The queue has no such list")
    return Place(show, category, rule, reason, age, author.strip(), after)


At = Annotated[Place, Depends(place_of)]
"""The place that a request's address names."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an address says was done just now: a step with a post; or one with `count` posts at once, `left` of which
    stayed as they were, by the `entry` of the log.
    """

    done: str = ""
    thread: int | None = None
    reply: int | None = None
    count: int | None = None
    left: int = 0
    entry: int | None = None


PostId = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


def told_of(
    done: Word = "",
    thread: PostId = None,
    reply: PostId = None,
    count: Annotated[int | None, Query(ge=0, le=500)] = None,
    left: Annotated[int, Query(ge=0, le=500)] = 0,
    entry: PostId = None,
) -> Told:
    """What an address says was done."""
    return Told(done, thread, reply, count, left, entry)


Just = Annotated[Told, Depends(told_of)]
"""What a request's address says was done just now."""
