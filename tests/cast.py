"""The cast: alice opens threads, bob replies, charlie is a stranger, mona moderates, ada administers."""

from dataclasses import dataclass
from typing import Any

import httpx
from fastapi import FastAPI

from service.accounts.models import Account
from service.accounts.operations import open_session
from service.kit.clock import now
from service.kit.credentials import derive
from service.kit.database import Session
from service.kit.database.rows import stored_id
from service.kit.text import username_key

PASSWORD = "correct horse battery staple"
HASH = derive(PASSWORD)
"""Derived once: argon2 for every person of every test would be most of the suite's time."""


@dataclass(frozen=True)
class Person:
    """Somebody signed in, as a test sees them: an HTTP client with their session's cookie."""

    id: int
    username: str
    client: httpx.AsyncClient

    @property
    def email(self) -> str:
        """Where their mail goes."""
        return f"{self.username}@example.org"

    async def get(self, path: str, **keywords: Any) -> httpx.Response:
        """GET."""
        return await self.client.get(path, **keywords)

    async def post(self, path: str, body: Any = None, **keywords: Any) -> httpx.Response:
        """POST JSON."""
        return await self.client.post(path, json=body, **keywords)

    async def put(self, path: str, body: Any = None, **keywords: Any) -> httpx.Response:
        """PUT JSON."""
        return await self.client.put(path, json=body, **keywords)

    async def patch(self, path: str, body: Any = None, **keywords: Any) -> httpx.Response:
        """PATCH JSON."""
        return await self.client.patch(path, json=body, **keywords)

    async def delete(self, path: str, **keywords: Any) -> httpx.Response:
        """DELETE."""
        return await self.client.delete(path, **keywords)


async def enter(app: FastAPI, client: httpx.AsyncClient, username: str, role: str = "member") -> Person:
    """Make an account and sign it in on `client`."""
    account_id, secret = await app.state.database.write(bring_in, username, role)
    client.cookies.set("parley", secret)
    return Person(account_id, username, client)


def bring_in(session: Session, username: str, role: str) -> tuple[int, str]:
    """The account's row and a session for it; returns its id and the cookie's secret."""
    email = f"{username}@example.org"
    account = Account(
        username=username, username_key=username_key(username), email=email, email_key=email, password_hash=HASH,
        role=role, created_at=now(session),
    )  # fmt: skip
    session.add(account)
    session.flush()
    _, secret = open_session(session, stored_id(account.id), "the cast")
    return stored_id(account.id), secret
