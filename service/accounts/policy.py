"""Who may act at all: checks that every room's own policy begins with. Pure; they raise a named Problem."""

from service.kit.actor import Actor
from service.kit.errors import NotAllowed, NotSignedIn


def check_signed_in(actor: Actor, scope: str = "write") -> None:
    """Raise NotSignedIn for a guest, NotAllowed for a token without `scope`."""
    if not actor.signed_in:
        raise NotSignedIn
    check_scope(actor, scope)


def check_scope(actor: Actor, scope: str) -> None:
    """Raise NotAllowed when the credential was made without `scope`."""
    if scope not in actor.scopes:
        raise NotAllowed(f"This token does not have the scope “{scope}”")


def check_moderates(actor: Actor) -> None:
    """Raise unless the actor is a moderator or an admin with the scope `moderate`."""
    check_signed_in(actor, "moderate")
    if not actor.moderates:
        raise NotAllowed("Only moderators may do this")


def check_administers(actor: Actor) -> None:
    """Raise unless the actor is an admin with the scope `admin`."""
    check_signed_in(actor, "admin")
    if not actor.administers:
        raise NotAllowed("Only admins may do this")
