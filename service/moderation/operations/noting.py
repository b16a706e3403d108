"""Staff notes: what moderators tell each other about a review or about a person. Nobody else reads them."""

from sqlmodel import Session

from service.accounts.queries import get_account
from service.kit.actor import Actor, check_moderates, check_moderates_some
from service.kit.clock import now
from service.kit.database.rows import stored_id
from service.kit.errors import Problem, settled
from service.moderation import queries
from service.moderation.models import StaffNote
from service.moderation.policy import check_reads_notes
from service.moderation.queries import NoteSeen


def note_review(session: Session, actor: Actor, review_id: int, body: str | Problem) -> NoteSeen:
    """Leave a note at a review. Raises NotSignedIn, NotAllowed, NotFound, Invalid."""
    check_moderates_some(actor)
    queries.get_review(session, actor, review_id)
    return _keep(session, actor, settled(body), review_id=review_id)


def note_account(session: Session, actor: Actor, username: str, body: str | Problem) -> NoteSeen:
    """Leave a note about a person: moderators of the whole site. Raises NotSignedIn, NotAllowed, NotFound, Invalid."""
    check_moderates(actor)
    account = get_account(session, actor, username)
    check_reads_notes(actor, account.id)
    return _keep(session, actor, settled(body), account_id=account.id)


def _keep(
    session: Session, actor: Actor, body: str, *, review_id: int | None = None, account_id: int | None = None
) -> NoteSeen:
    note = StaffNote(
        review_id=review_id, account_id=account_id, author_id=actor.account_id, body=body, made_at=now(session)
    )
    session.add(note)
    session.flush()
    return queries.get_note(session, stored_id(note.id))
