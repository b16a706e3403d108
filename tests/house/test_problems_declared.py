"""Every problem that a route can raise is declared on it, so that the API's description tells all it can answer."""

import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from service import wiring
from service.web.openapi import ALWAYS, WHEN_UNSAFE
from tests.house.raises import Found, House
from tests.house.tree import ROOT

pytestmark = pytest.mark.no_database

ROUTES = [route for router in wiring.ROUTERS for route in router.routes if isinstance(route, APIRoute)]


@cache
def house() -> House:
    return House.read(ROOT)


def code_of(path: str) -> str:
    """The code of the problem class at this dotted path."""
    module, _, name = path.rpartition(".")
    return str(getattr(importlib.import_module(module), name).code)


def asked(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    """The route's function, and every dependency that FastAPI calls for it."""
    if dependant.call is not None:
        yield dependant.call
    for inner in dependant.dependencies:
        yield from asked(inner)


def where(call: Callable[..., Any]) -> Iterator[Found]:
    """The definition of a function; of a class, its `__init__`."""
    path = f"{call.__module__}.{call.__qualname__}"
    found = house().look_up(f"{path}.__init__" if inspect.isclass(call) else path)
    if found is not None and not isinstance(found, str):
        yield found


def raised(route: APIRoute) -> dict[str, tuple[str, ...]]:
    """The codes of the problems the route can raise, each with a way there."""
    base = house().look_up("service.kit.errors.Problem")
    assert base is not None
    assert not isinstance(base, str)
    found = [house().problems(start, base) for call in asked(route.dependant) for start in where(call)]
    return {code_of(path): way for reached in found for path, way in reached.items()}


def declared(route: APIRoute) -> set[str]:
    """The codes that the route declares, with those that hold for every route of its kind."""
    common = ALWAYS + (() if (route.methods or set()) <= {"GET"} else WHEN_UNSAFE)
    told = " ".join(str(answer.get("description", "")) for answer in route.responses.values())
    return {problem.code for problem in common} | set(re.findall(r"`([a-z-]+)`", told))


SAID_OF_EACH = {
    "decide_reviews": "service.moderation.operations.many.decide_many",
    "extend_closings": "service.closing.operations.extending.extend_closing",
    "reopen_threads": "service.closing.operations.closing.reopen_thread",
    "flag_thread": "service.moderation.operations.flagging._hide",
    "flag_reply": "service.moderation.operations.flagging._hide",
}
"""Routes that do one deed to many threads, and the deed: what it raises is said of that thread in a 200. And those
that hide a post which is published, by Parley itself: no version, claim or state stands in the way of that.
"""


def undeclared(route: APIRoute) -> dict[str, tuple[str, ...]]:
    """The codes that the route can raise and does not declare, each with a way there."""
    deed = SAID_OF_EACH.get(str(route.operation_id))
    found = {code: way for code, way in raised(route).items() if deed not in way}
    return {code: way for code, way in found.items() if code not in declared(route)}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation_id)
def test_every_problem_a_route_can_raise_is_declared(route: APIRoute) -> None:
    missing = undeclared(route)
    assert not missing, "\n".join(f"{code}: {' → '.join(way)}" for code, way in missing.items())


def test_a_route_that_declares_nothing_is_noticed() -> None:
    (post_reply,) = [route for route in ROUTES if route.operation_id == "post_reply"]
    silent = APIRoute("/silent", post_reply.endpoint, methods=["POST"])
    assert {"not-found", "not-allowed", "thread-closed", "parent-not-available"} <= undeclared(silent).keys()
