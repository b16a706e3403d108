"""From an operation and its example in the document to a request that can be sent."""

from typing import Any
from urllib.parse import quote

import httpx

from tests.api.openapi import Json, Operation, resolved


def example_body(document: Json, operation: Operation) -> Any:
    """The first example of the operation's request model; None when it takes no body."""
    schema = operation.body_schema()
    if schema is None:
        return None
    options = [resolved(document, option) for option in schema.get("anyOf", [schema])]
    return next((option["examples"][0] for option in options if "examples" in option), None)


def example_values(operation: Operation) -> Json:
    """The example value of each parameter that has one."""
    return {item["name"]: item["example"] for item in operation.spec.get("parameters", []) if "example" in item}


def request_for(
    client: httpx.AsyncClient, operation: Operation, values: Json, body: Any = None, **keywords: Any
) -> httpx.Request:
    """The request with these parameter values (path, query and headers by their names) and this JSON body."""
    path, query, headers = operation.path, {}, {}
    for item in operation.spec.get("parameters", []):
        name = item["name"]
        if name not in values:
            continue
        if item["in"] == "path":
            path = path.replace(f"{{{name}}}", quote(str(values[name]), safe=""))
        elif item["in"] == "query":
            value = values[name]
            query[name] = str(value).lower() if isinstance(value, bool) else value
        else:
            headers[name] = str(values[name])
    if body is not None:
        keywords["json"] = body
    return client.build_request(operation.method.upper(), path, params=query, headers=headers, **keywords)
