"""Canned reasons as rows: moderators make, change and delete them."""

from dataclasses import dataclass

from sqlmodel import Session

from service.kit.actor import Actor, check_moderates
from service.kit.errors import Problem, settled
from service.kit.versions import Wanted, check_version
from service.moderation import queries
from service.moderation.models import CannedReason


@dataclass(frozen=True, slots=True)
class Wording:
    """What a canned reason says; None leaves it as it is."""

    title: str | None = None
    body: str | None = None


def make_canned(session: Session, actor: Actor, wording: Wording | Problem) -> CannedReason:
    """Keep a reason that moderators give often. Raises NotSignedIn, NotAllowed, Invalid."""
    check_moderates(actor)
    said = settled(wording)
    made = CannedReason(title=said.title or "", body=said.body or "", made_by_id=actor.account_id)
    session.add(made)
    session.flush()
    return made


def change_canned(
    session: Session, actor: Actor, canned_id: int, wording: Wording | Problem, version: Wanted
) -> CannedReason:
    """Change a canned reason; decisions that were given it keep what they said.

    Raises NotSignedIn, NotAllowed, NotFound, Invalid, EditConflict.
    """
    check_moderates(actor)
    found = queries.get_canned(session, canned_id, lock=True)
    said = settled(wording)
    check_version(version, found.version)
    found.title = found.title if said.title is None else said.title
    found.body = found.body if said.body is None else said.body
    found.version += 1
    session.add(found)
    session.flush()
    return found


def delete_canned(session: Session, actor: Actor, canned_id: int, version: Wanted) -> None:
    """Delete a canned reason; decisions that were given it keep what they said.

    Raises NotSignedIn, NotAllowed, NotFound, EditConflict.
    """
    check_moderates(actor)
    found = queries.get_canned(session, canned_id, lock=True)
    check_version(version, found.version)
    session.delete(found)
    session.flush()
