"""`/mod/queue` and the menus under posts: every step by plain forms, what was done, and what was done meanwhile."""

import httpx
import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import Json, at, hold_all, hold_none, step
from tests.pages.reading import Element, follow, parse, press

pytestmark = pytest.mark.anyio


def cases(page: Element) -> list[str]:
    """The headings of the queue's items."""
    return [item.one("h3").text for item in page.all("article", class_="case")]


async def queue(by: Person, show: str = "") -> httpx.Response:
    """One list of the queue."""
    answer = await by.get(f"/mod/queue{f'?show={show}' if show else ''}")
    assert answer.status_code == 200, answer.text
    return answer


async def two_held(alice: Person, bob: Person, mona: Person, ada: Person) -> tuple[Json, Json, Json]:
    """A thread, a reply in it that waits, and a thread that waits."""
    thread = await a_thread(by=mona, title="On maps")
    await hold_all(ada)
    return thread, await a_reply(bob, thread, "The *first*."), await a_thread(by=alice, title="On <pumps>")


async def test_moderators_alone_see_the_queue_and_its_number(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    await two_held(alice, bob, mona, ada)
    for browser, status in ((client, 303), (alice.client, 403), (mona.client, 200), (ada.client, 200)):
        assert (await browser.get("/mod/queue")).status_code == status
        masthead = parse((await browser.get("/")).text).one("nav", aria_label="Site")
        links = masthead.all("a", href="/mod/queue")
        assert bool(links) == (status == 200)
        if links:
            assert links[0].one("span", class_="hidden").text == "Review queue: 2 waiting"
    assert (await mona.get("/mod/queue?show=nothing")).status_code == 404


async def test_what_waits_longest_comes_first_with_all_that_a_decision_needs(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    _, held, opened = await two_held(alice, bob, mona, ada)
    page = parse((await queue(mona)).text)
    assert cases(page) == ["Reply in On maps", "Thread: On <pumps>"]
    first = page.all("article", class_="case")[0]
    assert first.one("em").text == "first"
    assert first.one("h3").one("a").attributes["href"] == held["url"]
    assert "nothing published yet" in first.text
    assert first.one("p", class_="meta").one("time").attributes["datetime"].startswith(held["created_at"][:19])
    assert "the oldest since" in page.one("section", id="queue").text
    assert page.one("a", aria_current="page").text == "Waiting (2)"
    assert opened["moderation"] == "pending"


async def test_a_decision_says_what_was_done_and_the_next_item_is_at_hand(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread, held, opened = await two_held(alice, bob, mona, ada)
    shown = await queue(mona)
    decided = await press(mona.client, shown, "Approve the reply by bob")
    assert decided.headers["location"].endswith("#queue")
    shown = await follow(mona.client, decided)
    page = parse(shown.text)
    assert page.one("div", role="status").text == "Approved: reply by bob, “On maps”."
    assert page.one("div", role="status").one("a").attributes["href"] == f"{thread['url']}#reply-1"
    assert cases(page) == ["Thread: On <pumps>"]
    rejected = await press(mona.client, shown, "Reject the thread by alice", reason="Twice is once too often.")
    page = parse((await follow(mona.client, rejected)).text)
    assert page.one("div", role="status").text.startswith("Rejected: thread by alice")
    assert "Nothing waits." in page.text
    assert (await alice.get(at(opened))).json()["moderation"] == "rejected"
    assert (await bob.get(at(held))).json()["number"] == 1
    mine = parse((await alice.get(opened["url"])).text).one("div", class_="standing")
    assert mine.one("blockquote").text == "Twice is once too often."


@pytest.mark.parametrize(
    ("action", "tab", "words"),
    [("Spam", "spam", "Marked as spam"), ("Trash", "trash", "Moved to the trash"), ("Reject", "rejected", "Rejected")],
)
async def test_what_was_put_away_is_in_its_list_and_comes_back(
    alice: Person, bob: Person, mona: Person, ada: Person, action: str, tab: str, words: str
) -> None:
    _, held, _ = await two_held(alice, bob, mona, ada)
    await press(mona.client, await queue(mona), f"{action} the reply by bob", reason="Because.")
    shown = await queue(ada, tab)
    page = parse(shown.text)
    assert cases(page) == ["Reply in On maps"]
    last = page.one("article", class_="case").one("div", class_="standing")
    assert last.text.startswith(f"{words} by mona,")
    assert last.one("blockquote").text == "Because."
    restored = await press(ada.client, shown, "Restore the reply by bob")
    assert f"show={tab}" in restored.headers["location"]
    assert "Restored: reply by bob" in (await follow(ada.client, restored)).text
    assert (await bob.get(at(held))).json()["moderation"] == "pending"
    assert len(cases(parse((await queue(mona)).text))) == 2


async def test_a_stale_decision_is_explained_and_keeps_the_reason(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    _, held, _ = await two_held(alice, bob, mona, ada)
    shown = await queue(mona)
    await press(ada.client, await queue(ada), "Approve the reply by bob")
    answer = await press(mona.client, shown, "Reject the reply by bob", reason="Off the topic.")
    assert answer.status_code == 409
    page = parse(answer.text)
    first = page.all("article", class_="case")[0]
    refusal = first.one("div", role="alert").text
    assert "meanwhile this was approved by ada. It is published now." in refusal
    assert first.one("input", id=f"reply-{held['id']}-reason").attributes["value"] == "Off the topic."
    assert cases(page) == ["Reply in On maps", "Thread: On <pumps>"], "what is left follows"
    again = await press(mona.client, answer, "Hide the reply by bob")
    assert again.status_code == 303
    assert (await bob.get(at(held))).json()["moderation"] == "hidden"


async def test_a_text_that_was_edited_is_read_again_before_it_is_approved(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    _, held, _ = await two_held(alice, bob, mona, ada)
    shown = await queue(mona)
    await bob.patch(at(held), {"body": "Something else."})
    answer = await press(mona.client, shown, "Approve the reply by bob")
    assert answer.status_code == 409
    first = parse(answer.text).all("article", class_="case")[0]
    assert "the text was edited since you looked" in first.one("div", role="alert").text
    assert "Something else." in first.text
    assert (await press(mona.client, answer, "Approve the reply by bob")).status_code == 303


async def test_a_reason_that_is_too_long_is_given_back(alice: Person, bob: Person, mona: Person, ada: Person) -> None:
    _, held, _ = await two_held(alice, bob, mona, ada)
    answer = await press(mona.client, await queue(mona), "Reject the reply by bob", reason="x" * 501)
    assert answer.status_code == 422
    page = parse(answer.text)
    field = f"reply-{held['id']}-reason"
    assert page.one("input", id=field).attributes["aria-invalid"] == "true"
    assert page.one("span", id=f"{field}-error").text == "The reason has 501 characters; at most 500 are allowed."
    assert page.one("div", role="alert").one("a").attributes["href"] == f"#{field}"


async def test_the_lists_have_pages(bob: Person, mona: Person, ada: Person) -> None:
    thread = await a_thread(by=mona)
    await hold_all(ada)
    for number in range(23):
        await a_reply(bob, thread, f"Number {number}.")
    for tab in ("", "trash"):
        if tab:
            for review in (await mona.get("/api/v1/reviews?state=open&limit=100")).json()["items"]:
                body = {"action": "trash", "version": 1}
                await mona.put(f"/api/v1/reviews/{review['id']}/decision", body)
        first = parse((await queue(mona, tab)).text)
        more = await mona.get(first.one("a", rel="next").attributes["href"])
        rest = parse(more.text)
        assert (len(cases(first)), len(cases(rest))) == (20, 3)
        texts = [
            item.one("div", class_="prose").text
            for page in (first, rest)
            for item in page.all("article", class_="case")
        ]
        expected = [f"Number {number}." for number in range(23)]
        assert texts == (expected[::-1] if tab else expected)
        assert rest.one("nav", aria_label="Pages of the queue").one("a").text == "Back to the first"


def menus(shown: httpx.Response) -> int:
    """How many menus of a moderator's steps are on the page; pins, and how closely to follow, look like one."""
    return sum(each.text == "Moderate" for each in parse(shown.text).all("summary"))


async def test_a_thread_page_has_a_menu_under_every_post_for_moderators(
    alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await a_reply(bob, thread, "Names.")
    assert menus(await alice.get(thread["url"])) == 0
    shown = await mona.get(thread["url"])
    assert menus(shown) == 2
    hidden = await press(mona.client, shown, "Hide reply 1 by bob", reason="Please leave names out.")
    where, _, place = hidden.headers["location"].partition("&entry=")
    assert (where, place.partition("#")[2]) == (f"{thread['url']}?saved=hide", "reply-1")
    page = parse((await follow(mona.client, hidden)).text)
    assert page.one("section", aria_labelledby="thoughts").one("div", role="status").text == "Hidden."
    article = page.one("article", id="reply-1")
    assert article.one("span", class_="stamp").text == "hidden"
    assert "Names." not in (await alice.get(thread["url"])).text
    mine = parse((await bob.get(thread["url"])).text).one("article", id="reply-1")
    assert "This is hidden: only you and moderators see it." in mine.text
    assert mine.one("blockquote").text == "Please leave names out."
    restored = await press(mona.client, await mona.get(thread["url"]), "Restore reply 1 by bob")
    assert restored.status_code == 303
    trashed = await press(mona.client, await mona.get(thread["url"]), "Trash reply 1 by bob")
    assert trashed.headers["location"].startswith(f"{thread['url']}?saved=trash&entry=")
    assert trashed.headers["location"].endswith("#thoughts")
    gone = await press(mona.client, await mona.get(thread["url"]), "Trash this thread")
    shown = await follow(mona.client, gone)
    assert "Moved to the trash: thread by alice" in shown.text
    page = parse(shown.text)
    assert cases(page) == ["Reply in What the amnesty left out", "Thread: What the amnesty left out"]
    assert not [link for case in page.all("h3") for link in case.all("a")], "nothing leads to what is gone"


async def test_a_step_that_came_too_late_is_explained_under_its_post(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread)
    shown = await mona.get(thread["url"])
    await step(ada, reply, "hide")
    answer = await press(mona.client, shown, "Spam reply 1 by bob", reason="Lamps.")
    assert answer.status_code == 412
    menu = parse(answer.text).one("article", id="reply-1").one("details", class_="moderate")
    assert "open" in menu.attributes
    assert "meanwhile this was hidden by ada" in menu.one("div", role="alert").text
    assert menu.one("input", name="reason").attributes["value"] == "Lamps."
    await step(ada, reply, "trash")
    answer = await press(mona.client, answer, "Trash reply 1 by bob", reason="Lamps.")
    page = parse(answer.text).one("section", aria_labelledby="thoughts")
    assert "meanwhile this was moved to the trash by ada" in page.one("div", role="alert").text
    assert "Lamps." in page.text, "the reason is not lost"


async def test_who_may_not_moderate_cannot_by_form(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    form = {"do": "hide", "thread": str(thread["id"]), "version": "1"}
    for browser, status in ((client, 401), (bob.client, 403), (alice.client, 403)):
        assert (await browser.post("/mod/queue", data=form)).status_code == status
        assert (await browser.post(thread["url"], data=form)).status_code == status
    assert (await alice.get(at(thread))).json()["moderation"] == "published"
    for browser, status in ((client, 401), (alice.client, 403), (mona.client, 422)):
        assert (await browser.post("/mod/queue", data={"do": "nothing"})).status_code == status
    for odd in ("x", "9" * 30, "0"):
        assert (await mona.client.post("/mod/queue", data=form | {"reply": odd})).status_code == 404
    assert (await alice.get(at(thread))).json()["moderation"] == "published", "an odd reply is not the opening"


async def test_the_author_of_a_held_reply_sees_it_edits_it_and_deletes_it(
    bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=mona)
    await hold_all(ada)
    posted = await press(bob.client, await bob.get(thread["url"]), "Post reply", body="For now.")
    assert posted.headers["location"] == f"{thread['url']}?saved=held#waiting-1"
    assert posted.headers["set-cookie"].startswith(f"parley-posted=reply-{thread['id']};")
    page = parse((await follow(bob.client, posted)).text)
    assert "stored, and waits for a moderator" in page.one("div", role="status").text
    article = page.one("article", id="waiting-1")
    assert "Waiting for a moderator: only you and moderators see it." in article.text
    assert page.one("h2", id="thoughts").text.startswith("No thoughts")
    edit = article.one("a", aria_label="Edit reply that waits").attributes["href"]
    saved = await press(bob.client, await bob.get(edit), "Save", body="For good.")
    assert saved.headers["location"] == f"{thread['url']}#waiting-1"
    assert "For good." in (await follow(bob.client, saved)).text
    stale = await bob.get(edit)
    await press(mona.client, await queue(mona), "Approve the reply by bob")
    late = await press(bob.client, stale, "Save", body="Better still.")
    assert late.status_code == 412, "it was published meanwhile; the text is given back"
    assert parse(late.text).one("textarea").raw == "Better still."
    await hold_none(ada)
    assert (await press(bob.client, late, "Save")).headers["location"] == f"{thread['url']}#reply-1"


async def test_a_held_reply_is_deleted_by_its_author(bob: Person, mona: Person, ada: Person, charlie: Person) -> None:
    thread = await a_thread(by=mona)
    await hold_all(ada)
    held = await a_reply(bob, thread)
    page = parse((await bob.get(thread["url"])).text)
    delete = page.one("a", aria_label="Delete reply that waits").attributes["href"]
    for verb in ("edit", "delete"):
        assert (await charlie.get(f"/t/{thread['id']}/waiting/{held['id']}/{verb}")).status_code == 404
        assert (await bob.get(f"/t/{thread['id'] + 1}/waiting/{held['id']}/{verb}")).status_code == 404
    assert (await press(bob.client, await bob.get(delete), "Delete")).status_code == 303
    assert (await bob.get(at(held))).status_code == 404
    assert cases(parse((await queue(mona)).text)) == []
    assert cases(parse((await queue(mona, "trash")).text)) == ["Reply in What the amnesty left out"]


async def test_a_list_says_what_waits_to_whom_it_is_shown(
    client: httpx.AsyncClient, alice: Person, mona: Person, ada: Person
) -> None:
    await hold_all(ada)
    await a_thread(by=alice, title="On pumps")
    for browser in (alice.client, mona.client):
        assert "waits for a moderator" in parse((await browser.get("/")).text).one("main").text
    assert "On pumps" not in (await client.get("/")).text
