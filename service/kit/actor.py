"""Who asks: the value every query and policy takes, and the checks that every room's own policy begins with."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from service.kit.clock import utc_text
from service.kit.errors import NotAllowed, NotSignedIn, Silenced, Suspended

ROLES: Final = ("guest", "member", "moderator", "admin")
SCOPES: Final = ("read", "write", "moderate", "admin")


@dataclass(frozen=True, slots=True)
class Sanction:
    """What somebody may not do for the time being: until when (None: for ever), and the reason they were told."""

    until: datetime | None
    reason: str = ""

    def words(self) -> str:
        """Until when, and why, for the person."""
        until = f"Until {utc_text(self.until)}" if self.until else "Without an end"
        return f"{until}. The reason: {self.reason}" if self.reason else until

    def members(self) -> dict[str, Any]:
        """What the problem says of it."""
        return {"until": utc_text(self.until) if self.until else None, "reason": self.reason or None}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks. A guest has no `account_id`; SYSTEM is Parley itself (jobs).

    `scopes` is what the credential allows: a browser session has all of them, an API token the ones it was made
    with. `session_id` and `token_id` name the credential, so that it can be listed and revoked. `has_drafts` says
    whether they have unposted texts here, and `has_flagged` whether they have ever flagged a post: both come with the
    credential, so that who has none is asked for none; so does `display_name`, which is shown beside what they post.

    `moderated` are the ids of the categories that they moderate though their role does not say so. `silence` is in
    force now, and so is `suspension`: somebody suspended is a guest who is told why. `is_within` says that only one
    category that they moderate is looked at (see `within`).
    """

    account_id: int | None
    username: str | None
    role: str
    scopes: frozenset[str] = frozenset(SCOPES)
    session_id: int | None = None
    token_id: int | None = None
    has_drafts: bool = False
    has_flagged: bool = False
    display_name: str | None = None
    moderated: frozenset[int] = frozenset()
    silence: Sanction | None = None
    suspension: Sanction | None = None
    is_within: bool = False

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
        """Whether this actor may act as a moderator in all that they are asked about: everywhere, or only a category
        that they moderate is looked at.
        """
        return (self.is_within or self.is_at_least("moderator")) and "moderate" in self.scopes

    @property
    def moderates_all(self) -> bool:
        """Whether this actor may act as a moderator everywhere: the role, and a credential that carries the scope."""
        return self.is_at_least("moderator") and "moderate" in self.scopes

    def within(self, category_id: int) -> "Actor":
        """The actor as they stand in one category, for what knows posts and not where they are: who moderates it is a
        moderator there. To be handed on to nothing that is asked of other categories.
        """
        if category_id not in self.moderated or self.moderates:
            return self
        return replace(self, is_within=True)

    def moderates_in(self, category_id: int) -> bool:
        """Whether this actor may act as a moderator in one category."""
        return "moderate" in self.scopes and self.is_moderator_in(category_id)

    def is_moderator_in(self, category_id: int) -> bool:
        """Whether this is a moderator of one category, whatever their credential allows."""
        return self.is_at_least("moderator") or category_id in self.moderated

    @property
    def moderates_some(self) -> bool:
        """Whether this actor may act as a moderator anywhere."""
        return self.moderates or ("moderate" in self.scopes and bool(self.moderated))

    @property
    def rank(self) -> int:
        """Where the actor stands: guest < member < moderator of a category < moderator < admin."""
        return rank_of(self.role, moderates_some=bool(self.moderated))

    @property
    def administers(self) -> bool:
        """Whether this actor may act as an admin now: the role, and a credential that carries the scope."""
        return self.is_at_least("admin") and "admin" in self.scopes

    def principal(self) -> str | None:
        """The name under which the actor's Idempotency-Keys are kept: one per session or token; guests have none."""
        if self.token_id is not None:
            return f"token:{self.token_id}"
        return f"session:{self.session_id}" if self.session_id is not None else None


def rank_of(role: str, *, moderates_some: bool) -> int:
    """The rank of a role; a member who moderates a category stands between members and moderators."""
    return 2 * ROLES.index(role) + (moderates_some and role == "member")


GUEST: Final = Actor(account_id=None, username=None, role="guest", scopes=frozenset({"read"}))
SYSTEM: Final = Actor(account_id=None, username=None, role="admin")


def suspended(suspension: Sanction) -> Suspended:
    """The refusal, with until when and why."""
    return Suspended(suspension.words(), extra=suspension.members())


def check_known(actor: Actor) -> None:
    """Raise NotSignedIn for a guest, Suspended for somebody who may not use their account."""
    if actor.suspension:
        raise suspended(actor.suspension)
    if not actor.signed_in:
        raise NotSignedIn


def check_signed_in(actor: Actor, scope: str = "write") -> None:
    """Raise NotSignedIn for a guest, Suspended, NotAllowed for a token without `scope`."""
    check_known(actor)
    check_scope(actor, scope)


def check_may_write(actor: Actor) -> None:
    """Raise unless the actor may say something that others read: NotSignedIn, Suspended, Silenced, NotAllowed."""
    check_known(actor)
    if actor.silence:
        raise Silenced(actor.silence.words(), extra=actor.silence.members())
    check_scope(actor, "write")


def check_scope(actor: Actor, scope: str) -> None:
    """Raise NotAllowed when the credential was made without `scope`."""
    if scope not in actor.scopes:
        raise NotAllowed(f"This token does not have the scope “{scope}”")


def check_moderates(actor: Actor, category_id: int | None = None) -> None:
    """Raise unless the actor is a moderator or an admin with the scope `moderate`, or Parley itself; where a category
    is given, one who moderates that category will do.

    What Parley does to posts, a moderator has planned: a timer, a rule.
    """
    if actor is SYSTEM:
        return
    check_signed_in(actor, "moderate")
    if not (actor.moderates or (category_id is not None and actor.moderates_in(category_id))):
        raise NotAllowed("Only moderators may do this")


def check_moderates_some(actor: Actor) -> None:
    """Raise unless the actor moderates something: the site, or a category."""
    if actor is SYSTEM:
        return
    check_signed_in(actor, "moderate")
    if not actor.moderates_some:
        raise NotAllowed("Only moderators may do this")


def check_outranks(actor: Actor, account_id: int | None, rank: int) -> None:
    """Raise unless the actor stands above somebody of this rank (see `rank_of`), is Parley itself, or is that person.

    Nobody acts on an equal or on a higher one.
    """
    if actor is SYSTEM or account_id is None or account_id == actor.account_id:
        return
    if actor.rank <= rank:
        raise NotAllowed("This person’s role is not below yours: ask an admin")


def check_administers(actor: Actor) -> None:
    """Raise unless the actor is an admin with the scope `admin`, or Parley itself: a command on its own machine."""
    if actor is SYSTEM:
        return
    check_signed_in(actor, "admin")
    if not actor.administers:
        raise NotAllowed("Only admins may do this")
