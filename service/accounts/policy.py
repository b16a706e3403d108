"""Who may do what to an account. Pure; each check raises a named Problem. The first checks are in `kit.actor`."""

from datetime import datetime
from typing import Any, Final

from service.accounts.errors import LastAdmin, RegistrationIsClosed
from service.kit.actor import (
    Actor,
    Sanction,
    check_administers,
    check_known,
    check_moderates,
    check_scope,
    check_signed_in,
)
from service.kit.errors import invalid
from service.kit.text import username_key

RESERVED: Final = frozenset(
    username_key(name)
    for name in (
        "abuse", "account", "accounts", "admin", "administrator", "all", "anonymous", "api", "bot", "channel",
        "current", "deleted", "everybody", "everyone", "guest", "guests", "help", "here", "hostmaster", "info",
        "mail", "member", "members", "mod", "moderator", "moderators", "mods", "nobody", "noreply", "no-reply", "null",
        "official", "owner", "parley", "postmaster", "register", "root", "security", "session", "sign-in", "site",
        "staff", "superuser", "support", "sysadmin", "system", "team", "undefined", "webmaster", "www",
    )
)  # fmt: skip
"""Names under which a stranger could speak for the site, or that programs take for something else (with their
look-alikes). The operator's own commands may use them."""

__all__ = [
    "check_administers", "check_may_register", "check_moderates", "check_not_last", "check_not_reserved",
    "check_owns_credentials", "check_scope", "check_signed_in",
]  # fmt: skip


def check_owns_credentials(actor: Actor) -> None:
    """Raise unless the actor may see and change what the account signs in with: sessions, tokens, address, password.

    A browser session may. Of tokens, only one with the scope `admin`: else a leaked token for writing could make
    itself others and outlive its revocation.
    """
    check_known(actor)
    if actor.token_id is not None:
        check_scope(actor, "admin")


def check_may_register(registration: str) -> None:
    """Raise RegistrationIsClosed unless the site's `registration` is `open`."""
    if registration != "open":
        raise RegistrationIsClosed


def check_not_reserved(username: str) -> None:
    """Raise Invalid for a reserved username or a look-alike of one."""
    if username_key(username) in RESERVED:
        raise invalid("/username", "is reserved: choose another")


def check_not_last(admins: list[int], account_id: int) -> None:
    """Raise LastAdmin when `admins`, the ids of all, is this account alone."""
    if admins == [account_id]:
        raise LastAdmin("Make somebody else an admin first")


SUSPENSION: Final = "suspension"
SILENCE: Final = "silence"


def sanction(standing: dict[str, Any] | None, kind: str, at: datetime) -> Sanction | None:
    """The suspension or the silence of an account that is in force at `at`; it ends at its very instant.

    `standing` is the account's column: for each kind `{"until": RFC 3339 or null, "reason": …, "id": …}`.
    """
    said = (standing or {}).get(kind)
    if said is None:
        return None
    until = datetime.fromisoformat(said["until"]) if said["until"] else None
    return Sanction(until, said["reason"]) if until is None or at < until else None
