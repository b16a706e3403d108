"""Bad input, derived from the schemas: what no operation may accept, and which field its refusal has to name."""

import json
from collections.abc import Iterator
from typing import Any

from tests.api.openapi import Json, faults, resolved

DEEP = 10_000
BODIES = {
    "nothing": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"body": "\xff\xfe", "title": "\xc3\x28"}',
    "UTF-16": '{"body": "x"}'.encode("utf-16"),
    "a list": b"[]",
    "a string": b'"text"',
    "a number": b"1",
    "null": b"null",
    "NaN": b'{"body": NaN}',
    "lists without end": b"[" * DEEP + b"]" * DEEP,
    "objects without end": b'{"body":' * DEEP + b"1" + b"}" * DEEP,
    "an open end": b'{"body":' * DEEP,
    "a number of 5,000 digits": b'{"body": ' + b"9" * 5000 + b"}",
    "an infinite number": b'{"body": 1e999}',
    "two values": b"{} {}",
    "a NUL name": b'{"\\u0000": 1}',
    "a surrogate name": b'{"\\ud800": 1}',
}
"""Whole bodies that no operation takes, as bytes."""

PLAIN: list[Any] = [0, 1.5, True, "nonsense", [], {}, [[]], None]


def wrong_bodies(document: Json, schema: Json, example: Json) -> Iterator[tuple[str, bytes, str]]:
    """Bodies that are right but for one member: what is wrong, the bytes, and the pointer that must be named."""
    model = model_of(document, schema)
    yield "an unknown field", encoded({**example, "surprise": 1}), "/surprise"
    for name in model.get("required", []):
        yield f"no {name}", encoded({key: value for key, value in example.items() if key != name}), f"/{name}"
    for name, member in model["properties"].items():
        for label, value in wrong_values(document, member):
            yield f"{name}: {label}", encoded({**example, name: value}), f"/{name}"


def wrong_values(document: Json, schema: Json) -> Iterator[tuple[str, Any]]:
    """Values that a member of this schema must not have. The schema itself says that they are wrong."""
    candidates: list[tuple[str, Any]] = [(f"{value!r}", value) for value in PLAIN]
    for option in options(document, schema):
        candidates += wrong_for(document, option)
    for label, value in candidates:
        if isinstance(value, str) and ("\0" in value or "\ud800" in value):
            yield label, value  # no schema says so, but no database could store it
        elif faults(document, schema, value):
            yield label, value


def wrong_for(document: Json, schema: Json) -> Iterator[tuple[str, Any]]:
    """Candidates by the type of one option: over the edge of each bound."""
    kind = schema.get("type")
    if kind == "string" and "enum" not in schema and "const" not in schema:
        least = schema.get("minLength", 0)
        yield "NUL", "text\0text" + "x" * least
        yield "half a surrogate pair", "text\ud800" + "x" * least
        yield "too long", "x" * (schema["maxLength"] + 1)
        yield "empty", ""
    elif kind == "integer":
        yield from [("too small", schema["minimum"] - 1), ("too big", schema["maximum"] + 1), ("as text", "1")]
        yield "beyond any database", 2**200
    elif kind == "array":
        yield "too many", [1] * (schema["maxItems"] + 1)
        yield "a list of nothing", [None]
        yield from ((f"inside, {label}", [value]) for label, value in wrong_values(document, schema["items"]))
    elif kind == "object":
        yield "an unknown field inside", {"surprise": 1}
        for name, member in schema.get("properties", {}).items():
            yield from ((f"{name}, {label}", {name: value}) for label, value in wrong_values(document, member))


def options(document: Json, schema: Json) -> Iterator[Json]:
    """The schema, or each alternative in it, without references."""
    found = resolved(document, schema)
    if "anyOf" in found:
        for option in found["anyOf"]:
            yield from options(document, option)
    else:
        yield found


def model_of(document: Json, schema: Json) -> Json:
    """The object among the alternatives of a body."""
    return next(option for option in options(document, schema) if option.get("type") == "object")


def encoded(value: Any) -> bytes:
    """JSON in ASCII, lone surrogates as escapes."""
    return json.dumps(value).encode("ascii")
