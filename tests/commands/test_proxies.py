"""Whose request it was: the configured proxies are believed, nobody else is."""

import httpx
import pytest
from fastapi import FastAPI

from service.cli import serving
from service.settings import Settings

pytestmark = pytest.mark.anyio


async def last_of_eleven_sign_ins(app: FastAPI, settings: Settings) -> int:
    """The status of the eleventh of eleven quick sign-ins through 127.0.0.1, each said to be somebody else's."""
    config = serving(app, settings)
    config.load()
    wrong = {"login": "nobody", "password": "a wrong password"}
    transport = httpx.ASGITransport(config.loaded_app, client=("127.0.0.1", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url=settings.base_url) as client:
        for number in range(11):
            forwarded = {"X-Forwarded-For": f"198.51.100.{number}"}
            answer = await client.post("/api/v1/sessions", json=wrong, headers=forwarded)
    return answer.status_code


async def test_a_configured_proxy_says_who_asks(app: FastAPI, settings: Settings) -> None:
    behind = Settings(**settings.model_dump() | {"trusted_proxies": "127.0.0.0/8"})
    assert await last_of_eleven_sign_ins(app, behind) == 401


async def test_anybody_else_is_counted_by_their_own_address(app: FastAPI, settings: Settings) -> None:
    elsewhere = Settings(**settings.model_dump() | {"trusted_proxies": "203.0.113.7/32"})
    for believed in (settings, elsewhere):
        assert await last_of_eleven_sign_ins(app, believed) == 429
