"""The tables of tags, of which thread has which, and of how many have each."""

from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, ForeignKey, Index
from sqlmodel import Field, SQLModel

from service.kit.database.columns import identity


class Tag(SQLModel, table=True):
    """A tag: its name as it was first typed, and the slug that follows from it (`policy.tag_slug`)."""

    __tablename__ = "tag"
    __table_args__: ClassVar[Any] = {"sqlite_autoincrement": True}
    id: int | None = Field(default=None, sa_column=identity())
    name: str = Field(max_length=30)
    slug: str = Field(max_length=80, unique=True)


class ThreadTag(SQLModel, table=True):
    """One tag of one thread. Its index answers "which threads have this tag" alone."""

    __tablename__ = "thread_tag"
    __table_args__: Any = (Index("thread_tag_by_tag", "tag_id", "thread_id"),)
    thread_id: int = Field(sa_column=Column(BigInteger, ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True))
    tag_id: int = Field(sa_column=Column(BigInteger, ForeignKey("tag.id"), primary_key=True))


class TagCount(SQLModel, table=True):
    """How many published threads of a category have a tag: moved by whatever publishes, hides or tags a thread.

    What waits for a moderator is not counted here: who is shown it counts it beside.
    """

    __tablename__ = "tag_count"
    tag_id: int = Field(sa_column=Column(BigInteger, ForeignKey("tag.id"), primary_key=True))
    category_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("category.id", ondelete="CASCADE"), primary_key=True, index=True)
    )
    threads: int = Field(sa_column=Column(BigInteger, nullable=False))
