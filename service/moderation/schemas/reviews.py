"""The shapes of reviews and decisions on the wire."""

from typing import Annotated, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StrictInt

from service.kit.errors import Invalid
from service.kit.text import check_text
from service.moderation.models import EDITED, OPEN, Review
from service.moderation.operations import Decision
from service.moderation.policy import ABOUT_EDITS
from service.moderation.queries import PostSeen
from service.replies.models import address, waiting_address
from service.screening.policy import DISMISS, Deed, possible
from service.site.schemas import Moment
from service.threads.schemas import AuthorView
from service.web.bodies import RequestModel

MOST_REASON = 500


def reason_text(value: str) -> str:
    """A reason that the post's author may read, cleaned; may be empty."""
    return check_text(value, name="the reason", lines=True, least=0, most=MOST_REASON)


Reason = Annotated[str, AfterValidator(reason_text)]
FlagReason = Literal["spam", "abusive", "off-topic", "illegal", "other"]
"""What a reader may say of a post that they flag."""


class Moderate(RequestModel):
    """One step with a post, or `dismiss`, which ends its review and leaves it as it is; its author reads the reason."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"action": "hide", "reason": "Please leave names out."}]}
    )
    action: Deed
    reason: Reason | None = Field(default=None, max_length=MOST_REASON)
    canned: Annotated[StrictInt, Field(ge=1, le=2**63 - 1)] | None = Field(
        default=None, description="The id of a canned reason; `reason` is written behind it."
    )
    override: StrictBool = Field(default=False, description="Decide though another moderator looks at it.")

    def decision(self) -> Decision:
        """The decision, whatever the review's version is."""
        return Decision(self.action, self.reason or "", canned=self.canned, override=self.override)


class Decide(Moderate):
    """A decision about a review; `version` is that of the review as it was looked at."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"action": "approve", "version": 1}]})
    version: Annotated[StrictInt, Field(ge=1, le=2**31 - 1)]

    def decision(self) -> Decision:
        """The decision about what was looked at."""
        return Decision(self.action, self.reason or "", self.version, self.canned, self.override)


def to_decision(draft: Moderate | Invalid) -> Decision | Invalid:
    """The decision, or the refusal that the operation raises in its turn."""
    return draft if isinstance(draft, Invalid) else draft.decision()


Cause = Literal["held", "moderator", "flagged", "edited"]
"""Why there is a review: the post was held, a moderator came upon it, readers flagged it, an edit of it waits."""


class ReviewView(BaseModel):
    """A post under review. `actions` are those that its state allows now; `version` guards the decision. The flags are
    those that nobody has decided about: `flag_weight` is what they weigh together, `flag_reasons` the most given first.
    """

    id: int
    state: Literal["open", "decided"]
    cause: Cause
    thread_id: int
    reply_id: int | None
    category: str
    title: str
    url: str
    author: AuthorView
    body: str
    body_html: str
    moderation: str
    actions: list[Deed]
    created_at: Moment = Field(description="When the post was submitted.")
    opened_at: Moment
    action: Deed | None = Field(description="The last decision.")
    reason: str | None
    decided_by: str | None = Field(description="The username of who decided last.")
    decided_at: Moment | None
    rule_id: int | None = Field(description="The rule that held the post.")
    flag_count: int
    flag_weight: float
    flag_reasons: list[FlagReason]
    claimed_by: str | None = Field(description="The username of the moderator who looks at it until `claimed_until`.")
    claimed_until: Moment | None
    version: int

    @classmethod
    def of(cls, seen: PostSeen) -> "ReviewView":
        """The wire form of a post that has a review."""
        review, post = reviewed(seen), seen.post
        return cls(
            id=review.id or 0, state=cast(Literal["open", "decided"], review.state),
            cause=cast(Cause, review.cause), thread_id=seen.thread_id, reply_id=seen.reply_id,
            category=seen.category.slug, title=seen.thread.title, url=url_of(seen),
            author=AuthorView(username=seen.author_username, display_name=seen.author_name or "Anonymous"),
            body=post.body, body_html=post.body_html, moderation=post.moderation, actions=deeds(seen),
            created_at=post.created_at, opened_at=review.opened_at, action=cast(Deed | None, review.action),
            reason=review.reason or None, decided_by=seen.decider_username, decided_at=review.decided_at,
            rule_id=review.rule_id, flag_count=review.flag_count, flag_weight=review.flag_weight / 100,
            flag_reasons=review.flag_reasons, claimed_by=seen.claimer_username, claimed_until=review.claimed_until,
            version=review.version,
        )  # fmt: skip


def deeds(seen: PostSeen) -> list[Deed]:
    """What a moderator may decide now: the steps of the post's state, and to end a review that waits without one; of a
    post with an edit that waits, what becomes of the edit.
    """
    review, post = reviewed(seen), seen.post
    if post.edit_waits and post.moderation == "published":
        return [*ABOUT_EDITS, *(step for step in possible(post) if step not in ABOUT_EDITS)]
    ends = review.state == OPEN and review.cause != EDITED and post.moderation != "pending"
    return [*possible(post), *((DISMISS,) if ends else ())]


def reviewed(seen: PostSeen) -> Review:
    """The review of a post that has one."""
    if seen.review is None:
        raise AssertionError("the post has a review")
    return seen.review


def url_of(seen: PostSeen) -> str:
    """Where the post stands for those who may see it."""
    if seen.reply is None:
        return f"/t/{seen.thread_id}/{seen.thread.slug}"
    if seen.reply.number is None:
        return waiting_address(seen.thread_id, seen.thread.slug, seen.reply_id or 0)
    return address(seen.thread_id, seen.thread.slug, seen.reply.number)
