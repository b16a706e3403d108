"""Edits of what everybody sees: what a rule holds waits beside the post, whose text stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import String, cast, update
from sqlmodel import Session, col

from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import now
from service.screening.events import EditEnded, EditHeld
from service.screening.models import EDIT, POST_RESTRICTIONS, Decision, HeldEdit
from service.screening.operations.keeping import keep, put_columns_back, snapshot
from service.screening.policy import Verdict
from service.screening.policy.editing import Editable
from service.screening.queries.edits import find_edit
from service.screening.queries.standing import last_standing

TEXT: Final = "text"
"""In a decision's `before`: the version of the text that an edit replaced, which names its revision."""

ASPECT: Final = ("thread_id", "reply_id", "editor_id", "base_version", "title", "body", "said", "made_at")
"""What is kept of an edit that waited, and brought back when the decision about it is undone."""


@dataclass(frozen=True, slots=True)
class EditOf:
    """Which post an edit is of: its row, and where it stands. `reply_id` is None for an opening."""

    post: Editable
    thread_id: int
    reply_id: int | None
    category_id: int

    @property
    def subject(self) -> str:
        """What decisions about the edit are about."""
        return edit_subject(self.thread_id, self.reply_id)

    @property
    def members(self) -> dict[str, Any]:
        """The post and its author as columns of Decision."""
        return {
            "subject": self.subject, "thread_id": self.thread_id, "reply_id": self.reply_id,
            "category_id": self.category_id, "account_id": self.post.author_id,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wording:
    """A new text made ready: title and body as they were typed (of a reply no title), and what applies it (JSON)."""

    title: str
    body: str
    said: Mapping[str, Any]


def edit_subject(thread_id: int, reply_id: int | None) -> str:
    """The subject of decisions about an edit of this post: `edit:reply:12`, `edit:thread:5`."""
    return f"edit:reply:{reply_id}" if reply_id else f"edit:thread:{thread_id}"


def hold_edit(session: Session, actor: Actor, of: EditOf, wording: Wording, verdict: Verdict) -> HeldEdit:
    """Let an edit wait for a moderator, in place of one that waits already; the post's thread is held.

    The post's version stays: nothing that is shown has changed.
    """
    found = find_edit(session, of.thread_id, of.reply_id) if of.post.edit_waits else None
    edit = found or HeldEdit(
        thread_id=of.thread_id, reply_id=of.reply_id, base_version=0, said={}, made_at=now(session)
    )
    edit.editor_id, edit.base_version, edit.made_at = actor.account_id, of.post.version, now(session)
    edit.title, edit.body, edit.said = wording.title, wording.body, dict(wording.said)
    of.post.edit_waits = True
    session.add(edit)
    session.add(of.post)
    session.flush()
    keep_edit_verdict(session, of, verdict, was_waiting=found is not None)
    _let_know(session, of, verdict)
    return edit


def note_edit(session: Session, of: EditOf, verdict: Verdict) -> None:
    """Keep the verdict on an edit that was stored at once, because nobody reads the post before a moderator does."""
    if verdict.rule is None:
        return
    keep_edit_verdict(session, of, verdict, was_waiting=True)
    if of.post.moderation == "pending":
        _let_know(session, of, verdict)


def _let_know(session: Session, of: EditOf, verdict: Verdict) -> None:
    rule_id = verdict.rule.id if verdict.rule else None
    events.let_know(session, EditHeld(of.thread_id, of.reply_id, of.post.moderation, rule_id))


def end_edit(session: Session, of: EditOf) -> dict[str, Any] | None:
    """The edit of a post that waits is over: withdrawn, decided about, or overtaken by what happened to the post.

    Returns it as a decision's `before` keeps it; None where none waited.
    """
    edit = find_edit(session, of.thread_id, of.reply_id) if of.post.edit_waits else None
    if edit is None:
        return None
    of.post.edit_waits = False
    said = snapshot(edit, ASPECT)
    session.delete(edit)
    session.add(of.post)
    session.flush()
    events.let_know(session, EditEnded(of.thread_id, of.reply_id))
    return said


def with_edit(session: Session, of: EditOf, action: str) -> dict[str, Any]:
    """What a decision's `before` keeps beside the post's columns: the edit that waited, which a step that takes the
    post away ends; so that undoing the step brings it back.
    """
    ended = end_edit(session, of) if of.post.edit_waits and action in POST_RESTRICTIONS else None
    return {EDIT: ended} if ended else {}


def bring_edit_back(session: Session, of: EditOf, said: Mapping[str, Any]) -> None:
    """Let an edit wait again, as it was before it was decided about, in place of one that waits now."""
    edit = find_edit(session, of.thread_id, of.reply_id) if of.post.edit_waits else None
    edit = edit or HeldEdit(thread_id=of.thread_id, base_version=0, said={}, made_at=now(session))
    put_columns_back(edit, said, ASPECT)
    edit.base_version = of.post.version  # steps that were undone have counted it up, and changed no text
    of.post.edit_waits = True
    session.add(edit)
    session.add(of.post)
    session.flush()


def keep_edit_verdict(session: Session, of: EditOf, verdict: Verdict, *, was_waiting: bool = False) -> None:
    """The record of a verdict on an edit. Whoever sends the same thing again and again has one record, the last."""
    if verdict.rule is None or verdict.finding is None:
        return
    rule, last = verdict.rule, last_standing(session, of.subject)
    is_same = last is not None and last.automated and (last.action, last.rule_id) == (verdict.outcome, rule.id)
    again = is_same and (was_waiting or verdict.outcome == "reject")
    decision = last if last is not None and again else Decision(action=verdict.outcome, automated=True, **of.members)
    decision.state_after, decision.decided_at = of.post.moderation, now(session)
    decision.ground, decision.rule_id, decision.rule_version = "rules", rule.id, rule.version
    decision.reason, decision.evidence = rule.public_reason, verdict.finding.evidence() | {"rule": rule.name}
    keep(session, decision)


def forget_edits(session: Session, thread_id: int, reply_id: int | None = None) -> None:
    """Empty what decisions keep of edits of a reply, or of all posts of a thread: its text is gone for good. What was
    decided about them can be undone no more.
    """
    about = update(Decision).where(col(Decision.thread_id) == thread_id)
    if reply_id is not None:
        about = about.where(col(Decision.reply_id) == reply_id)
    kept = cast(col(Decision.before), String).like(f'%"{EDIT}"%')
    session.execute(about.where(kept).values(before={}).execution_options(synchronize_session=False))
