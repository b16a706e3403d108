"""A page's address is not held against the two hundred of the API first: a framework compares with one route after the
other, and a third of the time of a list went there.
"""

from collections.abc import Iterable
from typing import Any, Final

from fastapi import APIRouter
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send

API: Final = "/api/"
"""What the address of every door of the API begins with, and of the one page that explains it."""


def by_side(router: APIRouter, pages: Iterable[BaseRoute]) -> Any:
    """What asks only the pages where no door of the API is meant. `router` has all routes, theirs too. An ASGI
    application, which goes in place of the router's own (and so has that one's peculiar type).
    """
    side = APIRouter(redirect_slashes=False)
    side.routes.extend(pages)

    async def choose(scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and not scope["path"].startswith(API)
        await (side if is_page else router).app(scope, receive, send)

    return choose
