"""Screening at the doors: what is refused, held, taken for spam or rejected, what its author is told, what is kept."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from service.kit.clock import Clock
from service.screening.models import Decision
from service.settings import Settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import at, hold_all, step
from tests.pages.reading import follow, parse, press
from tests.screening.doing import HERE, Json, change, make

pytestmark = pytest.mark.anyio
ON = {"enabled": True, "confirm": True}
REASON = "No casinos here, please."


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """The usual settings, with or without rate limits."""
    limits = getattr(getattr(request.node, "callspec", None), "params", {}).get("rate_limits", "on")
    return settings.model_copy(update={"rate_limits": limits})


async def seeded(by: Person, kind: str) -> Json:
    """The rule of this kind that every site has."""
    found: Json = next(rule for rule in (await by.get(HERE)).json()["items"] if rule["kind"] == kind)
    return found


async def say(by: Person, thread: Json, body: str, **headers: str) -> httpx.Response:
    """Reply."""
    return await by.post(f"/api/v1/threads/{thread['id']}/replies", {"body": body}, headers=headers)


async def kept(app: FastAPI) -> list[Decision]:
    """What is kept of verdicts, in order."""

    def look(session: Session) -> list[Decision]:
        return list(session.scalars(select(Decision).order_by(Decision.id)))  # type: ignore[arg-type]

    found: list[Decision] = await app.state.database.read(look)
    return found


async def test_the_same_text_is_refused_for_ten_minutes(clock: Clock, alice: Person, bob: Person, ada: Person) -> None:
    thread, other = await a_thread(by=alice), await a_thread(by=alice, title="Another")
    first = (await say(bob, thread, "Who came home?")).json()
    again = await say(bob, thread, "who CAME  hоme?\n")
    assert (again.status_code, again.json()["code"], again.json()["url"]) == (409, "duplicate", first["url"])
    assert (await say(alice, thread, "Who came home?")).status_code == 201, "somebody else"
    assert (await say(bob, other, "Who came home?")).status_code == 201, "another thread"
    keyed = [await say(bob, thread, "Nobody.", **{"Idempotency-Key": "once"}) for _ in range(2)]
    assert [answer.status_code for answer in keyed] == [201, 201], "a replay is no second post"
    assert (await bob.delete(at(first))).status_code == 204
    second = (await say(bob, thread, "Who came home?")).json()
    assert second["number"] > first["number"], "what was deleted can be said again"
    clock.offset += timedelta(minutes=10, seconds=1)
    assert (await say(bob, thread, "Who came home?")).status_code == 201
    opened = await a_thread(by=bob, title="Mine", body="All of it.")
    twice = await bob.post("/api/v1/threads", {"title": "MINE", "body": "All  of it."})
    assert (twice.status_code, twice.json()["code"], twice.json()["url"]) == (409, "duplicate", opened["url"])
    await hold_all(ada)
    held = (await say(bob, thread, "Held?")).json()
    assert (await say(bob, thread, "Held?")).json()["url"] == held["url"]
    assert held["url"].endswith(f"#waiting-{held['id']}")


async def test_of_ten_equal_posts_at_once_one_is_taken(alice: Person, bob: Person) -> None:
    thread = await a_thread(by=alice)
    replies = await asyncio.gather(*(say(bob, thread, "Only once.") for _ in range(10)))
    assert sorted(answer.status_code for answer in replies) == [201] + [409] * 9
    opened = await asyncio.gather(*(bob.post("/api/v1/threads", {"title": "One", "body": "Text."}) for _ in range(10)))
    assert sorted(answer.status_code for answer in opened) == [201] + [409] * 9


@pytest.mark.parametrize("rate_limits", ["on", "off"])
async def test_many_posts_at_once_are_refused_for_a_while(
    clock: Clock, alice: Person, bob: Person, mona: Person, rate_limits: str
) -> None:
    rule = await seeded(mona, "flood")
    await change(mona, rule, terms={"posts": 2, "window": "PT1M"}, confirm=True)
    thread = await a_thread(by=alice)
    answers = [await say(bob, thread, f"Thought {each}.") for each in range(4)]
    if rate_limits == "off":
        assert [answer.status_code for answer in answers] == [201] * 4
        return
    assert [answer.status_code for answer in answers] == [201, 201, 429, 429]
    refused = answers[2]
    assert refused.json()["code"] == "rate-limited"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit-policy"] == '"posts";q=2;w=60'
    assert refused.headers["ratelimit"].startswith('"posts";r=0;t=')
    assert (await say(alice, thread, "Mine.")).status_code == 201, "everybody for themselves"
    assert [(await say(mona, thread, f"Calm down, {each}.")).status_code for each in range(4)] == [201] * 4
    clock.offset += timedelta(seconds=61)
    assert (await say(bob, thread, "Later.")).status_code == 201


async def test_a_rejected_post_is_refused_with_the_reason_and_kept(
    app: FastAPI, client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person
) -> None:
    rule = await make(mona, verdict="reject", public_reason=REASON, **ON)
    thread = await a_thread(by=alice)
    refused = await say(bob, thread, "Win at the Cаsinо!")
    assert (refused.status_code, refused.json()["code"], refused.json()["detail"]) == (422, "rejected", REASON)
    assert (await say(bob, thread, "Win at the casino!")).status_code == 422
    (decision,) = await kept(app)
    assert (decision.action, decision.automated, decision.rule_id) == ("reject", True, rule["id"])
    assert (decision.rule_version, decision.state_after, decision.reason) == (rule["version"], "rejected", REASON)
    assert decision.evidence["span"] == ["body", 11, 17], "once, with the place as it was typed"
    page = await bob.get(thread["url"])
    assert "Win at the Cаsinо!" in page.text
    assert REASON in page.text
    for stranger in (client, alice.client):
        assert "Win at" not in (await stranger.get(thread["url"])).text
    (review,) = (await mona.get("/api/v1/reviews?state=decided")).json()["items"]
    assert (review["moderation"], review["action"], review["reason"]) == ("rejected", "reject", REASON)
    opened = await bob.post("/api/v1/threads", {"title": "A casino", "body": "Come in."})
    assert (opened.status_code, opened.json()["detail"]) == (422, REASON)
    form = await press(bob.client, await bob.get(thread["url"]), "Post reply", body="Casino, casino.")
    assert (form.status_code, REASON in form.text) == (422, True)
    assert parse(form.text).all("textarea")[0].raw == "Casino, casino.", "what was typed is still there"
    assert (await bob.get(f"/api/v1/threads/{thread['id']}")).json()["reply_count"] == 0


def shape(answer: httpx.Response) -> Any:
    """An answer without what differs between any two posts."""
    said = {name: value for name, value in answer.json().items() if not name.endswith(("_at", "url", "id"))}
    headers = {name for name in answer.headers if name not in ("content-length", "date", "etag", "location")}
    return answer.status_code, {**said, "body": "", "body_html": ""}, headers


async def test_spam_answers_as_a_held_post_does_and_only_moderators_know(
    app: FastAPI, client: httpx.AsyncClient, alice: Person, bob: Person, charlie: Person, mona: Person
) -> None:
    await make(mona, name="Held", terms={"lines": ["poker"]}, **ON)
    await make(mona, name="Spam", verdict="spam", **ON)
    thread = await a_thread(by=alice)
    held, caught = await say(bob, thread, "A poker."), await say(bob, thread, "A casino.")
    assert shape(held) == shape(caught)
    assert (caught.json()["moderation"], caught.json()["number"]) == ("pending", None)
    assert shape(await say(bob, thread, "A casino.")) == shape(await say(bob, thread, "A poker.")), (
        "also the second time"
    )
    for path in (at(caught.json()), f"/api/v1/threads/{thread['id']}/replies"):
        mine, theirs = (await bob.get(path)).json(), (await mona.get(path)).json()
        assert [each["moderation"] for each in mine.get("items", [mine])] == ["pending"] * (2 if "items" in mine else 1)
        assert "spam" in [each["moderation"] for each in theirs.get("items", [theirs])]
    assert [(await one.get(at(caught.json()))).status_code for one in (client, charlie, alice)] == [404] * 3
    page = (await bob.get(thread["url"])).text
    assert (page.count("Waiting for a moderator"), "spam" in page) == (2, False)
    assert "A casino" not in (await alice.get(thread["url"])).text
    assert [each.action for each in await kept(app)] == ["hold", "spam"]
    open_ones = (await mona.get("/api/v1/reviews?state=open")).json()["items"]
    assert [each["body"] for each in open_ones] == ["A poker."], "nobody waits for spam"
    edits = [await bob.patch(at(each.json()), {"body": f"Changed {each.json()['id']}."}) for each in (held, caught)]
    assert [shape(edit) for edit in edits] == [shape(edits[0])] * 2
    brought = (await say(bob, thread, "A third casino.")).json()
    assert (await step(mona, brought, "restore"))["moderation"] == "pending"
    gone = (await say(bob, thread, "Another casino.")).json()
    assert (await bob.delete(at(gone))).status_code == 204, "as what waits"
    assert (await bob.get(at(gone))).status_code == 404
    opened = await bob.post("/api/v1/threads", {"title": "Casino", "body": "Come."})
    assert (opened.status_code, opened.json()["moderation"]) == (201, "pending")
    assert (await bob.get(opened.json()["url"])).status_code == 200
    assert (await alice.get(opened.json()["url"])).status_code == 404
    assert "Casino" in (await bob.get("/")).text
    assert (await mona.get(at(opened.json()))).json()["moderation"] == "spam"


async def test_a_form_that_a_program_filled_in_is_spam_or_too_fast(
    clock: Clock, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    shown = await bob.get(thread["url"])
    waiting = await follow(bob.client, await press(bob.client, shown, "Post reply", body="Buy.", website="x.example"))
    assert "waits for a moderator" in waiting.text
    found = (await mona.get(f"/api/v1/threads/{thread['id']}/replies")).json()["items"]
    assert [each["moderation"] for each in found] == ["spam"]
    await change(mona, await seeded(mona, "too_fast"), **ON)
    for typed in ({"body": "At once."}, {"body": "Forged.", "drawn": "1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}):
        shown = await bob.get(thread["url"])
        answer = await press(bob.client, shown, "Post reply", **typed)
        assert "#waiting-" in answer.headers["location"]
    shown = await bob.get(thread["url"])
    clock.offset += timedelta(seconds=4)
    empty = await press(bob.client, shown, "Post reply", body="")
    assert empty.status_code == 422
    posted = await press(bob.client, empty, "Post reply", body="Typed.")
    assert "#reply-1" in posted.headers["location"], "a form that is shown again is as old as it was"
    assert (await a_reply(bob, thread))["moderation"] == "published", "who sends no form is not asked"


async def test_a_rule_holds_from_the_next_post_on_for_whom_and_where_it_says(
    alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    """Its author reads the reason; moderators see what it found; switched off, it is gone at once."""
    made = await ada.post("/api/v1/categories", {"name": "Games", "slug": "games"})
    assert made.status_code == 201, made.text
    rule = await make(ada, category="games", public_reason=REASON, exempt_roles=["moderator"], **ON)
    games, other = await a_thread(by=alice, category="games", title="Games"), await a_thread(by=alice)
    assert (await say(bob, other, "A casino.")).json()["moderation"] == "published"
    assert (await say(mona, games, "A casino.")).json()["moderation"] == "published"
    held = (await say(bob, games, "A casino.")).json()
    assert held["moderation"] == "pending"
    assert REASON in (await bob.get(games["url"])).text
    (review,) = (await mona.get("/api/v1/reviews?state=open")).json()["items"]
    assert review["moderation"] == "pending"
    await change(mona, rule, enabled=False)
    assert (await say(bob, games, "Another casino.")).json()["moderation"] == "published"
    linked = await make(mona, name="Links", kind="links", terms={"least": 1}, verdict="hold", **ON)
    for body, state in (
        ("http://forum.example/t/1/x is here.", "published"), ("See https://elsewhere.example/.", "pending"),
    ):  # fmt: skip
        assert (await say(bob, games, body)).json()["moderation"] == state, body
    await change(mona, linked, enabled=False)
