"""What an item of the queue says: the words that a rule found, who looks at it, notes; and many items at once."""

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import hold_all
from tests.pages.reading import FORM, Element, follow, parse, press

pytestmark = pytest.mark.anyio


async def a_rule(ada: Person, word: str) -> None:
    """From now on a rule holds what has this word in it."""
    wish = {"name": f"No <{word}>", "kind": "words", "terms": {"lines": [word]}, "verdict": "hold",
            "public_reason": "", "enabled": True, "confirm": True}  # fmt: skip
    made = await ada.post("/api/v1/moderation/rules", wish)
    assert made.status_code == 201, made.text


def item(page: httpx.Response, number: int = 0) -> Element:
    """An item of the list."""
    return parse(page.text).all("article", class_="case")[number]


async def test_the_words_that_a_rule_found_are_marked_where_they_stand(bob: Person, mona: Person, ada: Person) -> None:
    thread = await a_thread(by=mona)
    await a_rule(ada, "casino")
    said = f"{'word ' * 40}<script>alert('x')</script> & the CASINO <b>of</b> {'word ' * 40}"
    await a_reply(bob, thread, said)
    found = item(await mona.get("/mod/queue"))
    ground = found.one("div", class_="ground")
    assert "Held by the rule “No <casino>” (version 1)" in ground.text
    assert ground.one("mark").text == "CASINO"
    match = ground.one("p", class_="match")
    assert [each.tag for each in match.all()] == ["span", "mark"], "it is shown as it was typed"
    assert "<script>alert('x')</script> & the CASINO <b>of</b>" in match.text
    assert match.text.startswith("In the text: …word")
    assert match.text.endswith("word…")
    await press(mona.client, await mona.get("/mod/queue"), "Spam the reply by bob")
    record = item(await mona.get("/mod/queue?show=spam")).one("ol", class_="record").all("li")
    assert [line.text.partition(" ·")[0] for line in record] == [
        "Marked as spam by mona", "Held by the rule “No <casino>” (version 1)",
    ]  # fmt: skip


async def test_who_looks_at_an_item_and_what_is_noted_is_on_the_page(bob: Person, mona: Person, ada: Person) -> None:
    await hold_all(ada)
    await a_reply(bob, await a_thread(by=mona))
    claimed = await press(mona.client, await mona.get("/mod/queue"), "Claim the reply by bob")
    shown = await follow(mona.client, claimed)
    assert "You are looking at this until" in item(shown).one("p", class_="claim").text
    noted = await press(mona.client, shown, "Keep the note about the reply by bob", note="A <b>third</b> one.")
    assert item(await follow(mona.client, noted)).one("p", class_="note").text == "A <b>third</b> one."
    seen = await ada.get("/mod/queue")
    assert item(seen).one("p", class_="claim").text.startswith("mona is looking at this until ")
    assert "Decide all the same" in item(seen).text
    released = await press(mona.client, shown, "Release the reply by bob")
    assert "looking at this" not in item(await follow(mona.client, released)).text
    before = await ada.get("/mod/queue")
    await mona.put("/api/v1/reviews/1/claim")
    refused = await press(ada.client, before, "Reject the reply by bob", reason="No.")
    assert refused.status_code == 409
    assert "mona is looking at this until" in item(refused).one("div", role="alert").text
    again = await follow(ada.client, await press(ada.client, refused, "Reject the reply by bob"))
    assert "Rejected: reply by bob" in again.text
    undone = await follow(ada.client, await press(ada.client, again, "Undo"))
    assert parse(undone.text).one("div", role="status").text.startswith("Undone: reply by bob")
    assert "Reply in" in item(undone).one("h3").text
    empty = await press(mona.client, await mona.get("/mod/queue"), "Keep the note about the reply by bob", note=" ")
    assert (empty.status_code, "The note was not kept" in item(empty).text) == (422, True)
    for by, words in ((mona, "Staff notes"), (ada, "Staff notes"), (bob, "Threads")):
        assert words in (await by.get("/u/bob")).text
    kept = await press(mona.client, await mona.get("/u/bob"), "Keep the note", note="Asked twice.")
    assert "Asked twice." in (await follow(mona.client, kept)).text
    assert "Asked twice." not in (await bob.get("/u/bob")).text + (await bob.get("/api/v1/me")).text


async def send(by: Person, **fields: Any) -> httpx.Response:
    """The form above the list, with what is ticked."""
    body = urlencode({name.replace("_", "-"): value for name, value in fields.items()})
    return await by.client.post("/mod/queue", content=body, headers=FORM)


async def test_many_are_previewed_before_they_are_decided(bob: Person, mona: Person, ada: Person) -> None:
    thread = await a_thread(by=mona)
    await hold_all(ada)
    for number in range(4):
        await a_reply(bob, thread, f"Number {number}.")
    await mona.put("/api/v1/reviews/2/claim")
    await mona.put("/api/v1/reviews/3/decision", {"action": "spam", "version": 1})
    ticked = {"item_1": 1, "item_2": 1, "item_3": 1}
    page = await send(ada, do="many", step="approve", **ticked)
    rows = [[cell.text for cell in [*row.all("th"), *row.all("td")]] for row in parse(page.text).one("tbody").all("tr")]
    assert rows[0] == ["waits for a moderator", "1", "published"]
    assert sorted(rows[1:]) == [
        ["spam", "1", "stay as they are: something happened to them since you looked"],
        ["waits for a moderator", "1", "stay as they are: another moderator is looking at them"],
    ]
    assert (await mona.get("/api/v1/reviews?state=waiting")).json()["items"][0]["id"] == 1, "looking changed nothing"
    assert (await send(ada, do="each-approve", mode="all", **ticked)).status_code == 409
    done = await follow(ada.client, await press(ada.client, page, "Approve one post"))
    assert parse(done.text).one("div", role="status").text.startswith("Approved: one post. 2 posts stayed as before")
    everything = await send(mona, do="many", step="trash", all="on")
    assert "Trash 2 posts?" in everything.text
    assert (await send(ada, do="many", step="approve")).status_code == 422
    assert (await send(ada, do="many", step="nonsense", **ticked)).status_code == 422
    assert (await send(bob, do="each-approve", **ticked)).status_code == 403


async def test_canned_reasons_are_kept_on_a_page_of_their_own(bob: Person, mona: Person) -> None:
    page = await mona.get("/mod/reasons")
    kept = await press(mona.client, page, "Keep the reason", title="Names", body="{author}, no <names>.")
    shown = await follow(mona.client, kept)
    assert "{author}, no <names>." in parse(shown.text).one("ul", class_="lines").text
    stale = await mona.get("/mod/reasons")
    refused = await press(mona.client, shown, "Save “Names”", title=" ")
    assert (refused.status_code, "Nothing was changed" in refused.text) == (422, True)
    saved = await follow(mona.client, await press(mona.client, shown, "Save “Names”", title="No names"))
    assert (await press(mona.client, stale, "Save “Names”", title="Late")).status_code == 412
    assert "None yet." in (await follow(mona.client, await press(mona.client, saved, "Delete “No names”"))).text
    assert (await bob.get("/mod/reasons")).status_code == 403
