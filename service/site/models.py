"""The site's row, and the closing terms that site, categories and threads each carry."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

OFF = -1
"""A term that is switched off here, whatever is inherited. NULL inherits."""


class ClosingTerms(SQLModel):
    """When threads close by themselves: an instant, spans since the opening and since the last published reply, and a
    number of published replies.

    Times are in microseconds (the instant since 1970); NULL inherits from category, then site; OFF is off.
    """

    closes_at: int | None = Field(default=None, sa_type=BigInteger)
    close_after_age: int | None = Field(default=None, sa_type=BigInteger)
    close_after_idle: int | None = Field(default=None, sa_type=BigInteger)
    close_after_replies: int | None = Field(default=None, sa_type=BigInteger)


class Site(ClosingTerms, table=True):
    """The site's settings. `max_depth` is how many levels replies nest, 1 to 10; `hold_first_posts` how many posts of
    an author must have been published before the next ones appear at once (0: none).
    """

    __tablename__ = "site"
    id: int = Field(default=1, primary_key=True)
    name: str = Field(default="Parley", max_length=60)
    registration: str = Field(default="open", max_length=20)
    max_depth: int = 5
    author_may_close: bool = False
    hold_first_posts: int = 0
    version: int = 1
