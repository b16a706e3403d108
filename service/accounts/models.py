"""The tables of people and their credentials."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

from service.kit.clock import Instant
from service.kit.database.columns import identity, reference

AUTOINCREMENT: dict[str, Any] = {"sqlite_autoincrement": True}
STAFF = text("role <> 'member'")
"""Of the few who are more, or less, than members."""


class Account(SQLModel, table=True):
    """A person. `username_key` is the username with look-alikes folded together, `email_key` the lower-case address.

    `has_drafts` says whether they have begun a reply somewhere, `has_flagged` whether they have ever flagged a post, so
    that who has not is asked for none. `moderated` are the ids of the categories that they moderate though their role
    does not say so; `standing` what they may not do for the time being (see `accounts.policy.Standing`). Both are null
    for nearly everybody, and are here so that a request needs no second query.
    """

    __tablename__ = "account"
    __table_args__ = (
        Index("account_of_staff", "role", "id", sqlite_where=STAFF, postgresql_where=STAFF),
        AUTOINCREMENT,
    )
    id: int | None = Field(default=None, sa_column=identity())
    username: str = Field(max_length=30)
    username_key: str = Field(max_length=60, unique=True)
    display_name: str = Field(default="", max_length=60)
    email: str = Field(max_length=254)
    email_key: str = Field(max_length=254, unique=True)
    password_hash: str = Field(max_length=200)
    role: str = Field(default="member", max_length=20)
    created_at: datetime = Field(sa_type=Instant)
    has_drafts: bool = False
    has_flagged: bool = False
    moderated: list[Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    standing: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    version: int = 1

    @property
    def shown_name(self) -> str:
        """The display name, or the username of one who chose none."""
        return self.display_name or self.username


class SignedIn(SQLModel, table=True):
    """One signed-in browser (table `session`): the cookie's secret is kept as its SHA-256."""

    __tablename__ = "session"
    __table_args__ = AUTOINCREMENT
    id: int | None = Field(default=None, sa_column=identity())
    account_id: int = Field(sa_column=reference("account.id", index=True, ondelete="CASCADE"))
    secret_hash: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(sa_type=Instant)
    last_used_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    user_agent: str = Field(default="", max_length=200)


class ApiToken(SQLModel, table=True):
    """A program's credential: `parley_…` shown once, kept as its SHA-256; `hint` is its first characters."""

    __tablename__ = "api_token"
    __table_args__ = AUTOINCREMENT
    id: int | None = Field(default=None, sa_column=identity())
    account_id: int = Field(sa_column=reference("account.id", index=True, ondelete="CASCADE"))
    name: str = Field(max_length=60)
    hint: str = Field(max_length=16)
    secret_hash: str = Field(max_length=64, unique=True)
    scopes: list[str] = Field(sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)


class FirstAdminLink(SQLModel, table=True):
    """The one-time link by which the first admin is made; kept as its SHA-256, at most one row."""

    __tablename__ = "first_admin_link"
    id: int = Field(default=1, primary_key=True)
    secret_hash: str = Field(max_length=64)
    expires_at: datetime = Field(sa_type=Instant)


class SignInFailure(SQLModel, table=True):
    """A wrong password, counted for the lock-out; `key` is a keyed hash of account and address, never the names."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("sign_in_failure_key_at", "key", "at"), AUTOINCREMENT)
    id: int | None = Field(default=None, sa_column=identity())
    key: str = Field(max_length=64)
    at: datetime = Field(sa_type=Instant, index=True)
