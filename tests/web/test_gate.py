"""The outermost layer: size, framing, unstorable addresses, cross-site writes, and the headers of every answer."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from tests.build import a_thread
from tests.cast import Person

pytestmark = pytest.mark.anyio
OWN = "http://forum.example"
ELSEWHERE = "https://evil.example"


async def drip(size: int, piece: int = 100_000) -> AsyncIterator[bytes]:
    """A body of unknown length, piece by piece."""
    for _ in range(0, size, piece):
        yield b" " * piece


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a problem, whose shape is checked."""
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["type"] == f"/problems/{problem['code']}"
    assert problem["title"]
    assert problem["detail"]
    assert problem["instance"] == answer.request.url.path
    return answer.status_code, problem["code"]


async def test_a_body_over_a_megabyte_is_refused_however_it_is_sent(alice: Person) -> None:
    for content in (b" " * 1_000_001, drip(1_100_000)):
        answer = await alice.client.post("/api/v1/threads", content=content)
        assert code_of(answer) == (413, "body-too-large")
        assert answer.headers["connection"] == "close"
    said = {"content-length": "100000000"}
    assert code_of(await alice.client.post("/api/v1/threads", content=b"{}", headers=said)) == (413, "body-too-large")
    fits = b'{"title": "T", "body": "B"}' + b" " * 900_000
    whole = await alice.client.post("/api/v1/threads", content=fits, headers={"content-type": "application/json"})
    assert whole.status_code == 201


async def test_ambiguous_framing_is_refused(alice: Person) -> None:
    both = {"content-length": "2", "transfer-encoding": "chunked"}
    for headers in (both, {"content-length": "two"}, {"content-length": "-2"}, {"content-length": "1_0"}):
        answer = await alice.client.post("/api/v1/threads", content=b"{}", headers=headers)
        assert code_of(answer) == (400, "bad-request"), headers
        assert answer.headers["connection"] == "close"
    vast = await alice.client.post("/api/v1/threads", content=b"{}", headers={"content-length": "9" * 6000})
    assert code_of(vast) == (413, "body-too-large")


async def test_an_address_with_nul_or_without_end_is_no_fault(client: httpx.AsyncClient) -> None:
    for path in ("/api/v1/threads/1%00", "/api/v1/categories/a%00b", "/api/v1/threads?author=a%00"):
        assert (await client.get(path)).status_code in (404, 422), path
    for path in ("99999999999999999999", "0", "-1", "one", "1.0", "%ff", "１"):
        assert code_of(await client.get(f"/api/v1/threads/{path}"))[1] == "not-found", path
        assert code_of(await client.get(f"/api/v1/replies/{path}"))[1] == "not-found", path
    assert code_of(await client.get(f"/api/v1/categories/{'x' * 5000}")) == (404, "not-found")


SAME = {"Sec-Fetch-Site": "same-origin"}
CROSSING = [
    # headers of an unsafe request with a cookie → refused?
    ({}, False),
    (SAME, False),
    ({"Sec-Fetch-Site": "none"}, False),
    ({"Sec-Fetch-Site": "cross-site"}, True),
    ({"Sec-Fetch-Site": "same-site"}, True),
    ({"Sec-Fetch-Site": "anything"}, True),
    ({"Sec-Fetch-Site": ""}, True),
    ({"Origin": OWN}, False),
    ({"Origin": ELSEWHERE}, True),
    ({"Origin": "null"}, True),
    ({"Origin": ""}, True),
    ({"Origin": "http://["}, True),
    ({"Origin": f"{OWN}.evil.example"}, True),
    ({"Origin": "http://evil.example/forum.example"}, True),
    ({"Origin": f"{OWN}:8080"}, True),
    ({"Origin": "http://inside:8000", "Host": "inside:8000"}, False),
    ({"Sec-Fetch-Site": "cross-site", "Origin": OWN}, True),
    ({**SAME, "Origin": ELSEWHERE}, False),
]


async def test_cross_site_writes_are_refused(alice: Person) -> None:
    thread = await a_thread(by=alice)
    for number, (headers, refused) in enumerate(CROSSING):
        body = {"body": f"Hello {number}."}
        answer = await alice.post(f"/api/v1/threads/{thread['id']}/replies", body, headers=headers)
        if refused:
            assert code_of(answer) == (403, "cross-origin"), headers
        else:
            assert answer.status_code == 201, headers
    count = (await alice.get(f"/api/v1/threads/{thread['id']}")).json()["reply_count"]
    assert count == sum(not refused for _, refused in CROSSING)


async def test_reading_and_a_program_with_a_token_may_come_from_anywhere(alice: Person) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": ELSEWHERE}
    assert (await alice.get("/api/v1/threads", headers=elsewhere)).status_code == 200
    made = await alice.post("/api/v1/tokens", {"name": "a program", "scopes": ["read", "write"]})
    token = {"Authorization": f"Bearer {made.json()['token']}"}
    draft = {"title": "By program", "body": "Hello."}
    assert (await alice.post("/api/v1/threads", draft, headers=elsewhere | token)).status_code == 201
    for authorization in ("Bearer", "Bearer wrong", "Basic YTpi"):
        answer = await alice.post("/api/v1/threads", draft, headers=elsewhere | {"Authorization": authorization})
        assert answer.status_code in (401, 403), authorization


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient, alice: Person) -> None:
    answers = [
        await client.get("/api/v1/threads"),
        await client.get("/api/v1/threads/999"),
        await client.get("/"),
        await client.get("/no-such-page"),
        await client.get("/healthz"),
        await client.delete("/api/v1/threads"),
        await alice.post("/api/v1/threads", {}, headers={"Origin": ELSEWHERE}),
        await alice.client.post("/api/v1/threads", content=b" " * 1_000_001),
    ]
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        for directive in ("default-src", "base-uri", "form-action", "frame-ancestors", "object-src"):
            assert directive in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert any(word in answer.headers["cache-control"] for word in ("private", "no-store")), answer.url


async def test_a_fault_of_ours_is_a_problem_with_the_same_headers(app: FastAPI, client: httpx.AsyncClient) -> None:
    async def fail() -> None:
        raise KeyError("a secret of the row")

    app.add_api_route("/api/v1/broken", fail)
    app.add_api_route("/broken", fail)
    app.router.middleware_stack = app.router.app  # the signposts know the doors of the house alone
    told, page = await client.get("/api/v1/broken"), await client.get("/broken")
    assert code_of(told) == (500, "unexpected")
    assert page.status_code == 500
    for answer in (told, page):
        assert "a secret" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_what_does_not_exist_or_may_not_be_done_so_is_a_problem(client: httpx.AsyncClient) -> None:
    assert code_of(await client.get("/api/v1/nothing")) == (404, "not-found")
    refused = await client.put("/api/v1/threads")
    assert code_of(refused) == (405, "method-not-allowed")
    assert "GET" in refused.headers["allow"]
    assert code_of(await client.post("/api/v1/threads", json={})) == (401, "not-signed-in")
    unsigned = await client.post("/api/v1/threads", json={})
    assert unsigned.headers["www-authenticate"] == "Bearer"
    bad = await client.get("/api/v1/threads", headers={"Authorization": "Bearer parley_wrong"})
    assert code_of(bad) == (401, "not-signed-in")
