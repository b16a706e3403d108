"""What a unit of work returns to its door: status, headers and ready bytes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

from fastapi import Response
from pydantic import BaseModel
from pydantic_core import to_json

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer as data, so that an Idempotency-Key can keep it in the same transaction.

    `kept` is the body to keep for a replay where the real one carries a secret (None: keep `body`).
    """

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str | None = JSON
    kept: bytes | None = None
    cookies: tuple[str, ...] = ()

    def response(self) -> Response:
        """The answer as a Starlette response; `cookies` are whole Set-Cookie values and are never kept."""
        response = Response(self.body, self.status, self.headers, self.media_type if self.body else None)
        for cookie in self.cookies:
            response.headers.append("set-cookie", cookie)
        return response


Members = Mapping[str, Any]
"""What a model would say, as JSON can have it: its members under their names, in their order. Times are UTC's."""


def json_answer(model: BaseModel | Members, status: int = 200, **headers: str) -> Answer:
    """A model, or its members, as JSON; underscores in header names become hyphens (`ETag=…`, `Cache_Control=…`)."""
    return Answer(
        status,
        model.model_dump_json().encode() if isinstance(model, BaseModel) else to_json(model),
        {name.replace("_", "-"): value for name, value in headers.items()},
    )


def created(model: BaseModel | Members, location: str, **headers: str) -> Answer:
    """201 with the new thing and its address."""
    return json_answer(model, 201, Location=in_ascii(location), **headers)


def no_content() -> Answer:
    """204."""
    return Answer(204, media_type=None)


def see_other(location: str) -> Answer:
    """303: a form was taken; look here (RFC 9110 section 15.4.4)."""
    return Answer(303, headers={"Location": in_ascii(location)}, media_type=None)


def in_ascii(location: str) -> str:
    """An address as a header can carry it: slugs may be in any script (RFC 3987 section 3.1). Escapes stay."""
    return quote(location, safe="%/:?#[]@!$&'()*+,;=~")


def without_secret(answer: Answer, *members: str) -> Answer:
    """The same answer, replayed later without these members of its JSON object."""
    shown: dict[str, Any] = json.loads(answer.body)
    return replace(answer, kept=json.dumps({key: shown[key] for key in shown if key not in members}).encode())
