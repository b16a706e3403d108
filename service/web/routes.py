"""Which route a request came to, as its template."""

from typing import Final

from starlette.types import Scope

ROUTE: Final = "parley.route"
"""The key of the scope under which a layer that answered in a route's stead says which one that was."""

NO_ROUTE: Final = "none"
"""The route of what matches none: one name for all of them, however many addresses a scanner tries."""


def route_of(scope: Scope) -> str:
    """The template of the path, such as `/api/v1/threads/{thread_id}`; NO_ROUTE where no route matched (yet).

    FastAPI keeps it, with the prefix of the router that the route was included by, in the scope's `fastapi`.
    """
    if (said := scope.get(ROUTE)) is not None:
        return str(said)
    chosen = scope.get("fastapi", {}).get("effective_route_context") or scope.get("route")
    return str(getattr(chosen, "path_format", NO_ROUTE))


def note_route(inner: Scope, outer: Scope) -> None:
    """Where a layer handed on a copy of the scope, let the layers outside see the route as well."""
    if inner is not outer:
        outer.update({key: inner[key] for key in ("fastapi", "route", ROUTE) if key in inner})
