"""A moderator in a closed thread: asked first, then heard, and the reply is marked (R15)."""

import pytest

from tests.build import a_thread
from tests.cast import Person

pytestmark = pytest.mark.anyio


async def test_a_thread_that_closed_while_a_moderator_wrote_asks_before_it_takes_the_reply(
    alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await mona.put(f"/api/v1/threads/{thread['id']}/closure", {"reason": "Said and done."})
    typed = {"do": "reply", "body": "One more word."}
    asked = await mona.client.post(thread["url"], data=typed)
    assert asked.status_code == 409
    assert "This thread is closed. Post anyway?" in asked.text
    assert "One more word." in asked.text
    assert (await mona.get(f"/api/v1/threads/{thread['id']}")).json()["reply_count"] == 0
    posted = await mona.client.post(thread["url"], data=typed | {"anyway": "yes"})
    assert posted.status_code == 303
    (reply,) = (await alice.get(f"/api/v1/threads/{thread['id']}/replies")).json()["items"]
    assert reply["posted_while_closed"] is True


async def test_nobody_else_is_asked(alice: Person, mona: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    await mona.put(f"/api/v1/threads/{thread['id']}/closure")
    refused = await bob.client.post(thread["url"], data={"do": "reply", "body": "Wait!", "anyway": "yes"})
    assert refused.status_code == 409
    assert "Post anyway" not in refused.text
    assert "Wait!" in refused.text
