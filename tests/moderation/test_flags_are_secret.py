"""Who flagged a post is known to moderators alone, and never to who wrote it, though they may be one."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import Session, col, select

from service.kit.events import EventRow
from service.settings import Settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import set_site
from tests.moderation.doing import at, step
from tests.moderation.flags import flagged, review_of
from tests.working import Jobs

pytestmark = pytest.mark.anyio
NOTE = "Elephants and umbrellas"
PAGES = (
    "{page}", "{page}/flag", "/", "/notifications", "/settings", "/u/{author}", "/c/general", "/feed.atom", "/mod/log",
    "/mod/queue",
)  # fmt: skip
DOORS = (
    "/threads/{thread}", "/threads/{thread}/replies", "/threads/{thread}/events?after=0", "/threads?author={author}",
    "/notifications", "/me", "/accounts/{author}", "/reviews", "/reviews/{review}", "/reviews/{review}/flags",
    "/audit", "/audit?actor=charlie", "/decisions/1", "/decisions/2",
)  # fmt: skip


async def everything(who: Person | httpx.AsyncClient, author: str, post: dict[str, Any], review: int) -> str:
    """All that the site tells somebody of a post, its thread and its author."""
    page = f"/t/{post['thread_id']}/what-the-amnesty-left-out"
    names = {"page": page, "author": author, "post": at(post), "thread": post["thread_id"], "review": review}
    said = []
    for path in (*PAGES, "{post}", *(f"/api/v1{door}" for door in DOORS)):
        address = path.format(**names)
        answer = await who.get(address)
        assert answer.status_code < 500, path
        said.append(answer.text.replace(address, ""))
    return "\n".join(said)


async def test_nobody_but_moderators_learns_who_flagged(
    app: FastAPI, client: httpx.AsyncClient, alice: Person, bob: Person, charlie: Person, mona: Person, ada: Person,
    jobs: Jobs, settings: Settings,
) -> None:  # fmt: skip
    await set_site(ada, flags_hide_at=1.25)
    thread = await a_thread(by=bob)
    by_member, by_moderator = await a_reply(alice, thread), await a_reply(mona, thread)
    for post, author in ((by_member, alice), (by_moderator, mona)):
        await flagged(charlie, post, "other", note=NOTE)
        review = (await review_of(app, post))["id"]
        for stage in ("waiting", "hidden", "decided"):
            if stage == "hidden":
                await flagged(bob, post)
                assert (await ada.get(at(post))).json()["moderation"] == "hidden"
            elif stage == "decided":
                await step(ada, post, "restore")
            await jobs()
            others = (client, bob) if (stage, author) == ("decided", alice) else ()
            for who in (author, *others):
                found = await everything(who, author.username, post, review)
                assert "charlie" not in found, (stage, who)
                assert f'"id":{charlie.id},"role"' not in found, (stage, who)
                assert NOTE not in found or who is mona, (stage, who)
        seen = (await ada.get(f"/api/v1/reviews/{review}/flags")).json()["items"]
        assert (seen[-1]["flagger"]["username"], seen[-1]["note"]) == ("charlie", NOTE)
    mine = (await mona.get(f"/api/v1/reviews/{review}/flags")).json()["items"]
    assert [each["flagger"] for each in mine] == [None] * 2

    def recorded(session: Session) -> list[tuple[Any, ...]]:
        rows = session.exec(select(EventRow).where(col(EventRow.kind).startswith("flag.")).order_by(col(EventRow.id)))
        return [(row.kind, row.actor_id, row.audience, row.address_hash, sorted(row.facts)) for row in rows]

    events = await app.state.database.read(recorded)
    raised = ("flag.raised", None, "staff", None, ["reason", "reply_id", "thread_id"])
    assert [event for event in events if event[0] == "flag.raised"] == [raised] * 4
    assert {event[1] for event in events if event[0] == "flag.resolved"} == {ada.id}
    assert not any("account" in name for event in events for name in event[4])
    letters = [path.read_text("utf-8") for path in (settings.data_dir / "mail").iterdir()]
    elsewhere = [letter for letter in letters if f"To: {charlie.email}" not in letter]
    assert any("reader flagged this: other" in letter and "Approve:" not in letter for letter in elsewhere)
    assert not any("charlie" in letter or NOTE in letter for letter in elsewhere)
    told = (await charlie.get("/api/v1/notifications")).json()["items"]
    assert [each["kind"] for each in told] == ["flag", "flag"]
