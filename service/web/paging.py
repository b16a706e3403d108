"""Lists on the wire: `{"items": […], "next": cursor|null}`, opaque cursors over a key, never an offset."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Query
from pydantic import BaseModel

from service.kit.errors import Invalid, invalid
from service.web.answers import Answer, Members, json_answer

Item = TypeVar("Item", bound=BaseModel)
R = TypeVar("R")

MOST_CURSOR = 200
Limit = Annotated[int, Query(ge=1, le=100, description="How many items at most, 1 to 100.")]
Cursor = Annotated[
    str | None, Query(max_length=MOST_CURSOR, description="`next` of the page before; absent for the first page.")
]


class Page(BaseModel, Generic[Item]):
    """One page of a list; `next` is the cursor of the following page, or null on the last."""

    items: list[Item]
    next: str | None


def to_cursor(key: Sequence[int]) -> str:
    """An opaque cursor for the key of the last item shown."""
    return base64.urlsafe_b64encode(json.dumps(list(key)).encode()).decode().rstrip("=")


def from_cursor(cursor: str | None, size: int) -> tuple[int, ...] | None:
    """The key in a cursor (`size` integers); None without a cursor. Raises Invalid for what we never gave out."""
    if not cursor:
        return None
    if len(cursor) > MOST_CURSOR:
        raise unknown_cursor()
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise unknown_cursor() from error
    if (
        not isinstance(key, list)
        or len(key) != size
        or any(type(part) is not int or abs(part) >= 2**63 for part in key)
    ):
        raise unknown_cursor()
    return tuple(key)


def unknown_cursor() -> Invalid:
    """The problem for a cursor that this list never gave out."""
    return invalid("/cursor", "must be the `next` of an earlier page of this list")


def page_answer(
    rows: Sequence[R],
    limit: int,
    key: Callable[[R], Sequence[int]],
    show: Callable[[R], BaseModel | Members],
    path: str,
    **named: Any,
) -> Answer:
    """The page of a list whose query fetched `limit + 1` rows, with `Link: rel="next"` (RFC 8288).

    `key` gives the integers that the list is ordered by, `show` an item's wire form, `path` the list's own address,
    `named` its filters by name; those that are None were not given.
    """
    shown = rows[:limit]
    following = to_cursor(key(shown[-1])) if len(rows) > limit else None
    answer = json_answer({"items": [show(row) for row in shown], "next": following})
    if following:
        given = {name: value for name, value in named.items() if value is not None}
        query = urlencode(given | {"limit": limit, "cursor": following})
        answer.headers["Link"] = f'<{path}?{query}>; rel="next"'
    return answer
