"""Builders that speak HTTP: `await a_thread(by=alice)`."""

from typing import Any

from tests.cast import Person

ESSAY = "The amnesty of 1953 let more than a million people go home."


async def a_thread(
    by: Person, title: str = "What the amnesty left out", body: str = ESSAY, **more: Any
) -> dict[str, Any]:
    """Open a thread and return it as JSON."""
    answer = await by.post("/api/v1/threads", {"title": title, "body": body, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def a_reply(
    by: Person, thread: dict[str, Any], body: str = "The numbers hide the families.", **more: Any
) -> dict[str, Any]:
    """Reply to a thread and return the reply as JSON."""
    answer = await by.post(f"/api/v1/threads/{thread['id']}/replies", {"body": body, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made
