"""Who asks: the value every query and policy takes, and the checks that every room's own policy begins with."""

from dataclasses import dataclass
from typing import Final

from service.kit.errors import NotAllowed, NotSignedIn

ROLES: Final = ("guest", "member", "moderator", "admin")
SCOPES: Final = ("read", "write", "moderate", "admin")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. A guest has no `account_id`; SYSTEM is Parley itself (jobs).

    `scopes` is what the credential allows: a browser session has all of them, an API token the ones it was made
    with. `session_id` and `token_id` name the credential, so that it can be listed and revoked. `has_drafts` says
    whether they have unposted texts here: it comes with the credential, so that who has none is asked for none.
    """

    account_id: int | None
    username: str | None
    role: str
    scopes: frozenset[str] = frozenset(SCOPES)
    session_id: int | None = None
    token_id: int | None = None
    has_drafts: bool = False

    @property
    def signed_in(self) -> bool:
        """True for an account, false for a guest and for SYSTEM."""
        return self.account_id is not None

    @property
    def recorded_role(self) -> str:
        """The role as events keep it: Parley itself is `system` there, though it may do what an admin may."""
        return self.role if self.signed_in or self.role == "guest" else "system"

    def is_at_least(self, role: str) -> bool:
        """Whether the role reaches `role`: guest < member < moderator < admin."""
        return ROLES.index(self.role) >= ROLES.index(role)

    @property
    def moderates(self) -> bool:
        """Whether this actor may act as a moderator now: the role, and a credential that carries the scope."""
        return self.is_at_least("moderator") and "moderate" in self.scopes

    @property
    def administers(self) -> bool:
        """Whether this actor may act as an admin now: the role, and a credential that carries the scope."""
        return self.is_at_least("admin") and "admin" in self.scopes

    def principal(self) -> str | None:
        """The name under which the actor's Idempotency-Keys are kept: one per session or token; guests have none."""
        if self.token_id is not None:
            return f"token:{self.token_id}"
        return f"session:{self.session_id}" if self.session_id is not None else None


GUEST: Final = Actor(account_id=None, username=None, role="guest", scopes=frozenset({"read"}))
SYSTEM: Final = Actor(account_id=None, username=None, role="admin")


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
    """Raise unless the actor is a moderator or an admin with the scope `moderate`, or Parley itself.

    What Parley does to posts, a moderator has planned: a timer.
    """
    if actor is SYSTEM:
        return
    check_signed_in(actor, "moderate")
    if not actor.moderates:
        raise NotAllowed("Only moderators may do this")


def check_administers(actor: Actor) -> None:
    """Raise unless the actor is an admin with the scope `admin`, or Parley itself: a command on its own machine."""
    if actor is SYSTEM:
        return
    check_signed_in(actor, "admin")
    if not actor.administers:
        raise NotAllowed("Only admins may do this")
