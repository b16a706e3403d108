"""Flagging from a thread's page: the link under a post, the screen that asks why, and what is said afterwards."""

import re

import httpx
import pytest
from fastapi import FastAPI

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import set_site
from tests.moderation.flags import flagged, stored
from tests.web.test_statements import counted

pytestmark = pytest.mark.anyio
LINK = re.compile(r'<a href="([^"]+/flag)"')


async def page(who: Person | httpx.AsyncClient, path: str, status: int = 200) -> str:
    """A page's text."""
    answer = await who.get(path)
    assert answer.status_code == status, answer.text
    return answer.text


async def test_a_reader_flags_from_the_page_and_sees_that_they_did(
    app: FastAPI, client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread)
    url, opening, reply = f"/t/1/{thread['slug']}", f"/t/1/{thread['slug']}/flag", "/t/1/replies/1/flag"
    assert [LINK.findall(await page(who, url)) for who in (client, alice, bob, mona)] == [
        [], [reply], [opening], [opening, reply],
    ]  # fmt: skip
    assert (await client.get(reply)).headers["location"].startswith("/sign-in?next=")
    await page(bob, reply, 403)
    await page(bob, "/t/1/replies/9/flag", 404)

    asked = await page(bob, opening)
    key = re.search(r'name="idempotency_key" value="([^"]+)"', asked)
    assert key
    form = {"idempotency_key": key[1], "reason": "other", "note": "  "}
    refused = await bob.client.post(opening, data=form)
    assert refused.status_code == 422
    assert 'value="other" required checked' in refused.text
    assert "The note: must say what is wrong" in refused.text
    typed = await bob.client.post(opening, data=form | {"reason": "", "note": "What <i>I</i> typed"})
    assert (typed.status_code, "What &lt;i&gt;I&lt;/i&gt; typed</textarea>" in typed.text) == (422, True)

    sent = form | {"reason": "illegal", "note": "Libel: § 186."}
    for _ in range(2):
        answer = await bob.client.post(opening, data=sent)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{url}?saved=flagged#title")
    (row,) = await stored(app)
    assert (row["reason"], row["note"], row["account_id"]) == ("illegal", "Libel: § 186.", bob.id)
    after = await page(bob, f"{url}?saved=flagged")
    assert "Thank you. Moderators will look at what you flagged" in after
    assert (LINK.findall(after), "You flagged this" in after) == ([], True)
    assert "You flagged this on" in await page(bob, opening)
    assert "You flagged this" not in await page(mona, url)

    queue = await page(mona, "/mod/queue?show=flagged")
    assert "1 flag, weight 1" in queue
    assert "Libel: § 186." in queue
    assert 'href="/u/bob"' in queue


async def test_whose_flag_hides_a_post_goes_on_where_it_stood(alice: Person, bob: Person, ada: Person) -> None:
    await set_site(ada, flags_hide_at=1)
    thread = await a_thread(by=alice)
    await a_reply(alice, thread)
    url, form = f"/t/1/{thread['slug']}", {"reason": "spam", "note": ""}
    reply = await bob.client.post("/t/1/replies/1/flag", data=form)
    assert reply.headers["location"] == f"{url}?saved=flagged#thoughts"
    assert "The numbers hide" not in await page(bob, reply.headers["location"])
    opening = await bob.client.post(f"{url}/flag", data=form)
    assert opening.headers["location"] == "/c/general"
    await page(bob, url, 404)
    assert "This is hidden: only you and moderators see it." in await page(alice, url)


async def test_who_has_never_flagged_costs_no_query_of_flags(
    client: httpx.AsyncClient, alice: Person, bob: Person, charlie: Person
) -> None:
    thread = await a_thread(by=alice)
    await a_reply(alice, thread)
    await flagged(bob, thread)
    for who, asks in ((client, 0), (charlie, 0), (alice, 0), (bob, 1)):
        with counted() as seen:
            await page(who, f"/t/1/{thread['slug']}")
        assert sum("FROM flag" in statement for statement in seen) == asks
