"""The thread's page offers what the reader has not chosen: watch, mute, or either."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.build import a_thread
from tests.cast import Person
from tests.pages.reading import parse

pytestmark = pytest.mark.anyio
WORDS = {"Watch this thread", "Mute this thread"}


async def offered(client: AsyncClient, thread: dict[str, Any]) -> set[str]:
    page = parse((await client.get(thread["url"])).text)
    return {button.text for button in page.all("button")} & WORDS


async def test_the_buttons_follow_the_level(alice: Person, bob: Person, client: AsyncClient) -> None:
    thread = await a_thread(by=alice)
    assert await offered(alice.client, thread) == {"Mute this thread"}
    assert await offered(bob.client, thread) == WORDS
    assert await offered(client, thread) == set()
    for deed, left in (("watch", {"Mute this thread"}), ("mute", {"Watch this thread"})):
        answer = await bob.client.post(thread["url"], data={"do": deed})
        assert answer.status_code == 303
        assert await offered(bob.client, thread) == left
