"""Plain requests past FastAPI's way of finding a door's arguments, which takes longer than what many doors do.

Plain is a request that gives a door what every caller gives: the path's parameters, and a JSON body where it takes one;
what is optional in the query and the headers is left out. Whatever else comes, and whatever is wrong with it, goes
FastAPI's own way: so what is taken and what is refused, and in which words, is settled there alone.
"""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any, Final

from fastapi import Request, Response, params
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

Answering = Callable[[Request], Coroutine[Any, Any, Response]]
JSON: Final = "application/json"
PLAIN: Final = (type(None), bool, int, str)
"""Types of stand-ins that everybody may share."""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """What a door takes: the path's parameters and the body, as FastAPI's fields; how it calls the request itself; its
    dependencies, each with its name, what makes it, and what that calls the request; what stands in for the optional
    ones, and where those would be found.
    """

    door: Callable[..., Awaitable[Response]]
    path: tuple[Any, ...]
    body: Any
    request: str | None
    made: tuple[tuple[str, Callable[..., Awaitable[Any]], str], ...]
    absent: dict[str, Any]
    reads_query: bool
    headers: tuple[str, ...]

    async def arguments(self, request: Request) -> dict[str, Any] | None:
        """The door's arguments; None where FastAPI is to look."""
        given = request.headers
        if (self.reads_query and request.scope["query_string"]) or any(name in given for name in self.headers):
            return None
        found = dict(self.absent)
        for field in self.path:
            found[field.name], errors = field.validate(request.path_params[field.alias])
            if errors:
                return None
        if self.body is not None:
            if given.get("content-type") != JSON or not await request.body():
                return None
            found[self.body.name], errors = self.body.validate(await request.json())
            if errors:
                return None
        if self.request is not None:
            found[self.request] = request
        for name, make, called in self.made:
            found[name] = await make(**{called: request})
        return found


def with_shortcut(route: APIRoute, whole: Answering) -> Answering:
    """The route's answering, `whole`, past which plain requests go where the door can be known well enough."""
    found = shortcut_of(route)
    if found is None:
        return whole

    async def answer(request: Request) -> Response:
        try:
            arguments = await found.arguments(request)
        except Exception:  # a broken body, or whoever sent it has gone: FastAPI meets the same again
            arguments = None
        return await (whole(request) if arguments is None else found.door(**arguments))

    return answer


def shortcut_of(route: APIRoute) -> Shortcut | None:
    """What a route's door takes; None where that is more than a shortcut knows of."""
    of, body = route.dependant, route.body_field
    optional = [*of.query_params, *of.header_params]
    if not (
        answers_itself(of.call)
        and all(is_plain(field) for field in optional)
        and (body is None or is_one_body(route))
        and not (of.cookie_params or asks_for_more(of))
        and all(needs_request_alone(each) for each in of.dependencies)
    ):
        return None
    made: Any = tuple((each.name, each.call, each.request_param_name) for each in of.dependencies)
    door: Any = of.call
    return Shortcut(
        door, tuple(of.path_params), body, of.request_param_name, made,
        {field.name: field.default for field in optional}, bool(of.query_params),
        tuple(field.alias for field in of.header_params),
    )  # fmt: skip


def answers_itself(door: Any) -> bool:
    """Whether it is a coroutine that gives a response, which FastAPI sends as it is."""
    said = getattr(door, "__annotations__", {}).get("return")
    return iscoroutinefunction(door) and isinstance(said, type) and issubclass(said, Response)


def is_plain(field: Any) -> bool:
    """Whether a parameter may be left out, and what stands in for it needs no thought."""
    info = field.field_info
    return not info.is_required() and not info.validate_default and isinstance(field.default, PLAIN)


def is_one_body(route: APIRoute) -> bool:
    """Whether the route takes a whole JSON body as one argument of its door."""
    info = route.dependant.body_params[0].field_info if len(route.dependant.body_params) == 1 else None
    return isinstance(info, params.Body) and not isinstance(info, params.Form) and not route._embed_body_fields


def needs_request_alone(each: Dependant) -> bool:
    """Whether a dependency is a coroutine of the request and nothing else."""
    fields = (each.path_params, each.query_params, each.header_params, each.cookie_params, each.body_params)
    return (
        each.name is not None
        and each.request_param_name is not None
        and iscoroutinefunction(each.call)
        and not (any(fields) or each.dependencies or asks_for_more(each))
    )


def asks_for_more(of: Dependant) -> bool:
    """Whether FastAPI would have to make something else for it."""
    return bool(
        of.http_connection_param_name or of.websocket_param_name or of.response_param_name
        or of.background_tasks_param_name or of.security_scopes_param_name or of.concurrency
    )  # fmt: skip
