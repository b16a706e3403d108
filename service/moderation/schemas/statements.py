"""A decision's statement of reasons on the wire."""

from typing import Any, Literal, cast

from pydantic import BaseModel, Field

from service.kit.actor import Actor
from service.kit.text import plain
from service.moderation.queries import reasons
from service.moderation.queries.stating import Statement
from service.site.schemas import Moment
from service.threads.schemas import AuthorView

EXCERPT = 300
"""Characters of the person's own text that a statement shows."""


class StatedThread(BaseModel):
    """The thread of the post that the decision is about; `title` is null where you may not read the thread."""

    id: int
    title: str | None


class StatedRule(BaseModel):
    """The rule that caught the post, as it was then."""

    id: int
    version: int
    name: str = Field(description="For moderators: what the rule is called; empty for others.")
    reason: str = Field(description="What the rule tells people.")


class OwnAppealView(BaseModel):
    """The appeal against the decision: `open` until another moderator has it `upheld` (the decision stands) or
    `reversed` (it is undone).
    """

    id: int
    state: Literal["open", "upheld", "reversed"]
    body: str
    made_at: Moment
    reason: str | None = Field(description="What the moderator who decided about the appeal says.")
    decided_at: Moment | None


class StatementView(BaseModel):
    """A decision about you, or, for moderators, about somebody where they moderate: what was decided, on which facts
    and ground, by what means, and what you can do about it (Regulation (EU) 2022/2065, article 17(3)).

    Who decided, the states of the post and the evidence are told to moderators alone; who flagged it to nobody here.
    """

    id: int
    url: str
    action: str
    text: str = Field(description="What was decided, as one line of plain text.")
    scope: str = Field(description="How far it goes.")
    about: Literal["thread", "reply", "account"]
    person: AuthorView
    thread: StatedThread | None
    reply_id: int | None
    post_url: str | None = Field(description="Where the post stands, where its author still sees it there.")
    excerpt: str = Field(description="The beginning of the person's own text that the decision is about.")
    decided_at: Moment
    until: Moment | None = Field(description="When a silence or suspension ends by itself.")
    in_force: bool
    undone_at: Moment | None
    flagged: bool = Field(description="Whether readers had flagged it.")
    detected_automatically: bool
    decided_automatically: bool
    ground: Literal["rules", "terms", "law"]
    rule: StatedRule | None
    reason: str | None = Field(description="The reason that was given.")
    facts: list[str] = Field(max_length=10, description="What made somebody look, and by what means it was decided.")
    can_appeal: bool
    appeal_until: Moment | None
    appeal: OwnAppealView | None
    contact: str | None = Field(description="Where else to turn, as the site says.")
    decided_by: str | None = Field(description="For moderators: the username of who decided; null when nobody did.")
    state_before: str | None = Field(description="For moderators: the post's state before.")
    state_after: str | None = Field(description="For moderators: its state after.")
    evidence: dict[str, Any] | None = Field(description="For moderators: what matched, the inputs, the scores.")

    @classmethod
    def of(cls, seen: Statement, reader: Actor | None = None) -> "StatementView":
        """The wire form for this reader; without one, for the person whom it is about."""
        decision = seen.decision
        inside = reader is not None and reader.account_id != decision.account_id
        return cls(
            id=seen.id, url=seen.url, action=decision.action, text=reasons.sentence_of(seen),
            scope=reasons.scope_of(seen), about=cast(Literal["thread", "reply", "account"], seen.about),
            person=AuthorView(username=seen.person.username, display_name=seen.person.shown_name),
            thread=StatedThread(id=seen.thread.id or 0, title=seen.title) if seen.thread else None,
            reply_id=decision.reply_id, post_url=seen.post_url, excerpt=plain(seen.text, most=EXCERPT),
            decided_at=decision.decided_at, until=seen.ends_at, in_force=seen.in_force, undone_at=decision.undone_at,
            flagged=seen.flagged, detected_automatically=decision.rule_id is not None,
            decided_automatically=decision.automated, ground=cast(Literal["rules", "terms", "law"], decision.ground),
            rule=rule_of(seen, inside=inside), reason=decision.reason or None, facts=list(reasons.means_of(seen)),
            can_appeal=seen.can_appeal and not inside,
            appeal_until=seen.appeal_until if decision.restricts else None, appeal=own_appeal(seen),
            contact=seen.contact or None, decided_by=seen.decider if inside else None,
            state_before=decision.state_before if inside else None,
            state_after=decision.state_after if inside else None, evidence=decision.evidence if inside else None,
        )  # fmt: skip


def rule_of(seen: Statement, *, inside: bool) -> StatedRule | None:
    """The rule, if one caught it; its name only for moderators (`inside`), because it may say what it looks for."""
    decision = seen.decision
    if decision.rule_id is None:
        return None
    name = seen.rule_name if inside else ""
    return StatedRule(id=decision.rule_id, version=decision.rule_version or 1, name=name, reason=seen.rule_reason)


def own_appeal(seen: Statement) -> OwnAppealView | None:
    """The appeal against it, if there is one."""
    appeal = seen.appeal
    if appeal is None:
        return None
    return OwnAppealView(
        id=appeal.id or 0, state=cast(Literal["open", "upheld", "reversed"], appeal.state), body=appeal.body,
        made_at=appeal.made_at, reason=appeal.reason or None, decided_at=appeal.decided_at,
    )  # fmt: skip
