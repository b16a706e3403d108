"""The API's own description: OpenAPI 3.1, made from the routes and completed with what FastAPI does not say.

Each operation carries one worked example: parameters and body to send, and the answer that came. The examples lie in
`examples.json`, are recorded by `make docs`, and are sent again by the tests.
"""

import json
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from service.kit.errors import (
    BadRequest,
    BodyTooLarge,
    CrossOrigin,
    IdempotencyConflict,
    InProgress,
    Invalid,
    NotReady,
    NotSignedIn,
    Problem,
)
from service.web.later import LaterRoute
from service.web.problems import described

router = APIRouter(route_class=LaterRoute, include_in_schema=False)

PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "An error a caller may see (RFC 9457). `code` is stable; `errors` names wrong fields.",
    "required": ["type", "title", "status", "code", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "description": "A page that explains the code."},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "description": "The path that was asked."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
IDEMPOTENCY_KEY: Final[dict[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes the request happen at most once: the same key and request replay the first answer for 24 h.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
UNSAFE: Final = ("post", "put", "patch", "delete")
ALWAYS: Final[tuple[type[Problem], ...]] = (BadRequest, NotSignedIn, Invalid, NotReady)
"""What every operation can answer: broken framing, a token that is not valid, an address with NUL, no database."""
WHEN_UNSAFE: Final[tuple[type[Problem], ...]] = (CrossOrigin, InProgress, BodyTooLarge, IdempotencyConflict)
NOT_MODIFIED: Final[dict[str, Any]] = {"description": "You have this version already (If-None-Match)."}
SUCCESSES: Final = {"200": "As asked.", "201": "Made; `Location` is its address.", "204": "Done; there is no body."}
EXAMPLES: Final = Path(__file__).with_name("examples.json")


@router.get("/openapi.json")
async def document(request: Request) -> JSONResponse:
    """The OpenAPI 3.1 document."""
    return JSONResponse(describe(request.app))


def describe(app: FastAPI) -> dict[str, Any]:
    """The document, made once per process."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, summary=app.summary, routes=app.routes)
        components = made.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = PROBLEM
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        made["security"] = [{}, {"token": []}]
        examples = json.loads(EXAMPLES.read_text(encoding="utf-8"))
        for path in made["paths"].values():
            for method, operation in path.items():
                complete(method, operation)
                illustrate(operation, examples.get(operation["operationId"], {}))
        app.openapi_schema = made
    return app.openapi_schema


def complete(method: str, operation: dict[str, Any]) -> None:
    """What holds for every operation: the answers of the gate, and the Idempotency-Key on unsafe methods."""
    answers = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422", "")):
        del answers["422"]
    common = ALWAYS
    if method in UNSAFE:
        operation.setdefault("parameters", []).append(dict(IDEMPOTENCY_KEY))
        common += WHEN_UNSAFE
    for problem in common:
        add_answer(answers, problem)
    if any(parameter["name"] == "if-none-match" for parameter in operation.get("parameters", ())):
        answers.setdefault("304", NOT_MODIFIED)
    for status, words in SUCCESSES.items():
        if status in answers:
            answers[status]["description"] = words
    operation["responses"] = dict(sorted(answers.items()))


def add_answer(answers: dict[str, Any], problem: type[Problem]) -> None:
    """Add a problem to the answers of an operation, unless its code is declared there already."""
    ((status, fresh),) = described(problem).items()
    entry = answers.setdefault(str(status), fresh)
    if f"`{problem.code}`" not in entry["description"]:
        entry["description"] += f" · {fresh['description']}"


def illustrate(operation: dict[str, Any], example: dict[str, Any]) -> None:
    """Put the worked example where OpenAPI has a place for it: parameters, request body, and the answer."""
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in example.get("parameters", {}):
            parameter["example"] = example["parameters"][parameter["name"]]
    if "body" in example:
        operation["requestBody"]["content"]["application/json"]["example"] = example["body"]
    if example.get("answer") is not None:
        operation["responses"][str(example["status"])]["content"]["application/json"]["example"] = example["answer"]
