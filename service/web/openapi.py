"""The API's own description: OpenAPI 3.1, made from the routes and completed with what FastAPI does not say."""

from typing import Any, Final

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

router = APIRouter(include_in_schema=False)

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
        for path in made["paths"].values():
            for method, operation in path.items():
                complete(method, operation)
        app.openapi_schema = made
    return app.openapi_schema


def complete(method: str, operation: dict[str, Any]) -> None:
    """What holds for every operation: the key on unsafe methods, and our own problem in place of FastAPI's 422."""
    if method in UNSAFE:
        operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    answers = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422", "")):
        del answers["422"]
