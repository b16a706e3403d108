"""Reading JSON bodies: strictly, and without speaking before it is the body's turn.

CONTRACT's order of checks puts seen (404) and signed in (401) before valid (422). So a body that breaks its rules is
not refused when it is read: the door is handed the refusal, and the operation raises it in its turn (`settled`).
"""

import json
import re
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeVar, get_args

from fastapi import Body, Request, Response
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema
from starlette.concurrency import run_in_threadpool

from service.kit.errors import FieldError, Invalid
from service.web.later import LaterRoute

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL, which PostgreSQL cannot store, and lone surrogates, which UTF-8 cannot write (RFC 3629 section 3)."""

ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
"""How a JSON text alone can spell what is unstorable: NUL must be escaped, and UTF-8 has no half pairs (RFC 8259)."""

HOLDS_TEXT = (str, dict, list)
MOST_ERRORS = 20
"""A body can have a hundred thousand wrong fields; nobody reads more than the first few."""
MOST_WORDED = 1000
"""Of more wrong fields none is named: pydantic words all or nothing, and 80,000 take it a quarter of a second."""

Place = tuple[Any, int | str]
"""Where something stands in a JSON document: the place around it (None for the root), and its key or index there."""

M = TypeVar("M", bound=BaseModel)


class RequestModel(BaseModel):
    """The base of every request body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)


class ChangeModel(RequestModel):
    """The base of a body whose absent members leave things as they are: their stand-ins are no defaults to show."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema without defaults."""
        schema = handler(core)
        for member in handler.resolve_ref_schema(schema).get("properties", {}).values():
            member.pop("default", None)
        return schema


def invalid_fields(error: ValidationError) -> Invalid:
    """Pydantic's findings as the one problem `invalid`: a JSON pointer and the rule for each of the first fields."""
    if error.error_count() > MOST_WORDED:
        return refused([((), f"has more than {MOST_WORDED} wrong fields")])
    found = error.errors(include_url=False, include_context=False, include_input=False)[:MOST_ERRORS]
    return refused([(tuple(item["loc"]), sentence(item["msg"])) for item in found])


def refused(findings: list[tuple[tuple[int | str, ...], str]]) -> Invalid:
    """The problem for (location, rule) pairs."""
    errors = tuple(FieldError("".join(f"/{escape(part)}" for part in where), rule) for where, rule in findings)
    shown = "; ".join(f"{error.pointer.lstrip('/') or 'the body'}: {error.detail}" for error in errors[:5])
    return Invalid(shown, errors=errors)


def escape(part: int | str) -> str:
    """One reference token of a JSON pointer (RFC 6901 section 3)."""
    return str(part).replace("~", "~0").replace("/", "~1")[:80]


def sentence(message: str) -> str:
    """Pydantic's message without the prefix it puts before ours."""
    return message.removeprefix("Value error, ")


class Deferral:
    """Marks a body whose refusal is handed to the door instead of being raised."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate as the first member of the union would, and turn a failure into an `Invalid`."""
        return core_schema.no_info_wrap_validator_function(keep_refusal, handler.generate_schema(get_args(source)[0]))


def keep_refusal(value: Any, validate: Callable[[Any], Any]) -> Any:
    """The validated model, or the `Invalid` that says why there is none."""
    if isinstance(value, Invalid):
        return value
    try:
        return validate(value)
    except ValidationError as error:
        return invalid_fields(error)


Deferred = Annotated[M | Invalid, Body(), Deferral()]
"""A JSON body: the model, or the refusal to be raised when it is its turn."""


class StrictRequest(Request):
    """A request whose JSON is read strictly: depth, encoding and unstorable characters are refusals, never a crash.

    `needs_body` makes an absent body (nothing, or `null`) a refusal like the others, to be raised in its turn.
    """

    needs_body = False

    async def body(self) -> bytes:
        """The bytes that were sent; `null` in place of none where a body is needed."""
        return await super().body() or (b"null" if self.needs_body else b"")

    async def json(self) -> Any:
        """The decoded body, or an `Invalid` in its place. UTF-8 and no other encoding (RFC 8259 section 8.1)."""
        try:
            text = (await self.body()).decode()
            value = json.loads(text)
        except RecursionError:
            return Invalid("The body is nested too deeply", errors=(FieldError("", "is nested too deeply"),))
        except ValueError as error:
            return Invalid(f"The body is not JSON: {error}", errors=(FieldError("", "must be JSON in UTF-8"),))
        if value is None and self.needs_body:
            return Invalid("There is no body", errors=(FieldError("", "must be a JSON object"),))
        if ESCAPED.search(text):
            # In a thread: a megabyte of small lists takes half a second, and others are being answered.
            return await run_in_threadpool(find_unstorable, value) or value
        return value


def find_unstorable(value: Any) -> Invalid | None:
    """The refusal for the first string, or key, that no database could store; None when there is none.

    A place is a link to the place around it: whole paths for each member of a deep document took gigabytes.
    """
    waiting: list[tuple[Place | None, Any]] = [(None, value)]
    while waiting:
        where, item = waiting.pop()
        if isinstance(item, str) and UNSTORABLE.search(item):
            return refused([(path_of(where), "must not contain NUL or half of a surrogate pair")])
        if isinstance(item, dict):
            if any(UNSTORABLE.search(key) for key in item):
                return refused([(path_of(where), "must not have NUL or half of a surrogate pair in a name")])
            waiting += [((where, key), member) for key, member in item.items() if isinstance(member, HOLDS_TEXT)]
        elif isinstance(item, list):
            waiting += [((where, at), member) for at, member in enumerate(item) if isinstance(member, HOLDS_TEXT)]
    return None


def path_of(place: "Place | None") -> tuple[int | str, ...]:
    """The keys and indexes from the document's root to a place."""
    path: list[int | str] = []
    while place is not None:
        place, last = place
        path.append(last)
    return tuple(reversed(path))


class StrictRoute(LaterRoute):
    """A route that reads its JSON with StrictRequest."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handling, given the strict request."""
        inner = super().get_route_handler()
        needs_body = self.body_field is not None and self.body_field.field_info.is_required()

        async def strict(request: Request) -> Response:
            read = StrictRequest(request.scope, request.receive)
            read.needs_body = needs_body
            return await inner(read)

        return strict
