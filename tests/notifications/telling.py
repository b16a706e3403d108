"""What tests of notifications do and look at, at the door."""

from typing import Any

from tests.cast import Person


async def told(person: Person) -> list[tuple[str, str]]:
    """What a person is told, oldest first: kind and reason."""
    answer = await person.get("/api/v1/notifications")
    assert answer.status_code == 200, answer.text
    return [(notice["kind"], notice["reason"]) for notice in reversed(answer.json()["items"])]


async def mute(person: Person, thread: dict[str, Any], level: str = "muted") -> None:
    """Choose how closely to follow a thread."""
    answer = await person.put(f"/api/v1/threads/{thread['id']}/subscription", {"level": level})
    assert answer.status_code == 200, answer.text


async def edit(by: Person, reply: dict[str, Any], body: str) -> dict[str, Any]:
    """Change a reply's text."""
    answer = await by.patch(f"/api/v1/replies/{reply['id']}", {"body": body})
    assert answer.status_code == 200, answer.text
    edited: dict[str, Any] = answer.json()
    return edited
