"""What a thread must be, in plain Python: an oracle for the histories that test_model.py plays.

It knows nothing of the service's code. Instants are datetimes, a thread's terms a dict with the names of the JSON door,
None where a term is absent. Written down as people would tell it, so that it can be wrong only where they would be.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

TERMS = ("closes_at", "close_after_age", "close_after_idle", "close_after_replies", "reopens_at")
UNDO = timedelta(minutes=10)


@dataclass
class Post:
    """A reply: when it was sent, its number and moment of publication once it has them, and where it stands now."""

    sent_at: datetime
    state: str = "published"
    number: int | None = None
    published_at: datetime | None = None
    heard: bool = True


@dataclass
class Thread:
    """One thread and all that bears on its openness."""

    opened_at: datetime
    terms: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(TERMS))
    override: str = "auto"
    closed_at: datetime | None = None
    archived_at: datetime | None = None
    before_closing: dict[str, Any] | None = None
    posts: dict[int, Post] = field(default_factory=dict)
    last_number: int = 0
    timers: dict[str, datetime] = field(default_factory=dict)

    @property
    def shown(self) -> list[Post]:
        """The published replies in the order of their numbers."""
        return sorted(
            (post for post in self.posts.values() if post.state == "published"), key=lambda one: one.number or 0
        )

    @property
    def silent_since(self) -> datetime:
        """When the last reply that found the thread open was sent, of those that are shown; or the opening."""
        return max([post.sent_at for post in self.shown if post.heard], default=self.opened_at)


@dataclass
class World:
    """The site's and the category's terms, and the thread."""

    thread: Thread
    site: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(TERMS))
    category: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(TERMS))
    holds: bool = False

    def term(self, name: str) -> Any:
        """What holds for the thread: the nearest level that says anything; "off" says no."""
        for level in (self.thread.terms, self.category, self.site):
            if level[name] is not None:
                return None if level[name] == "off" else level[name]
        return None

    def closing(self, now: datetime) -> tuple[datetime, str] | None:
        """When and why the thread closes or closed, as it stands now."""
        thread, found = self.thread, []
        if thread.closed_at:
            found.append((thread.closed_at, "manual"))
        if at := self.term("closes_at"):
            found.append((at, "scheduled"))
        if thread.override == "auto":
            found += self._by_policy()
        if (end := self.term("reopens_at")) and end <= now:
            own = thread.terms["reopens_at"] not in (None, "off")
            found = [one for one in found if one[0] > end or not (own or one[1] == "scheduled")]
        if thread.archived_at:
            found.append((thread.archived_at, "archived"))
        order = ("archived", "manual", "scheduled", "age", "idle", "replies")
        return min(found, key=lambda one: (one[0], order.index(one[1])), default=None)

    def _by_policy(self) -> list[tuple[datetime, str]]:
        thread, found = self.thread, []
        if age := self.term("close_after_age"):
            found.append((thread.opened_at + age, "age"))
        if idle := self.term("close_after_idle"):
            found.append((thread.silent_since + idle, "idle"))
        if (most := self.term("close_after_replies")) and len(thread.shown) >= most:
            last = thread.shown[most - 1].published_at
            assert last is not None
            found.append((last, "replies"))
        return found

    def is_closed(self, now: datetime) -> bool:
        """Whether nobody but moderators may reply now."""
        closing = self.closing(now)
        return closing is not None and closing[0] <= now

    def state(self, now: datetime) -> str:
        """`open`, `closed` or `archived`."""
        return "archived" if self.thread.archived_at else "closed" if self.is_closed(now) else "open"

    def reply(self, reply_id: int, at: datetime, now: datetime, *, moderator: bool) -> None:
        """A reply was taken that was sent `at`."""
        thread = self.thread
        post = thread.posts[reply_id] = Post(at, heard=not self.is_closed(now))
        if self.holds and not moderator:
            post.state = "pending"
        else:
            self._number(post, at)

    def approve(self, reply_id: int, at: datetime, now: datetime) -> None:
        """A moderator publishes what waited: it keeps its time and takes the next number."""
        post = self.thread.posts[reply_id]
        post.heard, post.state = not self.is_closed(now), "published"
        self._number(post, at)

    def _number(self, post: Post, at: datetime) -> None:
        self.thread.last_number += 1
        post.number, post.published_at = self.thread.last_number, at

    def close(self, at: datetime) -> None:
        """Somebody closes it; closed already, the first time stays."""
        if self.is_closed(at):
            return
        self.forget_what_ended(at)
        self.thread.before_closing = {"closed_at": self.thread.closed_at}
        self.thread.closed_at = at

    def undo(self, now: datetime) -> bool:
        """Take a closing back, if there is one of the last ten minutes."""
        thread = self.thread
        recent = thread.closed_at is not None and now < thread.closed_at + UNDO
        if not (recent and thread.before_closing and not thread.archived_at and self.is_closed(now)):
            return False
        thread.closed_at, thread.before_closing = None, None
        return True

    def reopen(self, now: datetime) -> None:
        """Somebody opens it, whatever closed it; what would close it at once is set aside."""
        if not self.is_closed(now):
            return
        self.set_aside(now)
        self.thread.before_closing = None
        end = self.thread.terms["reopens_at"]
        if end not in (None, "off") and end > now:
            self.thread.terms["reopens_at"] = None
            self.set_aside(now)
        self.thread.timers.pop("open", None)

    def set_aside(self, now: datetime) -> None:
        """Lift what closes the thread now: the closure, then the policy, then the schedule."""
        thread = self.thread
        if self.is_closed(now):
            thread.closed_at = None
        if self.is_closed(now):
            thread.override = "open"
        if self.is_closed(now):
            thread.terms["closes_at"] = "off"

    def forget_what_ended(self, now: datetime) -> None:
        """A temporary closing that is over leaves no closure behind."""
        end = self.thread.terms["reopens_at"]
        if end not in (None, "off") and end <= now and self.thread.closed_at and self.thread.closed_at <= end:
            self.thread.closed_at = None

    def change(self, terms: dict[str, Any], override: str, now: datetime) -> None:
        """The thread's whole policy is set anew."""
        self.forget_what_ended(now)
        self.thread.terms = dict.fromkeys(TERMS) | terms
        self.thread.override = override
