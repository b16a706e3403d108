"""Routes that FastAPI works out when they are first needed, not when the house is built.

What a route takes and gives becomes a tree of dependencies and a validator for each parameter: for all routes together
that took a sixth of the start and a tenth of the memory of a process at rest. Most processes never see most routes.
"""

from collections.abc import Callable, Iterable
from typing import Any, Self

from fastapi.routing import APIRoute
from starlette.routing import compile_path

from service.web.shortcut import Answering, with_shortcut

MATCHING = ("path_regex", "path_format", "param_convertors")
"""What tells whether a request is a route's own, which is asked of many routes: found without working them out."""


class LaterRoute(APIRoute):
    """A route that knows its path and methods from the start, and everything else once something else is asked of it.

    That is its first request, or the description of the API; on the event loop, where nothing comes between.
    """

    def __init__(
        self, path: str, endpoint: Callable[..., Any], *, methods: Iterable[str] | None = None, **how: Any
    ) -> None:
        self.path, self.endpoint = path, endpoint
        self.methods = {method.upper() for method in methods or ("GET",)}
        self._how = self._later = {"methods": self.methods, **how}

    def under(self, prefix: str) -> Self:
        """The same route at an address that begins so."""
        return type(self)(prefix + self.path, self.endpoint, **self._how)

    def get_route_handler(self) -> Answering:
        """FastAPI's own handling, past which plain requests go."""
        return with_shortcut(self, super().get_route_handler())

    def __getattr__(self, name: str) -> Any:
        """What the route does not know yet. Raises AttributeError for what no route has."""
        if name in MATCHING:
            self.path_regex, self.path_format, self.param_convertors = compile_path(self.path)
        elif (how := self.__dict__.pop("_later", None)) is not None:
            super().__init__(self.path, self.endpoint, **how)
        else:
            raise AttributeError(name)
        return getattr(self, name)
