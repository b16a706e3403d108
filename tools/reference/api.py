"""`docs/reference/api.md`: every operation of the JSON API, as its OpenAPI document describes it."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from service.app import create_app
from service.settings import Settings
from service.web.openapi import describe
from tools.reference.prose import Undocumented, opening, table

INTRODUCTION = """
This is a summary of the OpenAPI 3.1 document that Parley serves at `/api/v1/openapi.json`; a page to try it out is at
`/api/v1/docs`. All paths begin with the address of your forum. Bodies are UTF-8 JSON with snake_case names; times are
RFC 3339 in UTC, durations ISO 8601, ids integers; unknown fields are refused.
"""
METHODS = ("get", "post", "put", "patch", "delete")


def document() -> dict[str, Any]:
    """The OpenAPI document of an app with default settings."""
    with tempfile.TemporaryDirectory() as folder:
        return describe(create_app(Settings(data_dir=Path(folder))))


def operations(openapi: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation, in the document's order."""
    for path, methods in openapi["paths"].items():
        for method in METHODS:
            if method in methods:
                yield method.upper(), path, methods[method]


def shape(schema: dict[str, Any]) -> str:
    """A schema in a few words: `integer, 1–100`, `string, at most 200 characters`, `Thread`, `list of Reply`."""
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(shape(option) for option in schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {shape(schema.get('items', {}))}"
    kind = str(schema.get("format", schema.get("type", "anything")))
    if "minimum" in schema and "maximum" in schema:
        return f"{kind}, {schema['minimum']}–{schema['maximum']}"
    if "maxLength" in schema:
        return f"{kind}, at most {schema['maxLength']} characters"
    return kind


def fields(operation: dict[str, Any], components: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    """Parameters, then the body's fields: name, where, shape, meaning."""
    rows = [
        (f"`{item['name']}`", item["in"], shape(item["schema"]), item.get("description", ""))
        for item in operation.get("parameters", [])
    ]
    for media in operation.get("requestBody", {}).get("content", {}).values():
        schema = media["schema"]
        while "$ref" in schema:
            schema = components[schema["$ref"].rpartition("/")[2]]
        needed = schema.get("required", [])
        for name, member in schema.get("properties", {}).items():
            where = "body" if name in needed else "body, optional"
            rows.append((f"`{name}`", where, shape(member), member.get("description", "")))
    return rows


def example(method: str, path: str, operation: dict[str, Any]) -> str:
    """The worked example: what to send and what comes back."""
    query = []
    headers = ""
    for item in operation.get("parameters", []):
        if "example" not in item:
            continue
        value = json.dumps(item["example"]) if isinstance(item["example"], bool) else str(item["example"])
        if item["in"] == "path":
            path = path.replace(f"{{{item['name']}}}", value)
        elif item["in"] == "query":
            query.append(f"{item['name']}={value}")
        else:
            headers += f"{item['name']}: {value}\n"
    sent = f"{method} {path}{'?' if query else ''}{'&'.join(query)}\n{headers}"
    for media in operation.get("requestBody", {}).get("content", {}).values():
        sent += f"\n{json.dumps(media['example'], ensure_ascii=False, indent=2)}\n"
    # Of two answers that are no refusals, one has the example.
    good = [(status, answer) for status, answer in operation["responses"].items() if status.startswith("2")]
    status, answer = next((each for each in good if '"example":' in json.dumps(each[1])), good[0])
    came = f"{status}\n"
    for media in answer.get("content", {}).values():
        shown = media["example"]
        came += f"\n{shown if isinstance(shown, str) else json.dumps(shown, ensure_ascii=False, indent=2)}\n"
    return f"<details><summary>Example</summary>\n\n```http\n{sent}```\n\n```http\n{came}```\n\n</details>\n"


def section(method: str, path: str, operation: dict[str, Any], components: dict[str, Any]) -> str:
    """One operation's part of the page. Raises Undocumented without a description."""
    told = operation.get("description") or operation.get("summary")
    if not told or not operation.get("description"):
        raise Undocumented(f"{method} {path} has no description")
    parts = [f"### {operation['operationId']}\n\n`{method} {path}`\n\n{told.strip()}\n"]
    if rows := fields(operation, components):
        parts.append(table(("name", "in", "shape", "meaning"), rows) + "\n")
    parts.append(example(method, path, operation))
    answers = [(str(status), answer["description"]) for status, answer in sorted(operation["responses"].items())]
    parts.append(table(("answer", "when"), answers) + "\n")
    return "\n".join(parts)


def page() -> str:
    """The page, grouped by tag."""
    openapi = document()
    components = openapi.get("components", {}).get("schemas", {})
    grouped: dict[str, list[str]] = {}
    for method, path, operation in operations(openapi):
        tag = (operation.get("tags") or ["other"])[0]
        grouped.setdefault(tag, []).append(section(method, path, operation, components))
    body = "\n".join(f"## {tag.capitalize()}\n\n" + "\n".join(sections) for tag, sections in grouped.items())
    return opening("The JSON API", INTRODUCTION) + "\n" + body
