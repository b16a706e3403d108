"""The tables of categories and of who moderates one of them."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, ForeignKey
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity
from service.site.models import ClosingTerms

MOST_SLUG = 60
VISIBILITIES = ("public", "members", "staff")


class Category(ClosingTerms, table=True):
    """A category. Its closing terms stand between a thread's own and the site's."""

    __tablename__ = "category"
    __table_args__: ClassVar[Any] = {"sqlite_autoincrement": True}
    id: int | None = Field(default=None, sa_column=identity())
    slug: str = Field(max_length=MOST_SLUG, unique=True)
    name: str = Field(max_length=60)
    description: str = Field(default="", max_length=300)
    visibility: str = Field(default="public", max_length=20)
    version: int = 1


class CategoryModerator(SQLModel, table=True):
    """Somebody who moderates one category. `account.moderated` repeats it for the person's own requests."""

    __tablename__ = "category_moderator"
    category_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("category.id", ondelete="CASCADE"), primary_key=True)
    )
    account_id: int = Field(
        sa_column=Column(BigInteger, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True)
    )
    since: datetime = Field(sa_type=Instant)
