"""The API's description for people: the OpenAPI document as a page of the site, with nothing loaded from elsewhere."""

import json
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from service.accounts.current import Asking
from service.pages import frame
from service.pages.rendering import page
from service.pages.views.api_docs import ApiDocs, Operation, Parameter
from service.web.later import LaterRoute
from service.web.openapi import describe

router = APIRouter(route_class=LaterRoute, include_in_schema=False)


@router.get("/api/v1/docs")
async def api_docs(request: Request, asks: Asking) -> Response:
    """Every operation of the JSON API: what it is for, what it takes, an example, and what it answers."""
    view = present(describe(request.app))
    framed = await asks.read(lambda session, actor: frame.around(session, actor, "/api/v1/docs"))
    return page("api_docs.html", framed, view)


def present(document: dict[str, Any]) -> ApiDocs:
    """The document's operations by tag."""
    groups: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            groups.setdefault(operation["tags"][0], []).append(to_operation(document, path, method, operation))
    return ApiDocs(document["info"]["version"], tuple((tag, tuple(found)) for tag, found in groups.items()))


def to_operation(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Operation:
    """One operation as the page shows it."""
    parameters = (
        Parameter(item["name"], item["in"], item.get("description", "")) for item in operation.get("parameters", ())
    )
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        meaning=operation.get("description", ""),
        parameters=tuple(parameters),
        example=example_of(document, operation),
        answers=tuple((status, answer["description"]) for status, answer in operation["responses"].items()),
    )


def example_of(document: dict[str, Any], operation: dict[str, Any]) -> str | None:
    """The worked example of the request body, if the operation takes one."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return None
    schema = content["schema"]
    for choice in (schema, *schema.get("anyOf", ())):
        named = document["components"]["schemas"].get(choice.get("$ref", "").rpartition("/")[2], choice)
        for example in named.get("examples", ()):
            return json.dumps(example, indent=2, ensure_ascii=False)
    return None
