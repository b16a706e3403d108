"""The OpenAPI document, read by the tests: its operations, its schemas, and what a schema lets through.

OpenAPI 3.1 schemas are JSON Schema 2020-12, so jsonschema judges them as they stand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

METHODS = ("get", "post", "put", "patch", "delete")
Json = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    method: str
    path: str
    spec: Json

    @property
    def id(self) -> str:
        """Its stable name."""
        return str(self.spec.get("operationId", f"{self.method} {self.path}"))

    @property
    def unsafe(self) -> bool:
        """Whether it may change something."""
        return self.method != "get"

    def parameters(self, where: str) -> list[Json]:
        """Its parameters in `path`, `query` or `header`."""
        return [item for item in self.spec.get("parameters", []) if item["in"] == where]

    def body_schema(self) -> Json | None:
        """The schema of its JSON body, None when it takes none."""
        content = self.spec.get("requestBody", {}).get("content", {})
        return content["application/json"]["schema"] if "application/json" in content else None


def operations(document: Json) -> list[Operation]:
    """Every operation, in the document's order."""
    return [
        Operation(method, path, methods[method])
        for path, methods in document["paths"].items()
        for method in METHODS
        if method in methods
    ]


def named(document: Json, operation_id: str) -> Operation:
    """The operation of this id."""
    return next(one for one in operations(document) if one.id == operation_id)


def resolved(document: Json, schema: Json) -> Json:
    """The schema itself where it is a reference to a component."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def faults(document: Json, schema: Json, value: Any) -> list[str]:
    """What is wrong with `value` by `schema`; formats are checked too. Empty when it fits."""
    judge = Draft202012Validator(
        {**schema, "components": document.get("components", {})}, format_checker=FormatChecker()
    )
    return [f"{error.json_path}: {error.message[:200]}" for error in judge.iter_errors(value)]


def leaves(document: Json, schema: Json, where: str = "", seen: tuple[str, ...] = ()) -> Iterator[tuple[str, Json]]:
    """Every typed schema below this one, with a readable way there; each component once on a way."""
    if "$ref" in schema:
        name = str(schema["$ref"])
        if name not in seen:
            yield from leaves(document, resolved(document, schema), where, (*seen, name))
        return
    for key in ("anyOf", "oneOf", "allOf"):
        for option in schema.get(key, []):
            yield from leaves(document, option, where, seen)
    if "type" in schema:
        yield where, schema
    for name, member in schema.get("properties", {}).items():
        yield from leaves(document, member, f"{where}/{name}", seen)
    if "items" in schema:
        yield from leaves(document, schema["items"], f"{where}/*", seen)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from leaves(document, schema["additionalProperties"], f"{where}/…", seen)


def unbounded(document: Json, schema: Json, where: str) -> Iterator[str]:
    """Strings without maxLength, lists without maxItems, numbers without bounds."""
    for place, leaf in leaves(document, schema, where):
        if "enum" in leaf or "const" in leaf:
            continue
        kind = leaf["type"]
        if kind == "string" and "maxLength" not in leaf:
            yield f"{place}: a string without maxLength"
        if kind == "array" and "maxItems" not in leaf:
            yield f"{place}: a list without maxItems"
        lower = leaf.keys() & {"minimum", "exclusiveMinimum"}
        upper = leaf.keys() & {"maximum", "exclusiveMaximum"}
        if kind in ("integer", "number") and not (lower and upper):
            yield f"{place}: a number without bounds"
