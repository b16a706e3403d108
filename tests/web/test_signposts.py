"""Every request comes to the door that it would come to if all were asked."""

import pytest
from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from starlette.routing import Match, Router

from service.app import doors, signposts
from service.web.signposts import ANY, head_of, heads_of

pytestmark = pytest.mark.no_database


def chosen(router: Router, method: str, path: str) -> tuple[int, int]:
    """Which router takes the request, and whether it knows the method."""
    taken, best = 0, Match.NONE
    for route in router.routes:
        match, _ = route.matches({"type": "http", "method": method, "path": path, "root_path": "", "headers": []})
        if match.value > best.value:
            taken, best = id(route), match
    return taken, best.value


def test_the_way_is_the_same_and_shorter() -> None:
    way, every = signposts(), APIRouter(routes=list(doors()))
    paths = {(context.path_format or "").replace("{", "").replace("}", "") for context in iter_route_contexts(doors())}
    for path in (*sorted(paths), "/t/1/a/b", "/api/v1/threads/x", "/api/v1/threads/", "/none", "/api/v1", "/api", "//"):
        for method in ("GET", "POST", "DELETE"):
            small = way.by_head.get(head_of(path), way.rest)
            assert chosen(small, method, path) == chosen(every, method, path), path
    assert len(paths) > 150
    assert not [route for route in doors() if ANY in heads_of(route)], "with it every request would be compared"
    routers = [len(small.routes) for small in way.by_head.values()]
    assert max(routers) < len(every.routes) / 3
