"""What replies said before they were edited."""

from sqlmodel import Session

from service.kit.actor import Actor
from service.replies.models import ReplyRevision
from service.replies.queries.loads import ReplySeen
from service.threads.queries.revisions import Kept, Revision, earlier_text, latest_text, texts_of

OF_REPLIES = Kept(ReplyRevision, ReplyRevision.reply_id)


def list_revisions(session: Session, actor: Actor, found: ReplySeen, before: int | None, limit: int) -> list[Revision]:
    """As `threads.queries.list_revisions`, for a reply that the caller has loaded."""
    reader = actor if found.category_id is None else actor.within(found.category_id)
    return texts_of(session, reader, OF_REPLIES, found.reply, before, limit)


def get_revision(session: Session, found: ReplySeen, number: int) -> ReplyRevision:
    """The row of one earlier text of a reply; NotFound where there is none, as for the current one."""
    text: ReplyRevision = earlier_text(session, OF_REPLIES, found.reply, number)
    return text


def last_text(session: Session, found: ReplySeen) -> ReplyRevision | None:
    """The row of the text that a reply had before the one that it has now; None where it was never edited."""
    text: ReplyRevision | None = latest_text(session, OF_REPLIES, found.reply)
    return text
