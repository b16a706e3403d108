"""The site's row, and the closing terms that site, categories and threads each carry."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, Column
from sqlmodel import Field, SQLModel

OFF = -1
"""A term that is switched off here, whatever is inherited. NULL inherits."""


LONGEST: Final = timedelta(days=36_500)
LATEST: Final = datetime(9001, 1, 1, tzinfo=UTC)
"""How long a span of a closing term may be, and before which instant its times must lie."""


class ClosingTerms(SQLModel):
    """When threads close by themselves: an instant, spans since the opening and since the last published reply, and a
    number of published replies; when they open again (`reopens_at`); and how long a member waits between two replies
    in one thread (`slow_mode`).

    Times are in microseconds (the instant since 1970); NULL inherits from category, then site; OFF is off.
    """

    closes_at: int | None = Field(default=None, sa_type=BigInteger)
    close_after_age: int | None = Field(default=None, sa_type=BigInteger)
    close_after_idle: int | None = Field(default=None, sa_type=BigInteger)
    close_after_replies: int | None = Field(default=None, sa_type=BigInteger)
    reopens_at: int | None = Field(default=None, sa_type=BigInteger)
    slow_mode: int | None = Field(default=None, sa_type=BigInteger)


class Site(ClosingTerms, table=True):
    """The site's settings. `max_depth` is how many levels replies nest, 1 to 10; `hold_first_posts` how many posts of
    an author must have been published before the next ones appear at once (0: none). `close_grace` is for how many
    microseconds after a closing a reply that was begun before it is still taken; `closed_reply_roles` who may post in
    a closed thread (of `moderator`, `admin`); `close_also` what a closing ends besides (of `reactions`, `edits`).

    `flags_hide_at` is the weight of flags, in hundredths, at which a post is hidden until a moderator looks (0: never),
    `flags_per_day` how many a person may raise; `address_kept` for how many microseconds the log keeps the hashed
    addresses of who acted; `contact` is where people turn with objections that Parley has no form for.

    `rules_mark` is another random number after every change of the rules that posts pass: a process keeps the rules
    that it made ready for as long as this stays.
    """

    __tablename__ = "site"
    id: int = Field(default=1, primary_key=True)
    name: str = Field(default="Parley", max_length=60)
    registration: str = Field(default="open", max_length=20)
    max_depth: int = 5
    author_may_close: bool = False
    hold_first_posts: int = 0
    close_grace: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    closed_reply_roles: list[Any] = Field(
        default_factory=lambda: ["moderator", "admin"], sa_column=Column(JSON, nullable=False)
    )
    close_also: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    flags_hide_at: int = 300
    flags_per_day: int = 10
    address_kept: int = Field(default=90 * 86_400_000_000, sa_column=Column(BigInteger, nullable=False))
    contact: str = Field(default="", max_length=200)
    rules_mark: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    version: int = 1
