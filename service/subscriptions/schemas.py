"""The shapes of subscriptions on the wire."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from service.site.schemas import Moment
from service.subscriptions.queries import Following
from service.web.bodies import RequestModel

Level = Literal["watching", "normal", "muted"]


class ChooseLevel(RequestModel):
    """How closely to follow a thread: told of every reply and the closing (watching), of mentions of you and answers to
    you alone (normal), or of nothing (muted).
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"level": "watching"}]})
    level: Level


class SubscriptionView(BaseModel):
    """How closely you follow a thread, and why."""

    level: Level
    reason: Literal["opened", "replied", "chosen"] | None = Field(
        description="Why you watch: you opened the thread, replied in it, or chose so. Null by default."
    )
    since: Moment | None = Field(description="Since when it is so; null by default.")

    @classmethod
    def of(cls, following: Following) -> "SubscriptionView":
        """The wire form."""
        return cls.model_validate(following, from_attributes=True)
