"""What happens to people's accounts. No event holds a name, a mail address or a password."""

from dataclasses import dataclass
from typing import Any, ClassVar

from service.kit.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEvent(Event):
    """What is told of one account."""

    account_id: int

    def subject(self) -> tuple[str, int]:
        """The account."""
        return "account", self.account_id


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRegistered(AccountEvent):
    """Somebody made an account."""

    kind: ClassVar[str] = "account.registered"
    role: str

    def audience(self) -> tuple[str, int | None]:
        """Staff: nobody else is shown a list of members."""
        return "staff", None

    def facts(self) -> dict[str, Any]:
        """The role it began with."""
        return {"role": self.role}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountChanged(AccountEvent):
    """What everybody sees of an account changed: `fields` is of `display_name` and `role`; `role` is the new one."""

    kind: ClassVar[str] = "account.changed"
    fields: tuple[str, ...]
    role: str
    version: int

    def facts(self) -> dict[str, Any]:
        """The names of what changed, the present role, and the new version."""
        return {"fields": list(self.fields), "role": self.role, "version": self.version}


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsChanged(AccountEvent):
    """A person changed what they sign in with: `fields` is of `email`, `password` and `tokens`."""

    kind: ClassVar[str] = "account.credentials_changed"
    fields: tuple[str, ...]

    def audience(self) -> tuple[str, int | None]:
        """The person alone."""
        return "person", self.account_id

    def facts(self) -> dict[str, Any]:
        """The names of what changed, without their values."""
        return {"fields": list(self.fields)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSuspended(AccountEvent):
    """A moderator suspended somebody, until an instant (RFC 3339) or for ever (None)."""

    kind: ClassVar[str] = "account.suspended"
    suspension_id: int
    until: str | None

    def audience(self) -> tuple[str, int | None]:
        """The staff; the person is told by a notice."""
        return "staff", None

    def facts(self) -> dict[str, Any]:
        """Until when; the reason is text, so it is not here."""
        return {"suspension_id": self.suspension_id, "until": self.until}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSilenced(AccountSuspended):
    """A moderator silenced somebody: they may read, and not write."""

    kind: ClassVar[str] = "account.silenced"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRestored(AccountEvent):
    """A moderator ended a suspension, or a silence, before its time. One that ends by itself makes no event."""

    kind: ClassVar[str] = "account.restored"
    suspension_id: int
    silence: bool

    def audience(self) -> tuple[str, int | None]:
        """The staff; the person is told by a notice."""
        return "staff", None

    def facts(self) -> dict[str, Any]:
        """Which it was."""
        return {"suspension_id": self.suspension_id, "silence": self.silence}
