"""The grace after a closing: who had begun a reply before may still post it, for as long as the site says."""

from datetime import datetime, timedelta

import pytest
from fastapi import FastAPI

from service.kit.clock import Clock, to_micros
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import Json, close, instant, path, set_closing, set_site, shown, try_reply
from tests.closing.test_races import freeze
from tests.pages.reading import parse, press
from tests.web.test_statements import statements

pytestmark = pytest.mark.anyio
MINUTE = timedelta(minutes=1)


async def begin(by: Person, thread: Json, text: str = "What I had begun") -> datetime:
    """Keep a draft on the server; when it was begun."""
    kept = await by.put(path(thread, "draft"), {"body": text})
    assert kept.status_code in (200, 201), kept.text
    return instant(kept.json()["created_at"])


async def test_who_began_before_the_closing_may_still_post_once_and_is_marked(
    clock: Clock, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person
) -> None:
    await set_site(ada, close_grace="PT5M")
    thread = await a_thread(by=alice)
    await begin(bob, thread)
    clock.offset += MINUTE
    await close(mona, thread)
    clock.offset += MINUTE
    await begin(charlie, thread, "Begun too late")
    assert (await shown(bob, thread))["can_reply"] is True
    seen = await shown(charlie, thread)
    assert (seen["can_reply"], seen["cannot_reply_code"]) == (False, "thread-closed")
    assert [(await try_reply(by, thread))[0] for by in (charlie, alice)] == [409, 409]
    status, late = await try_reply(bob, thread, "What I had begun, and ended")
    assert (status, late["posted_while_closed"], late["number"]) == (201, True, 1)
    assert (await try_reply(bob, thread))[0] == 409, "what was begun is posted"
    after = await shown(bob, thread)
    assert (after["state"], after["reply_count"], after["can_reply"]) == ("closed", 1, False)


@pytest.mark.parametrize("grace", ["PT0S", "PT5M"])
async def test_after_the_grace_nobody_may(
    clock: Clock, alice: Person, bob: Person, mona: Person, ada: Person, grace: str
) -> None:
    await set_site(ada, close_grace=grace)
    thread = await a_thread(by=alice)
    await begin(bob, thread)
    clock.offset += MINUTE
    await close(mona, thread)
    clock.offset += 5 * MINUTE
    assert (await try_reply(bob, thread))[0] == 409
    assert (await shown(bob, thread))["can_reply"] is False


async def test_an_archived_thread_has_no_grace(alice: Person, bob: Person, mona: Person, ada: Person) -> None:
    await set_site(ada, close_grace="PT5M")
    for closes in (True, False):
        thread = await a_thread(by=alice)
        await begin(bob, thread)
        if closes:
            await close(mona, thread)
        assert (await mona.put(path(thread, "archive"))).status_code == 200
        assert (await try_reply(bob, thread))[0] == 409
        assert (await shown(bob, thread))["can_reply"] is False


async def test_the_statement_obeys_the_grace_to_the_microsecond_and_silence_hears_nothing(
    app: FastAPI, clock: Clock, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    """At the deadline of a silence, in the grace's last microsecond, and at its end."""
    await set_site(ada, close_grace="PT1H")
    thread = await a_thread(by=alice)
    await set_closing(mona, thread, close_after_idle="P1D")
    due = to_micros(instant((await shown(bob, thread))["closes_at"]))
    hour = 3_600_000_000
    for distance, status in ((0, 201), (hour - 1, 201), (hour, 409)):
        freeze(clock, due - 1)
        await begin(bob, thread)
        freeze(clock, due + distance)
        found, reply = await try_reply(bob, thread)
        assert found == status, distance
        assert status == 409 or reply["posted_while_closed"]
        seen = await shown(bob, thread)
        assert (seen["state"], to_micros(instant(seen["closed_at"]))) == ("closed", due), "it reopened nothing"


async def test_a_text_begun_in_the_closing_microsecond_is_too_late(
    clock: Clock, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person
) -> None:
    await set_site(ada, close_grace="PT1H")
    thread = await a_thread(by=alice, closing={"close_after_age": "P1D"})
    due = to_micros(instant(thread["closes_at"]))
    for by, distance, status in ((bob, -1, 201), (charlie, 0, 409)):
        freeze(clock, due + distance)
        await begin(by, thread)
        freeze(clock, due + 1)
        assert (await try_reply(by, thread))[0] == status, distance


async def test_a_held_reply_comes_in_by_the_same_door(
    clock: Clock, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person
) -> None:
    await set_site(ada, close_grace="PT5M", hold_first_posts=1)
    thread = await a_thread(by=mona)
    await begin(bob, thread)
    clock.offset += MINUTE
    await close(mona, thread)
    status, held = await try_reply(bob, thread)
    assert (status, held["moderation"], held["posted_while_closed"]) == (201, "pending", True)
    assert (await try_reply(charlie, thread))[0] == 409


async def test_the_page_keeps_the_form_for_who_had_begun(
    clock: Clock, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person
) -> None:
    await set_site(ada, close_grace="PT5M")
    thread = await a_thread(by=alice)
    await a_reply(charlie, thread)
    await begin(bob, thread)
    clock.offset += MINUTE
    closed = await close(mona, thread)
    page = await bob.get(thread["url"])
    form = parse(page.text).one("section", id="reply-form")
    assert "You began this before the thread closed: it is still taken until" in form.text
    assert form.one("textarea", id="body").text == "What I had begun"
    until = form.all("p")[0].one("time").attributes["datetime"]
    assert instant(closed["closed_at"]) < instant(until) <= instant(closed["closed_at"]) + 5 * MINUTE
    assert "Comments are closed." in page.text
    assert not parse((await charlie.get(thread["url"])).text).all("textarea", id="body")
    posted = await press(bob.client, page, "Post reply")
    assert posted.status_code == 303
    assert instant(closed["closed_at"]) < instant((await shown(bob, thread))["last_reply_at"])


async def test_it_costs_nothing_where_there_is_no_grace_and_after_it(
    clock: Clock, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    await begin(bob, thread)
    await close(mona, thread)

    async def cost() -> int:
        return await statements(lambda: bob.get(path(thread)))

    without = await cost()
    await set_site(ada, close_grace="PT5M")
    assert await cost() == without + 1
    clock.offset += 5 * MINUTE
    assert await cost() == without
