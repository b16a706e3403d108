"""The shapes of categories on the wire."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service.categories.models import Category
from service.categories.queries import ModeratorSeen
from service.kit.text import check_text
from service.site.schemas import ClosingTermsBody, ClosingTermsView, Moment, name_text
from service.web.bodies import ChangeModel

Visibility = Literal["public", "members", "staff"]
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def description_text(value: str) -> str:
    """A category's description, cleaned; may be empty."""
    return check_text(value, name="the description", lines=False, least=0, most=300)


class ChangeCategory(ChangeModel):
    """The fields to change; what is absent stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"description": "Questions about the reading list."}]}
    )
    name: Annotated[str, AfterValidator(name_text)] = Field(default="", min_length=1, max_length=60)
    slug: str = Field(default="", min_length=1, max_length=60, pattern=SLUG)
    description: Annotated[str, AfterValidator(description_text)] = Field(default="", max_length=300)
    visibility: Visibility = "public"
    closing: ClosingTermsBody = Field(default_factory=ClosingTermsBody)

    def changes(self) -> dict[str, Any]:
        """The columns to set: only what the caller named."""
        named = {name: getattr(self, name) for name in self.model_fields_set if name != "closing"}
        return named | (self.closing.columns(only_set=True) if "closing" in self.model_fields_set else {})


class MakeCategory(ChangeCategory):
    """A new category."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Seminar", "visibility": "members"}]}
    )
    name: Annotated[str, AfterValidator(name_text)] = Field(min_length=1, max_length=60)


class CategoryView(BaseModel):
    """A category."""

    slug: str
    name: str
    description: str
    visibility: Visibility
    url: str
    closing: ClosingTermsView
    version: int

    @classmethod
    def of(cls, category: Category) -> "CategoryView":
        """The wire form of the row; `url` is its page's path."""
        return cls(
            **category.model_dump(include=set(cls.model_fields)),
            url=f"/c/{category.slug}",
            closing=ClosingTermsView.of(category),
        )


class ModeratorView(BaseModel):
    """Somebody who moderates a category, though their role does not say so."""

    username: str
    display_name: str
    since: Moment

    @classmethod
    def of(cls, seen: ModeratorSeen) -> "ModeratorView":
        """The wire form."""
        return cls(username=seen.account.username, display_name=seen.account.shown_name, since=seen.since)
