"""Drafts on the website, without scripts: in the form, beside a closed thread, and in their own list."""

import re
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

from service.kit.clock import Clock
from tests.build import a_reply, a_thread, logged
from tests.cast import Person
from tests.drafts.test_drafts import keeps, text_of
from tests.pages.reading import parse
from tests.web.test_statements import statements

pytestmark = pytest.mark.anyio
ANEW = count()
"""What makes each post another."""
Json = dict[str, Any]
HERE = "/settings/drafts"


async def written(person: Person, path: str) -> str:
    """What stands in the page's text field."""
    answer = await person.get(path, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return parse(answer.text).one("textarea").raw


async def test_the_form_holds_what_was_begun_and_what_it_answers(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    for _ in range(2):
        reply = await a_reply(alice, thread)
    await keeps(bob, thread, "Half <i>a</i>\n  thought", parent=reply["id"])
    page = parse((await bob.get(thread["url"])).text)
    assert page.one("textarea").raw.strip("\n") == "Half <i>a</i>\n  thought"
    assert [one.attributes["value"] for one in page.all("input", name="parent")] == [str(reply["id"])]
    assert "This is your draft of" in page.one("form", class_="begun").text
    away = parse((await bob.get(f"{thread['url']}?reply_to=0")).text)
    assert away.all("input", name="parent") == []
    other = parse((await bob.get(f"{thread['url']}?reply_to=1")).text)
    assert [one.attributes["value"] for one in other.all("input", name="answers")] == ["1"]
    assert (await written(alice, thread["url"])).strip() == ""


async def test_a_refused_text_comes_before_the_draft(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    await keeps(bob, thread, "Begun")
    sent = await bob.client.post(thread["url"], data={"do": "reply", "body": "x" * 32_001})
    assert sent.status_code == 422
    assert parse(sent.text).one("textarea").text.strip() == "x" * 32_001
    previewed = await bob.client.post(thread["url"], data={"do": "preview", "body": "Previewed"})
    assert parse(previewed.text).one("textarea").text.strip() == "Previewed"


async def test_posting_the_form_empties_it(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    await keeps(bob, thread)
    sent = await bob.client.post(thread["url"], data={"do": "reply", "body": "A whole thought"})
    assert sent.status_code == 303
    assert (await written(bob, thread["url"])).strip() == ""


async def test_a_draft_is_discarded_on_the_threads_page(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    await keeps(bob, thread)
    assert "Discard it" in (await bob.get(thread["url"])).text
    for _ in range(2):
        sent = await bob.client.post(thread["url"], data={"do": "discard-draft"})
        assert (sent.status_code, sent.headers["location"]) == (303, f"{thread['url']}#reply-form")
        assert f"parley-posted=reply-{thread['id']};" in sent.headers["set-cookie"]
    assert await text_of(bob, thread) is None
    assert "Discard it" not in (await bob.get(thread["url"])).text


async def test_a_text_that_found_the_thread_closed_is_given_back_and_kept(
    alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(alice, thread)
    await mona.put(f"/api/v1/threads/{thread['id']}/closure", {})
    fields = {"do": "reply", "body": "  Too late\n", "parent": str(reply["id"]), "answers": "1"}
    sent = await bob.client.post(thread["url"], data=fields)
    assert sent.status_code == 409
    assert "your drafts" in sent.text
    kept = (await bob.get(f"/api/v1/threads/{thread['id']}/draft")).json()
    assert (kept["body"], kept["parent"]) == ("  Too late\n", reply["id"])
    assert (await written(bob, thread["url"])).strip() == "Too late"
    again = await bob.client.post(thread["url"], data={"do": "discard-draft"}, follow_redirects=True)
    assert "Too late" not in again.text


async def test_a_guest_whose_text_is_refused_leaves_no_draft(alice: Person, client: AsyncClient, mona: Person) -> None:
    thread = await a_thread(by=alice)
    await mona.put(f"/api/v1/threads/{thread['id']}/closure", {})
    sent = await client.post(thread["url"], data={"do": "reply", "body": "Nobody's"})
    assert sent.status_code == 401
    assert (await client.post(thread["url"], data={"do": "discard-draft"})).status_code == 401


async def test_the_list_shows_beginnings_with_links_and_discards(
    alice: Person, bob: Person, mona: Person, clock: Clock
) -> None:
    threads = [await a_thread(by=alice, title=f"Thread {number}") for number in range(22)]
    for number, thread in enumerate(threads):
        clock.offset += timedelta(seconds=1)
        await keeps(bob, thread, f"Begun {number}: <b>{'y' * 400}")
    await mona.put(f"/api/v1/threads/{threads[21]['id']}/moderation", {"action": "hide"})
    text = (await bob.get(HERE)).text
    assert "Thread 21" not in text
    assert "Begun 21" in text
    assert "<b>y" not in text
    assert len(text) < 40_000, "long drafts are not sent whole"
    titles = [one.text for one in parse(text).all("h2")]
    assert titles == ["In a thread that is not there for you any more"] + [f"Thread {n}" for n in range(20, 1, -1)]
    older = re.search(r'href="(/settings/drafts\?cursor=[^"]+)"', text)
    assert older
    assert [one.text for one in parse((await bob.get(older[1])).text).all("h2")] == ["Thread 1", "Thread 0"]
    for thread in (threads[21], threads[20]):
        for _ in range(2):
            sent = await bob.client.post(HERE, data={"do": "discard-draft", "thread": str(thread["id"])})
            assert (sent.status_code, sent.headers["location"]) == (303, HERE)
        assert await text_of(bob, thread) is None or thread is threads[21]
    assert "Begun 21" not in (await bob.get(HERE)).text
    assert "You have begun nothing" in (await alice.get(HERE)).text


async def test_a_guest_signs_in_first(client: AsyncClient) -> None:
    shown = await client.get(HERE)
    assert (shown.status_code, shown.headers["location"]) == (303, f"/sign-in?next={HERE}")
    assert (await client.post(HERE, data={"do": "discard-draft", "thread": "1"})).status_code in (303, 401)


@pytest.mark.parametrize(
    "fields", [{}, {"do": "discard-draft"}, {"do": "x", "thread": "1"}, {"do": "discard-draft", "thread": "-1"}]
)
async def test_the_lists_form_takes_its_own_buttons_alone(bob: Person, fields: dict[str, str]) -> None:
    assert (await bob.client.post(HERE, data=fields)).status_code == 422


async def test_who_has_no_drafts_pays_nothing_and_who_has_one_little(app: FastAPI, alice: Person, bob: Person) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice)
    path = f"/api/v1/threads/{thread['id']}/replies"
    await logged(app.state.database)  # what has no position yet is not kept
    page = await statements(lambda: bob.get(thread["url"]))
    posting = await statements(lambda: bob.post(path, {"body": f"Said {next(ANEW)}"}))
    await keeps(bob, other)
    await logged(app.state.database)
    assert await statements(lambda: bob.get(thread["url"])) == page + 1
    assert await statements(lambda: bob.post(path, {"body": f"Said {next(ANEW)}"})) <= posting + 2
    await bob.delete(f"/api/v1/threads/{other['id']}/draft")
    await logged(app.state.database)
    assert await statements(lambda: bob.get(thread["url"])) == page
    assert await statements(lambda: bob.post(path, {"body": f"Said {next(ANEW)}"})) == posting
