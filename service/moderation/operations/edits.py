"""Edits that wait: they open the review of their post, and a moderator's decision applies or drops them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlmodel import Session

from service.accounts.models import Account
from service.accounts.queries import actor_of
from service.kit.actor import GUEST, Actor, check_moderates
from service.kit.clock import now
from service.kit.versions import Wanted, check_version
from service.moderation import queries
from service.moderation.models import DECIDED, EDITED, FLAGGED, HELD, OPEN, Review
from service.moderation.policy import ABOUT_EDITS, check_may_withdraw
from service.moderation.queries.edits import WaitingEdit, get_edit
from service.replies.operations.editing import approve_reply_edit
from service.replies.operations.editing import edit_of as of_reply
from service.replies.queries import ReplySeen, lock_reply
from service.replies.queries.revisions import last_text as last_of_reply
from service.screening.events import EditEnded, EditHeld
from service.screening.models import EDIT, Decision, HeldEdit
from service.screening.operations import check_may_take, keep_step
from service.screening.operations.editing import TEXT, EditOf, end_edit
from service.screening.policy import Deed
from service.screening.queries.edits import find_edit
from service.threads.operations.editing import approve_thread_edit
from service.threads.operations.editing import edit_of as of_thread
from service.threads.queries import ThreadSeen, lock_thread
from service.threads.queries.revisions import last_text as last_of_thread


def open_for_edit(session: Session, held: EditHeld) -> None:
    """Listener: an edit waits, so its post's review is open, and says which rule held it."""
    review = queries.find_review(session, held.thread_id, held.reply_id) or Review(
        thread_id=held.thread_id, reply_id=held.reply_id, cause=EDITED, state=DECIDED, version=0, opened_at=now(session)
    )
    of_published, was_open = held.moderation == "published", review.state == OPEN
    review.cause = EDITED if of_published else HELD
    review.opened_at = review.opened_at if was_open else now(session)
    review.state, review.rule_id = OPEN, held.rule_id
    review.version += of_published or not was_open  # an edit that was stored at once has counted it up already
    session.add(review)
    session.flush()


def close_after_edit(session: Session, ended: EditEnded) -> None:
    """Listener: an edit waits no more; its review ends, unless readers have flagged the post."""
    review = queries.find_review(session, ended.thread_id, ended.reply_id)
    if review is not None and review.state == OPEN and review.cause == EDITED:
        review.version += 1
        review.state, review.cause = (OPEN, FLAGGED) if review.flag_count else (DECIDED, EDITED)
        session.add(review)
        session.flush()


def waiting_edit(session: Session, thread: ThreadSeen, reply: ReplySeen | None, action: Deed) -> HeldEdit | None:
    """The edit that a decision is about; None where none waits, or the decision is about the post itself."""
    post = reply.reply if reply else thread.thread
    if not post.edit_waits or action not in ABOUT_EDITS or post.moderation != "published":
        return None
    return find_edit(session, thread.id, reply.id if reply else None)


def is_overtaken(session: Session, thread: ThreadSeen, reply: ReplySeen | None, edit: HeldEdit) -> bool:
    """Whether the post's text was changed after the edit was made."""
    last = last_of_reply(session, reply) if reply else last_of_thread(session, thread)
    return last is not None and last.version >= edit.base_version


def decide_edit(
    session: Session,
    actor: Actor,
    thread: ThreadSeen,
    reply: ReplySeen | None,
    edit: HeldEdit,
    action: Deed,
    version: Wanted,
    reason: str,
) -> Decision:
    """Apply an edit that waits, or drop it, and keep the decision with its inverse. The post's state stays.

    Raises NotSignedIn, NotAllowed (also: its editor's rank is not below the actor's), EditConflict, ThreadIsClosed
    (archived).
    """
    check_moderates(actor, thread.thread.category_id)
    check_may_take(session, actor, edit.editor_id, action)
    of = of_reply(thread, reply.reply) if reply else of_thread(thread.thread)
    check_version(version, of.post.version)
    said, before = dict(edit.said), of.post.version
    kept: dict[str, Any] = {EDIT: end_edit(session, of)}
    event_id = None
    if action == "approve":
        editor = _editor(session, edit)
        with _from_nowhere(session):
            if reply:
                event_id = approve_reply_edit(session, editor, thread, reply, said)
            else:
                event_id = approve_thread_edit(session, editor, thread, said)
        kept[TEXT] = before
    state = of.post.moderation
    return keep_step(
        session, actor, action, before=kept, step_event_id=event_id, state_before=state, state_after=state,
        reason=reason, **of.members,
    )  # fmt: skip


def _editor(session: Session, edit: HeldEdit) -> Actor:
    """Whose text it is; nobody's where their account is gone."""
    account = session.get(Account, edit.editor_id) if edit.editor_id else None
    return actor_of(session, account) if account else GUEST


@contextmanager
def _from_nowhere(session: Session) -> Iterator[None]:
    """What is recorded in an editor's name does not come from the moderator's address."""
    address = session.info.pop("address_hash", None)
    try:
        yield
    finally:
        if address is not None:
            session.info["address_hash"] = address


def withdraw_edit(session: Session, actor: Actor, thread_id: int | None, reply_id: int | None) -> None:
    """Take an edit back that waits: its author. The post stays as it is. A reply is named by its id alone.

    Raises NotFound (also where none waits), NotSignedIn, Suspended, NotAllowed.
    """
    seen, reply = (
        lock_reply(session, actor, reply_id) if reply_id else (lock_thread(session, actor, thread_id or 0), None)
    )
    found = get_edit(session, actor, seen, reply)
    check_may_withdraw(actor, found.edit.editor_id)
    end_edit(session, _of(found))


def _of(found: WaitingEdit) -> EditOf:
    return of_reply(found.thread, found.reply.reply) if found.reply else of_thread(found.thread.thread)
