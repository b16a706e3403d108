"""The tables of tags and of which thread has which."""

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
