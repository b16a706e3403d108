"""Problems on the wire: `application/problem+json` (RFC 9457), mapped here and nowhere else."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from service.kit.errors import Invalid, MethodNotAllowed, NotFound, NotSignedIn, Problem, Suspended
from service.web.bodies import refused, sentence

MEDIA_TYPE = "application/problem+json"
PageOfProblem = Callable[[Request, Problem], Awaitable[Response]]


class Unexpected(Problem):
    """A fault of Parley's own; the log has the rest under the request's path."""

    code, status, title = "unexpected", 500, "Something went wrong on our side"


def members(problem: Problem, instance: str) -> dict[str, Any]:
    """The JSON object of a problem. `type` is a page on this site that explains the code."""
    shown: dict[str, Any] = {
        "type": f"/problems/{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "instance": instance,
    }
    if problem.errors:
        shown["errors"] = [{"pointer": error.pointer, "detail": error.detail} for error in problem.errors]
    return shown | problem.extra


def problem_response(problem: Problem, instance: str) -> Response:
    """The answer for a problem."""
    body = json.dumps(members(problem, instance), ensure_ascii=True).encode()
    return Response(body, problem.status, problem.headers, MEDIA_TYPE)


def declare(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses=`: the problems it can answer with, grouped by status.

    Where somebody must be signed in, they may be suspended: that is declared by itself.
    """
    return described(*problems, *((Suspended,) if NotSignedIn in problems else ()))


def described(*problems: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """Exactly these problems as OpenAPI describes answers, grouped by status."""
    grouped: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        entry = grouped.setdefault(
            problem.status,
            {"description": "", "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}},
        )
        entry["description"] = " · ".join(filter(None, (entry["description"], f"`{problem.code}`: {problem.title}")))
    return grouped


def from_validation(error: RequestValidationError) -> Problem:
    """FastAPI's own findings (path, query, headers). A malformed id in the path is simply not found."""
    findings = [(tuple(item["loc"]), sentence(item["msg"])) for item in error.errors()]
    if any(where and where[0] == "path" for where, _ in findings):
        return NotFound()
    return refused([(where[1:], rule) for where, rule in findings])


def from_http(error: HTTPException) -> Problem:
    """Starlette's own 404, 405 and the like."""
    if error.status_code == 405:
        return MethodNotAllowed(headers=dict(error.headers or {}))
    return NotFound() if error.status_code == 404 else Invalid(str(error.detail))


def install(app: FastAPI, page: PageOfProblem) -> None:
    """Answer problems as JSON under `/api/` and as a page elsewhere. What nobody foresaw is the gate's to answer."""

    async def answer(request: Request, problem: Problem) -> Response:
        if request.url.path.startswith("/api/"):
            return problem_response(problem, request.url.path)
        return await page(request, problem)

    async def on_problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return await answer(request, error)

    async def on_validation(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return await answer(request, from_validation(error))

    async def on_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return await answer(request, from_http(error))

    app.add_exception_handler(Problem, on_problem)
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(HTTPException, on_http)
