"""The table of categories."""

from typing import Any, ClassVar

from sqlmodel import Field

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
