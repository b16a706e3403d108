"""The shapes of subscriptions and read marks on the wire."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from service.site.schemas import Moment
from service.subscriptions.queries import Followed, Following
from service.web.bodies import RequestModel

Level = Literal["watching", "watching_first", "tracking", "normal", "muted"]
Reason = Literal["opened", "replied", "read", "chosen", "tag", "category"]
Number = Annotated[StrictInt, Field(ge=0, le=2**31 - 1)]


class ChooseLevel(RequestModel):
    """How closely to follow: told of new threads, every reply and the closing (watching), of new threads alone
    (watching_first), of nothing but with new replies counted (tracking), of mentions of you, answers to you and
    quotes of you alone (normal), or of nothing whatever happens (muted).
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"level": "watching"}]})
    level: Level


class WhichView(BaseModel):
    """The tag or the category that a level comes from."""

    slug: str
    name: str


class SubscriptionView(BaseModel):
    """How closely you follow a thread, a category or a tag, and why."""

    level: Level = Field(description="The level that holds: of a thread, also where it comes from elsewhere.")
    reason: Reason | None = Field(
        description="Why it is so: you opened the thread, replied in it, read it for five minutes, or chose so; or the "
        "level comes from a `tag` of the thread or from its `category`, and `which` says which. Null by default."
    )
    which: WhichView | None = Field(description="The tag or category that a thread's level comes from; null otherwise.")
    since: Moment | None = Field(description="Since when it is so; null by default.")

    @classmethod
    def of(cls, following: Following) -> Self:
        """The wire form."""
        which = following.which and WhichView(slug=following.which.slug, name=following.which.name)
        return cls.model_validate(
            {"level": following.level, "reason": following.reason, "which": which, "since": following.since}
        )


class FollowedView(BaseModel):
    """One thread, category or tag that you have a level on."""

    kind: Literal["category", "tag", "thread"]
    name: str = Field(description="The category's or tag's name, or the thread's title.")
    url: str = Field(description="The path of its page.")
    level: Level
    reason: Literal["replied", "read", "chosen"]
    since: Moment

    @classmethod
    def of(cls, followed: Followed) -> Self:
        """The wire form."""
        return cls.model_validate(followed, from_attributes=True)


class MarkThreadRead(RequestModel):
    """How far you have read a thread."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"number": 1}]})
    number: Number = Field(description="The number of the last reply that you have read; 0 for the opening alone.")
    seen: list[Number] = Field(
        default_factory=list,
        max_length=100,
        description="Numbers of later replies that were on your screen too: of these you need not be told any more.",
    )


class ReadMarkView(BaseModel):
    """How far you have read a thread."""

    number: int = Field(description="The highest number that you marked as read.")
    unread: int = Field(description="How many replies that are shown have a higher one, counted up to 100.")
