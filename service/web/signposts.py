"""Sends each request to the few routers that its address can mean.

A router compares a request with every route before its own, and FastAPI's included routers do so twice: with some two
hundred routes that took longer than answering. The first segment of the path (behind `/api/v1`, the one that follows)
leaves a handful.
"""

from typing import Final

from fastapi import APIRouter
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute, Router
from starlette.types import Receive, Scope, Send

API: Final = "/api/v1/"
ANY: Final = "{"
"""What stands for the segment of a route that any request's may be."""


class Signposts:
    """An ASGI application that does what `router` does, and finds the route sooner.

    It is put into the router's place for requests alone: the router itself keeps all routes, for who describes them.
    """

    def __init__(self, router: Router) -> None:
        found = [(route, heads_of(route)) for route in router.routes]
        self.rest = few(router, [route for route, heads in found if ANY in heads])
        self.by_head = {
            head: few(router, [route for route, heads in found if head in heads or ANY in heads])
            for head in set().union(*(heads for _, heads in found))
        }
        self._read: dict[str, frozenset[str]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        if scope["type"] != "http":
            await scope["app"].router.app(scope, receive, send)  # its life is the application's own
            return
        await self.by_head.get(head_of(scope["path"]), self.rest).app(scope, receive, send)

    def reads(self, path: str) -> frozenset[str]:
        """What the door that answers a GET of this path reads of its query, by name; the rest changes no answer."""
        for route in self.by_head.get(head_of(path), self.rest).routes:
            if isinstance(route, APIRoute) and "GET" in (route.methods or ()) and route.path_regex.match(path):
                if (names := self._read.get(route.path)) is None:
                    names = self._read[route.path] = read_by(route)
                return names
        return frozenset()


def read_by(route: APIRoute) -> frozenset[str]:
    """The names of a door's parameters, and of what it depends on, that stand in the query."""
    return frozenset(each.alias for each in get_flat_params(route.dependant) if isinstance(each.field_info, Query))


def few(router: Router, routes: list[BaseRoute]) -> Router:
    """A router of some of another's routes."""
    return APIRouter(routes=routes, default=router.default, redirect_slashes=False)


def heads_of(route: BaseRoute) -> set[str]:
    """The heads of a route, or of all in an included router."""
    heads = {head_of(context.path or "") for context in iter_route_contexts([route])}
    return {ANY if head.startswith(ANY) else head for head in heads}


def head_of(path: str) -> str:
    """What tells a path's routers from others: its first segment, or the API's first with a mark before it."""
    if path.startswith(API):
        return API + path[len(API) :].partition("/")[0]
    return path[1:].partition("/")[0]


def put_up(router: Router) -> None:
    """Have the router find its routes so. Once all of them are there."""
    router.middleware_stack = Signposts(router)
