"""An author's edit passes the rules; one that is held waits, and everybody reads the old text meanwhile."""

from typing import Any, Final

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlmodel import Session, col

from service.kit.events import EventRow
from service.screening.models import Decision, HeldEdit
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.moderation.doing import Json, a_held, at, count_of, happened, hold_all, hold_none, step
from tests.screening.doing import make
from tests.working import Jobs

pytestmark = pytest.mark.anyio
NEW: Final = "Come to my casino, @charlie."
ON: Final[Json] = {"enabled": True, "confirm": True}


async def waiting(by: Person) -> list[Json]:
    """The reviews that wait."""
    answer = await by.get("/api/v1/reviews", params={"state": "waiting"})
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def decide(by: Person, action: str, reason: str = "", status: int = 200) -> Json:
    """Decide about what waits longest, as it is now."""
    review = (await waiting(by))[0]
    body = {"action": action, "reason": reason, "version": review["version"]}
    answer = await by.put(f"/api/v1/reviews/{review['id']}/decision", body)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def edit(by: Person, post: Json, body: str = NEW, status: int = 200) -> Json:
    """Change a post's text."""
    answer = await by.patch(at(post), {"body": body})
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def text_of(by: Person, post: Json) -> tuple[str, bool]:
    """What somebody reads, and whether they know of an edit that waits."""
    found = (await by.get(at(post))).json()
    return found["body"], found["pending_edit"]


async def texts(by: Person, post: Json) -> list[str]:
    """All texts that a post has had."""
    return [each["body"] for each in (await by.get(f"{at(post)}/revisions")).json()["items"]]


async def told(person: Person, jobs: Jobs) -> list[str]:
    """What somebody was told, the newest first."""
    await jobs()
    return [each["text"] for each in (await person.get("/api/v1/notifications")).json()["items"]]


async def kept(app: FastAPI, subject: str = "edit:%") -> list[Json]:
    """The decisions about edits, or about another subject, in order."""

    def look(session: Session) -> list[Json]:
        about = col(Decision.subject).like(subject)
        return [row.model_dump() for row in session.scalars(select(Decision).where(about).order_by(col(Decision.id)))]

    found: list[Json] = await app.state.database.read(look)
    return found


async def undo_last(app: FastAPI, by: Person, subject: str = "edit:%", status: int = 200) -> None:
    """Undo the last decision about an edit that has an entry in the log."""
    last = [each for each in await kept(app, subject) if each["event_id"] or each["step_event_id"]][-1]
    answer = await by.post(f"/api/v1/audit/{last['event_id'] or last['step_event_id']}/undo")
    assert answer.status_code == status, answer.text


@pytest.mark.parametrize("kind", ["reply", "thread"])
async def test_a_held_edit_waits_and_is_applied_dropped_and_undone(
    kind: str, app: FastAPI, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person, jobs: Jobs
) -> None:
    rule = await make(ada, **ON, public_reason="No gambling here.")
    thread = await a_thread(by=alice)
    post, author = (await a_reply(bob, thread), bob) if kind == "reply" else (thread, alice)
    old, subject = post["body"], f"edit:{kind}:{post['id']}"
    answer = await edit(author, post)
    assert (answer["body"], answer["pending_edit"], answer["version"]) == (old, True, post["version"])
    assert [await text_of(each, post) for each in (author, mona, charlie)] == [(old, True), (old, True), (old, False)]
    shown = (await author.get(f"{at(post)}/pending-edit")).json()
    assert (shown["body"], shown["version"]) == (NEW, post["version"])
    assert "<a" in shown["body_html"]
    assert (await mona.get(f"{at(post)}/pending-edit")).json() == shown
    assert (await charlie.get(f"{at(post)}/pending-edit")).status_code == 404
    assert (await charlie.delete(f"{at(post)}/pending-edit")).status_code == 404
    assert (await mona.delete(f"{at(post)}/pending-edit")).status_code == 403
    review = (await waiting(mona))[0]
    assert (review["cause"], review["rule_id"], review["body"]) == ("edited", rule["id"], old)
    assert review["actions"] == ["approve", "reject", "spam", "hide", "trash"]
    held = (await kept(app))[0]
    assert (held["subject"], held["action"], held["automated"], held["rule_version"]) == (subject, "hold", True, 1)
    assert held["evidence"]["span"] == ["body", 11, 17]
    assert f"{kind}.edited" not in await happened(app)
    assert await told(charlie, jobs) == [], "whom a waiting text names is not told"

    await edit(author, post, f"{NEW} Or not.")
    stale = {"action": "approve", "version": review["version"]}
    refused = await mona.put(f"/api/v1/reviews/{review['id']}/decision", stale)
    assert (refused.status_code, refused.json()["code"]) == (409, "stale-decision")
    assert (len(await waiting(mona)), len(await kept(app))) == (1, 1), "one edit of a post waits, with one record"
    await decide(mona, "dismiss", status=409)

    decided = await decide(mona, "reject", "Not here, please.")
    assert (decided["state"], decided["moderation"], decided["body"]) == ("decided", "published", old)
    assert [await text_of(each, post) for each in (author, mona)] == [(old, False)] * 2
    assert (await author.get(f"{at(post)}/pending-edit")).status_code == 404
    assert "Your edit of your" in (await told(author, jobs))[0]
    assert "was rejected" in (await told(author, jobs))[0]
    statement = (await author.get(f"/api/v1/decisions/{(await kept(app))[-1]['id']}")).json()
    assert "casino" in str(statement), "the statement shows what it is about"
    await undo_last(app, mona)
    assert (await waiting(mona))[0]["cause"] == "edited"
    assert (await author.get(f"{at(post)}/pending-edit")).json()["body"] == f"{NEW} Or not."

    decided = await decide(mona, "approve")
    assert (decided["state"], decided["body"]) == ("decided", f"{NEW} Or not.")
    assert await texts(charlie, post) == [f"{NEW} Or not.", old]
    assert any("mentioned you" in each for each in await told(charlie, jobs))

    def look(session: Session) -> Any:
        rows = session.scalars(select(EventRow).order_by(col(EventRow.id).desc()).limit(2)).all()
        return [(row.kind, row.actor_id, row.address_hash is None) for row in rows]

    recorded = await app.state.database.read(look)
    assert recorded == [("review.decided", mona.id, False), (f"{kind}.edited", author.id, True)]
    await undo_last(app, mona)
    assert [await text_of(each, post) for each in (author, charlie)] == [(old, True), (old, False)]
    assert await texts(charlie, post) == [old], "the text that was taken back is nobody's to read"
    assert (await charlie.get(at(post))).json()["edited_at"] is None
    await decide(mona, "spam")
    assert (await waiting(mona), await text_of(author, post)) == ([], (old, False))
    assert (await author.delete(f"{at(post)}/pending-edit")).status_code == 404


async def test_what_else_ends_an_edit_that_waits(
    app: FastAPI, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person, jobs: Jobs
) -> None:
    await make(ada, **ON)
    thread = await a_thread(by=alice)
    first = await a_reply(bob, thread, "First.")

    await edit(bob, first)
    assert (await bob.delete(f"{at(first)}/pending-edit")).status_code == 204
    assert (await waiting(mona), await text_of(bob, first)) == ([], ("First.", False))

    await edit(bob, first)
    await edit(bob, first, "First.")  # typed back to what is shown
    assert (await waiting(mona), await texts(bob, first)) == ([], ["First."])

    await edit(bob, first)
    assert (await edit(bob, first, "First, in good words."))["pending_edit"] is False
    assert (await waiting(mona), await texts(charlie, first)) == ([], ["First, in good words.", "First."])

    await edit(bob, first)
    assert (await edit(mona, first, "First, said better."))["pending_edit"] is False
    assert (await waiting(mona), await text_of(charlie, first)) == ([], ("First, said better.", False))
    assert "was changed by a moderator" in (await told(bob, jobs))[0]
    await undo_last(app, mona)
    assert await text_of(bob, first) == ("First, in good words.", True)
    assert (await waiting(mona))[0]["cause"] == "edited"

    await charlie.post(f"{at(first)}/flags", {"reason": "spam"})
    assert (await decide(mona, "approve"))["state"] == "open", "the flag is still to be decided"
    flagged = (await mona.get("/api/v1/reviews", params={"state": "flagged"})).json()["items"]
    assert [(each["cause"], each["flag_count"]) for each in flagged] == [("flagged", 1)]
    await step(mona, first, "dismiss")

    await edit(bob, first, "The casino, again.")
    refused = await mona.put(f"{at(first)}/moderation", {"action": "approve"})
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid-transition"), "that is about the post"
    hidden = await step(mona, first, "hide")
    assert (hidden["state"], await count_of(app, HeldEdit)) == ("decided", 0)
    await step(mona, first, "restore")
    assert await text_of(bob, first) == (NEW, False), "what the hiding ended is not brought back by a new decision"
    await step(mona, first, "hide")

    second = await a_reply(bob, thread, "Second.")
    await edit(bob, second)
    await step(mona, second, "hide")
    await undo_last(app, mona, f"reply:{second['id']}")
    assert await text_of(bob, second) == ("Second.", True), "undoing brings it back"
    assert len(await waiting(mona)) == 1
    assert (await bob.delete(at(second))).status_code == 204
    assert (await waiting(mona), await count_of(app, HeldEdit)) == ([], 0)

    third = await a_reply(bob, thread, "Third.")
    await edit(bob, third)
    assert (await mona.delete(at(third))).status_code == 204
    assert (await waiting(mona), await count_of(app, HeldEdit)) == ([], 0)


async def test_every_verdict_on_edits_of_posts_in_every_state(
    app: FastAPI, alice: Person, bob: Person, mona: Person, ada: Person, jobs: Jobs
) -> None:
    words = {"kind": "words", **ON}
    await make(ada, **words, name="Spam", terms={"lines": ["lamps"]}, verdict="spam")
    await make(ada, **words, name="No", terms={"lines": ["idiot"]}, verdict="reject", public_reason="Be kind.")
    await make(ada, **words, name="Wait", terms={"lines": ["casino"]}, verdict="hold")
    thread = await a_thread(by=alice)
    shown = await a_reply(bob, thread, "Shown.")
    as_held, as_spam = await edit(bob, shown), await edit(bob, shown, "Buy lamps.")
    assert as_held == as_spam, "who sends spam is not told so"
    assert (await waiting(mona))[0]["cause"] == "edited"
    for _ in range(2):
        refused = await edit(bob, shown, "You idiot.", status=422)
    assert (refused["code"], refused["detail"]) == ("rejected", "Be kind.")
    assert (await bob.get(f"{at(shown)}/pending-edit")).json()["body"] == "Buy lamps.", "what waits still waits"
    assert [each["action"] for each in await kept(app)] == ["hold", "spam", "reject"], "refused twice is kept once"
    assert await told(bob, jobs) == []
    assert (await edit(mona, await a_reply(mona, thread, "Mine."), "My casino."))["body"] == "My casino."

    await hold_all(ada)
    pending = await a_held("reply", bob, thread)
    await hold_none(ada)
    version = next(each for each in await waiting(mona) if each["reply_id"] == pending["id"])["version"]
    for body in ("A casino.", "Buy lamps."):
        changed = await edit(bob, pending, body)
        assert (changed["body"], changed["moderation"], changed["pending_edit"]) == (body, "pending", False)
    assert (await edit(bob, pending, "You idiot.", status=422))["code"] == "rejected"
    review = next(each for each in await waiting(mona) if each["reply_id"] == pending["id"])
    assert (review["cause"], review["version"], review["body"]) == ("held", version + 2, "Buy lamps.")
    await edit(mona, pending, "Buy books.")
    await step(mona, pending, "approve")
    assert await text_of(alice, pending) == ("Buy books.", False)
    assert [each for each in await told(bob, jobs) if "was changed by a moderator before it was published" in each]
    revised = (await mona.get(f"{at(pending)}/revisions")).json()["items"]
    assert (revised[0]["author"]["username"], len(revised)) == ("mona", 4), "the difference is kept"
    assert await texts(alice, pending) == ["Buy books."], "and of no use to others"

    titled = await alice.patch(at(thread), {"title": "A casino of memories", "tags": ["dice"]})
    assert (titled.json()["title"], titled.json()["tags"], titled.json()["pending_edit"]) == (thread["title"], [], True)
    assert (await alice.patch(at(thread), {"tags": ["bone"]})).json()["pending_edit"] is True, "tags say nothing"
    review = next(each for each in await waiting(mona) if each["reply_id"] is None)
    approval = {"action": "approve", "version": review["version"]}
    assert (await mona.put(f"/api/v1/reviews/{review['id']}/decision", approval)).status_code == 200
    found = (await alice.get(at(thread))).json()
    assert (found["title"], found["tags"], found["body"]) == ("A casino of memories", ["dice"], thread["body"])
