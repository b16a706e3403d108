"""The table of devices."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference
from service.kit.push import PushAddress


class PushDevice(SQLModel, table=True):
    """One browser that gets a person's push messages; the session it was turned on in takes it along when it ends.

    `endpoint`, `p256dh` and `auth` are what the browser gave (Push API, section 8.1). `failed` counts the messages
    that its push service refused since it last took one.
    """

    __tablename__ = "push_device"
    __table_args__: Any = {"sqlite_autoincrement": True}
    id: int | None = Field(default=None, sa_column=identity())
    account_id: int = Field(sa_column=reference("account.id", index=True, ondelete="CASCADE"))
    session_id: int | None = Field(
        default=None, sa_column=reference("session.id", nullable=True, index=True, ondelete="CASCADE")
    )
    endpoint: str = Field(max_length=2000, unique=True)
    p256dh: str = Field(max_length=100)
    auth: str = Field(max_length=40)
    user_agent: str = Field(default="", max_length=200)
    created_at: datetime = Field(sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
    failed: int = 0

    @property
    def address(self) -> PushAddress:
        """Where its messages go, and whom they are sealed for."""
        return PushAddress(self.endpoint, self.p256dh, self.auth)
