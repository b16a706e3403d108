"""The settings of one running Parley: environment variables `PARLEY_*`, read once, handed in, never reached for.

What a moderator or an admin may change at run time is not here: it is a row with a page and an API.
"""

import base64
import contextlib
import ipaddress
import os
import re
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
SMTP_SCHEMES = ("smtp", "smtps", "smtp+starttls")


class WrongSettings(Exception):
    """One or more settings break their rules; the message names each variable and its rule."""


class Settings(BaseSettings):
    """Every setting, with its default. Wrong values are refused at start with the variable's name and the rule."""

    model_config = SettingsConfigDict(env_prefix="PARLEY_", frozen=True, env_ignore_empty=True)

    data_dir: Path = Field(
        default=Path("var"), description="The folder for the SQLite file, mail files and the secret."
    )
    database_url: str = Field(
        default="",
        description="`sqlite+…:///file` or `postgresql+…://…`. Absent: the SQLite file `parley.db` in the data folder. "
        "Several servers of one PostgreSQL (`…/parley?host=one:5432&host=two:5432`): the primary among them is found.",
    )
    replica_url: str = Field(
        default="",
        description="`postgresql+…://…`: a streaming replica of the database, from which guests read while it is no "
        "more than a second late. Absent, or away: they read the database itself.",
    )
    bind: str = Field(default="127.0.0.1:8000", description="The address and port to serve on, `host:port`.")
    base_url: str = Field(
        default="",
        description="The address people use, such as `https://forum.example.org`; every absolute link starts with it. "
        "Absent: the address of `PARLEY_BIND` over http. Cookies are `Secure` when it is https.",
    )
    secret_key: str = Field(
        default="",
        description="At least 32 characters, for keyed hashes. Absent in embedded mode (SQLite): made once and kept in "
        "the data folder. Required with PostgreSQL, where several processes share it.",
    )
    smtp_url: str = Field(
        default="",
        description="`smtp://[user:password@]host:port`, `smtps://…` or `smtp+starttls://…`. Absent: mail is written "
        "as `.eml` files under `mail/` in the data folder.",
    )
    kept_bytes: int = Field(
        default=32_000_000,
        ge=0,
        le=2**40,
        description="How many bytes of answers for guests each process keeps "
        "ready. `0` keeps none: everything is drawn for each request.",
    )
    rate_limits: Literal["on", "off"] = Field(default="on", description="`off` for benchmarks; `/readyz` then says so.")
    mail_delay: timedelta = Field(
        default=timedelta(minutes=10), ge=timedelta(0), le=timedelta(days=1),
        description="How long mail waits, where its person has not chosen otherwise, an ISO 8601 duration; what comes "
        "meanwhile to the same thread travels in the same letter, and what was read on the site is not mailed. `PT0S` "
        "sends each at once.",
    )  # fmt: skip
    retry_base: float = Field(
        default=1.0, gt=0, le=100, description="A factor on every retry's waiting time; tests shorten it."
    )
    vapid_key: str = Field(
        default="",
        description="The key that push messages are signed with (RFC 8292): the 32 bytes of a P-256 private key in "
        "base64url. Absent in embedded mode (SQLite): made once and kept in the data folder. With PostgreSQL there is "
        "no push without it. A new key ends the push of every browser until it is turned on there again.",
    )
    outbound_allow: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(), description="Private networks that outgoing requests may reach, in CIDR form, separated by commas."
    )

    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="Networks of the proxies in front, in CIDR form, separated by commas. What they say in "
        "`X-Forwarded-For` is believed, and what anybody else says there is not; limits and lock-outs count by it.",
    )

    metrics_allow: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="Networks from which `/metrics` may be read without a token, in CIDR form, separated by commas, "
        "but not through a proxy. Empty: only with an admin's token.",
    )

    drain: timedelta = Field(
        default=timedelta(0), ge=timedelta(0), le=timedelta(minutes=5),
        description="How long `parley serve` goes on answering after SIGTERM, an ISO 8601 duration. `/readyz` says 503 "
        "from the signal on, so a proxy that asks there sends nobody any more: give it the time to notice.",
    )  # fmt: skip
    log_format: Literal["text", "json"] = Field(
        default="text", description="The log's lines: `text` for people, or `json`, one object a line."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        description="The least that is logged. `debug` also tells every job, and the messages of exceptions, which may "
        "quote texts and addresses.",
    )
    access_log: Literal["on", "off"] = Field(
        default="off", description="`on`: a line for each request, with its route, never its path or who sent it."
    )
    otel_endpoint: str = Field(
        default="",
        description="Where traces go, by OTLP over HTTP, such as `http://collector:4318`; needs the extra `otel`. "
        "Absent: `OTEL_EXPORTER_OTLP_ENDPOINT`, or no traces.",
    )

    @field_validator("outbound_allow", "trusted_proxies", "metrics_allow", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        try:
            return [ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip()]
        except ValueError as error:
            raise ValueError(f"must be networks in CIDR form, separated by commas: {error}") from error

    @field_validator("mail_delay", "drain", mode="before")
    @classmethod
    def _duration(cls, value: Any) -> Any:
        if isinstance(value, str) and not value.startswith("P"):
            raise ValueError("must be an ISO 8601 duration, such as PT10M")
        return value

    @field_validator("data_dir")
    @classmethod
    def _folder(cls, value: Path) -> Path:
        if value.exists() and not value.is_dir():
            raise ValueError("must be a folder, or a place where one can be made")
        return value

    @field_validator("database_url", "replica_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite+", "sqlite:", "postgresql+", "postgresql:")):
            raise ValueError("must start with sqlite+… or postgresql+…")
        try:
            database = make_url(value).database if value else "the default"
        except (ArgumentError, ValueError) as error:
            raise ValueError("must be an address such as postgresql+asyncpg://user:password@host:5432/name") from error
        if database in (None, "", ":memory:"):
            raise ValueError("must name a database, for SQLite a file: several connections share it")
        return value

    @field_validator("bind")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 <= int(port) <= 65535:
            raise ValueError("must be host:port with a port from 0 to 65535, such as 127.0.0.1:8000")
        return value

    @field_validator("otel_endpoint")
    @classmethod
    def _collector(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname):
            raise ValueError("must be http://host:port or https://host:port")
        return value.rstrip("/")

    @field_validator("base_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("must be http://host or https://host, without a query")
        if parts.path not in ("", "/"):
            raise ValueError("must not have a path: Parley lives at the root of its host")
        return value.rstrip("/")

    @field_validator("smtp_url")
    @classmethod
    def _smtp(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in SMTP_SCHEMES or not parts.hostname):
            raise ValueError("must be smtp://host:port, smtps://host:port or smtp+starttls://host:port")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < 32:
            raise ValueError("must have at least 32 characters")
        return value

    @field_validator("vapid_key")
    @classmethod
    def _private_key(cls, value: str) -> str:
        if value and not is_vapid_key(value):
            raise ValueError("must be the 32 bytes of a P-256 private key in base64url, without padding")
        return value

    @model_validator(mode="after")
    def _filled(self) -> "Settings":
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite+pysqlite:///{self.data_dir / 'parley.db'}")
        if not self.base_url:
            object.__setattr__(self, "base_url", f"http://{self.bind}")
        if not self.otel_endpoint:
            object.__setattr__(self, "otel_endpoint", os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").rstrip("/"))
        if self.replica_url and (self.embedded or self.replica_url.startswith("sqlite")):
            raise ValueError("PARLEY_REPLICA_URL must be absent, or name a replica of PostgreSQL and not of SQLite")
        if not self.secret_key and not self.embedded:
            raise ValueError("PARLEY_SECRET_KEY must be set with PostgreSQL: several processes share it")
        return self

    @property
    def embedded(self) -> bool:
        """One process and one SQLite file: `parley serve` migrates it and runs the worker too."""
        return self.database_url.startswith("sqlite")

    @property
    def secure(self) -> bool:
        """Whether people come over https, so that cookies are `Secure` and `__Host-`."""
        return self.base_url.startswith("https://")

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to bind."""
        host, _, port = self.bind.rpartition(":")
        return host.strip("[]"), int(port)


def load_settings(**values: Any) -> Settings:
    """The settings of this environment; raises WrongSettings naming each wrong variable and its rule."""
    try:
        return Settings(**values)
    except ValidationError as error:
        lines = [
            f"PARLEY_{str(item['loc'][0]).upper()}: {item['msg'].removeprefix('Value error, ')}"
            if item["loc"]
            else item["msg"].removeprefix("Value error, ")
            for item in error.errors(include_url=False)
        ]
        raise WrongSettings("\n".join(lines)) from error


def keep_secret(settings: Settings) -> str:
    """The secret key; in embedded mode made at the first start and kept, readable by its owner only."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.data_dir / "secret_key"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        make_secret(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


CURVE_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points P-256 has: a private key is a number from 1 below it (NIST SP 800-186 section 3.2.1.3)."""


def is_vapid_key(text: str) -> bool:
    """Whether the text is a P-256 private key as `PARLEY_VAPID_KEY` takes it."""
    if not re.fullmatch("[A-Za-z0-9_-]{43}", text):
        return False
    return 1 <= int.from_bytes(base64.urlsafe_b64decode(text + "="), "big") < CURVE_ORDER


def keep_vapid_key(settings: Settings) -> str:
    """The key that push messages are signed with; in embedded mode made once and kept. Empty: there is no push."""
    if settings.vapid_key or not settings.embedded:
        return settings.vapid_key
    path = settings.data_dir / "vapid_key"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        number = 1 + secrets.randbelow(CURVE_ORDER - 1)
        make_secret(path, base64.urlsafe_b64encode(number.to_bytes(32, "big")).decode("ascii").rstrip("="))
    return path.read_text(encoding="ascii")


def make_secret(path: Path, secret: str) -> None:
    """A secret in a file that is there whole or not at all; of two processes that start at once one's counts."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    try:
        fresh.write_text(secret, encoding="ascii")
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(fresh)  # unlike a rename it never replaces a secret that somebody may have read
    finally:
        fresh.unlink()
