"""What goes past FastAPI's way of finding arguments comes to the same: each request is answered as without that."""

from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel

from service.app import doors
from service.web.later import LaterRoute
from service.web.shortcut import shortcut_of

pytestmark = [pytest.mark.anyio, pytest.mark.no_database]

FORMS = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
LONGER = {"content-type": "application/json; charset=utf-8"}


class Draft(BaseModel):
    """A body."""

    words: str
    count: int = 1


async def method_of(request: Request) -> str:
    """What a request alone gives."""
    return request.method


Method = Annotated[str, Depends(method_of)]


async def read(
    number: int, request: Request, method: Method, after: int | None = None, order: Annotated[str, Query()] = "up",
    if_match: Annotated[str | None, Header()] = None,
) -> Response:  # fmt: skip
    """A door that takes some of everything."""
    return JSONResponse([number, request.url.path, method, after, order, if_match])


async def write(number: int, draft: Draft, method: Method) -> Response:
    """A door with a body."""
    return JSONResponse([number, draft.model_dump(), method])


async def maybe(draft: Draft | None = None) -> Response:
    """A door whose body may be left out."""
    return JSONResponse(draft and draft.model_dump())


async def listed(each: Annotated[list[int], Query()]) -> Response:
    """A door that needs its query."""
    return JSONResponse(each)


async def given(number: int) -> Any:
    """A door whose answer FastAPI makes."""
    return {"number": number}


def house(kind: type[APIRoute]) -> FastAPI:
    """All of them, as routes of this kind."""
    app = FastAPI()
    for path, door, method in (
        ("/read/{number}", read, "GET"), ("/write/{number}", write, "POST"), ("/maybe", maybe, "POST"),
        ("/listed", listed, "GET"), ("/given/{number}", given, "GET"),
    ):  # fmt: skip
        app.router.routes.append(kind(path, door, methods=[method]))
    return app


REQUESTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("GET", "/read/7", {}),
    ("GET", "/read/seven", {}),
    ("GET", "/read/7?after=3&order=down", {}),
    ("GET", "/read/7?after=x", {}),
    ("GET", "/read/7", {"headers": {"if-match": '"v1"'}}),
    ("POST", "/write/7", {"json": {"words": "one"}}),
    ("POST", "/write/x", {"json": {"words": 1}}),
    ("POST", "/write/7", {"json": {"count": "many"}}),
    ("POST", "/write/7", {"json": None}),
    ("POST", "/write/7", {"content": b"", "headers": JSON}),
    ("POST", "/write/7", {"content": b"{", "headers": JSON}),
    ("POST", "/write/7", {"content": b'{"words": "two"}', "headers": LONGER}),
    ("POST", "/write/7", {"content": b'{"words": "two"}', "headers": FORMS}),
    ("POST", "/write/7", {"content": b'{"words": "two"}'}),
    ("POST", "/maybe", {}),
    ("POST", "/maybe", {"content": b"", "headers": JSON}),
    ("POST", "/maybe", {"json": {"words": "three"}}),
    ("GET", "/listed?each=1&each=2", {}),
    ("GET", "/listed", {}),
    ("GET", "/given/7", {}),
)


async def test_the_shortcut_answers_as_the_whole_way_does() -> None:
    known, short = house(APIRoute), house(LaterRoute)
    assert [shortcut_of(route) is not None for route in short.router.routes[-5:] if isinstance(route, APIRoute)] == [
        True, True, True, False, False,
    ]  # fmt: skip
    for method, path, more in REQUESTS:
        answers = []
        for app in (known, short):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test.example") as client:
                answer = await client.request(method, path, **more)
                answers.append((answer.status_code, answer.text))
        assert answers[0] == answers[1], (method, path, more)


def test_nearly_every_door_has_one() -> None:
    without = {route.path for route in doors() if isinstance(route, APIRoute) and shortcut_of(route) is None}
    assert without == {"/mod/queue", "/mod/log", "/mod/log.csv"}, "they make more of their query than FastAPI can"
