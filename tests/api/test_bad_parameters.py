"""Bad addresses, queries and headers on every operation: 404 or 422 with the field's name, never a 5xx."""

from typing import Any

import httpx
import pytest

from tests.api.openapi import Json, Operation, faults, named, operations
from tests.api.sending import example_body, request_for
from tests.api.stage import Stage
from tests.api.worked import WORKED

pytestmark = pytest.mark.anyio

NOT_IDS = ["0", "-1", "abc", "1.5", "9223372036854775808", "9" * 400, "1e3", " ", "\0", "٣", "1;drop", "\ud83d"]
NOT_NAMES = ["x" * 101, "\0", "../../etc/passwd", "%", "no-such-name", "\r\nX-Evil: 1", "\ud800"]
NOT_LIMITS = ["0", "101", "-1", "abc", "", "1.5", "1e1", "9" * 400, "١"]
NOT_CURSORS = [
    "garbage",
    "====",
    "bnVsbA",
    "W251bGxd",
    "WzEsMiwzXQ",
    "W10",
    "WzEuNSwyXQ",
    "e30",
    "é",
    "\0",
    "x" * 201,
    "WzksOTk5OTk5OTk5OTk5OTk5OTk5OV0",
]
NOT_ETAGS = ["garbage", '"', '"v"', '"v99999999999999999999"', 'W/"x"', "x" * 201]
NOT_KEYS = ["", " ", "x" * 201, "two words", "naïve"]


async def ask(stage: Stage, document: Json, operation: Operation, values: Json, **headers: str) -> httpx.Response:
    """Send the operation's example with other parameter values. What no URL can hold goes percent-encoded."""
    client = stage.client(WORKED[operation.id].by)
    request = request_for(client, operation, values, example_body(document, operation))
    mine = {name.replace("_", "-").encode(): value.encode("utf-8", "surrogatepass") for name, value in headers.items()}
    kept = [(name, value) for name, value in request.headers.raw if name.lower() not in mine]
    request.headers = httpx.Headers([*kept, *mine.items()])
    return await client.send(request)


def sendable(text: str) -> str:
    """The text as a query can carry it: half a surrogate pair goes as the bytes that are no UTF-8."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1") if "\ud83d" in text or "\ud800" in text else text


def is_problem(document: Json, answer: httpx.Response, *statuses: int) -> bool:
    """Whether the answer is one of these problems, with its full shape."""
    if answer.status_code not in statuses or answer.headers["content-type"] != "application/problem+json":
        return False
    return not faults(document, {"$ref": "#/components/schemas/Problem"}, answer.json())


async def test_an_impossible_address_is_not_found(stage: Stage, document: Json) -> None:
    wrong = []
    for operation in operations(document):
        for parameter in operation.parameters("path"):
            right = WORKED[operation.id].parameters
            for value in map(sendable, NOT_NAMES if parameter["schema"]["type"] == "string" else NOT_IDS):
                answer = await ask(stage, document, operation, right | {parameter["name"]: value})
                # A slash ends the segment, so that another route, or none, is asked.
                if not is_problem(document, answer, 404, 422, 405):
                    wrong.append(f"{operation.id} {value!r}: {answer.status_code} {answer.text[:300]}")
    assert not wrong, "\n".join(wrong)


async def test_a_bad_query_is_refused_by_name(stage: Stage, document: Json) -> None:
    await WORKED["list_review_notes"].prepare(stage)
    wrong = []
    for operation in operations(document):
        for parameter in operation.parameters("query"):
            name = parameter["name"]
            for value in wrong_values_of(name):
                right = WORKED[operation.id].parameters
                answer = await ask(stage, document, operation, right | {name: sendable(value)})
                if not refuses_query(document, answer, name, value):
                    wrong.append(f"{operation.id} {name}={value!r}: {answer.status_code} {answer.text[:300]}")
    assert not wrong, "\n".join(wrong)


def refuses_query(document: Json, answer: httpx.Response, name: str, value: str) -> bool:
    """Whether a bad value is refused by its name; a filter that matches nothing may also say just that."""
    if name in ("category", "author", "tag", "q", "username", "kind", "actor", "account", "address"):
        return answer.status_code == 200 or is_problem(document, answer, 404, 422)
    if not is_problem(document, answer, 422):
        return False
    return "\0" in value or [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}"]


def wrong_values_of(name: str) -> list[str]:
    """What this query parameter must not be."""
    special = {"limit": NOT_LIMITS, "cursor": NOT_CURSORS, "category": NOT_NAMES, "author": NOT_NAMES}
    special |= {"tag": NOT_NAMES, "q": NOT_NAMES}
    after = ["-1", "abc", "1.5", "9223372036854775808", ""]
    return special.get(name, after if name == "after" else ["nonsense", "x" * 1000, "\0"])


PREVIEWED = ("decide_reviews", "remove_posts")
"""A POST that changes nothing as its example has it."""


def unsafe_operations() -> list[str]:
    reading = ("get_", "list_", "preview_", "explain_")
    return sorted(name for name in WORKED if not name.startswith(reading) and name not in PREVIEWED)


def test_no_unsafe_operation_is_left_out(document: Json) -> None:
    assert unsafe_operations() == sorted(
        one.id
        for one in operations(document)
        if one.unsafe and not one.id.startswith("preview_") and one.id not in PREVIEWED
    )


@pytest.mark.parametrize("operation_id", unsafe_operations())
async def test_bad_headers_are_refused_by_name(stage: Stage, document: Json, operation_id: str) -> None:
    operation, worked = named(document, operation_id), WORKED[operation_id]
    await worked.prepare(stage)
    wanted = {"idempotency_key": NOT_KEYS}
    if any(item["name"] == "if-match" for item in operation.parameters("header")):
        wanted["if_match"] = NOT_ETAGS
    for header, values in wanted.items():
        for value in values:
            answer = await ask(stage, document, operation, worked.parameters, **{header: value})
            told = f"{header}: {value!r}: {answer.status_code} {answer.text[:300]}"
            assert is_problem(document, answer, 412, 422), told
            if answer.status_code == 422:
                pointers = [error["pointer"].lower() for error in answer.json()["errors"]]
                assert pointers == [f"/{header.replace('_', '-')}"], told


STRANGE: list[tuple[str, str, dict[str, Any]]] = [
    ("a path of 60,000 characters", "/api/v1/threads/" + "9" * 60_000, {}),
    ("bytes that are no UTF-8", "/api/v1/categories/%ff%fe", {}),
    ("NUL in the query", "/api/v1/threads?sort=new%00", {}),
    ("a name without end", "/api/v1/threads?" + "x" * 20_000 + "=1", {}),
    ("the same parameter twice", "/api/v1/threads?limit=1&limit=abc", {}),
    ("a list for a value", "/api/v1/threads?limit[]=1&limit[a]=2", {}),
    ("a token that is none", "/api/v1/threads", {"Authorization": "Bearer nonsense"}),
    ("a token of strange bytes", "/api/v1/threads", {"Authorization": b"Bearer \xff\xfe\x80"}),
    ("another scheme", "/api/v1/threads", {"Authorization": "Basic YTpi"}),
    ("a cookie that is none", "/api/v1/threads", {"Cookie": "parley=" + "x" * 4000}),
    ("cookies of strange bytes", "/api/v1/threads", {"Cookie": b"parley=\xff\xfe; =; ;;"}),
    ("an ETag list without end", "/api/v1/threads/1", {"If-None-Match": '"x",' * 200}),
    ("no such route", "/api/v1/nothing", {}),
    ("no such page", "/nothing/here", {}),
    ("a thread's page that is none", "/t/abc/def", {}),
    ("a page number that is none", "/t/1/x?page=abc", {}),
    ("a page number of 400 digits", "/t/1/x?page=" + "9" * 400, {}),
    ("a page before the first", "/t/1/x?page=0", {}),
    ("a front page from nowhere", "/?before=garbage", {}),
]


@pytest.mark.parametrize(("path", "headers"), [case[1:] for case in STRANGE], ids=[case[0] for case in STRANGE])
async def test_strange_requests_never_break_the_server(stage: Stage, path: str, headers: dict[str, Any]) -> None:
    answer = await stage.guest.get(path, headers=headers)
    assert answer.status_code < 500, f"{answer.status_code} {answer.text[:300]}"
