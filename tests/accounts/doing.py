"""What the tests of accounts do again and again."""

from typing import Any

import httpx

from service.kit import credentials

NEWCOMER: dict[str, Any] = {
    "username": "dorothea",
    "email": "dorothea@example.org",
    "password": "middlemarch, 1871",
    "display_name": "Dorothea Brooke",
}


async def register(client: httpx.AsyncClient, **changes: Any) -> httpx.Response:
    """Ask for an account: dorothea's, but for `changes`."""
    return await client.post("/api/v1/accounts", json=NEWCOMER | changes)


async def sign_in(client: httpx.AsyncClient, login: str, password: str) -> httpx.Response:
    """Try to sign in."""
    return await client.post("/api/v1/sessions", json={"login": login, "password": password})


def pointers(answer: httpx.Response) -> list[str]:
    """The fields that a 422 names."""
    assert answer.status_code == 422, answer.text
    return [error["pointer"] for error in answer.json()["errors"]]


def bearer(token: str) -> dict[str, str]:
    """The headers of a program."""
    return {"Authorization": f"Bearer {token}"}


class Derivations:
    """Counts argon2: install it in place of `credentials.compare`; every comparison is one derivation."""

    def __init__(self) -> None:
        self.compared: list[str] = []
        self._compare = credentials.compare

    def __call__(self, password: str, kept: str) -> bool:
        """One comparison, as it really is."""
        self.compared.append(kept)
        return self._compare(password, kept)
