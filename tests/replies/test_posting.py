"""Posting a reply at the JSON door: what is stored, what is refused, in which order."""

import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person

pytestmark = pytest.mark.anyio


async def test_replies_are_numbered_from_one_in_order(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    first, second = await a_reply(bob, thread), await a_reply(alice, thread, "Thank you.")
    assert (first["number"], second["number"]) == (1, 2)
    assert first["url"] == f"/t/{thread['id']}/{thread['slug']}#reply-1"
    listed = (await bob.get(f"/api/v1/threads/{thread['id']}/replies")).json()
    assert [reply["number"] for reply in listed["items"]] == [1, 2]
    assert listed["next"] is None
