"""Who is told because a post mentions or answers them, at the door."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import select

from service.kit.database import Session
from service.notifications.models import Notification
from service.notifications.operations import telling
from service.replies.models import Reply
from service.subscriptions.models import Mention
from service.threads.models import Thread
from tests.build import a_reply, a_thread
from tests.cast import Person, bring_in
from tests.notifications.telling import edit, mute, told
from tests.working import Jobs

pytestmark = pytest.mark.anyio


async def test_who_is_mentioned_is_told_without_watching(
    alice: Person, bob: Person, charlie: Person, jobs: Jobs
) -> None:
    thread = await a_thread(by=alice, title="On lists")
    reply = await a_reply(bob, thread, body="Ask @Charlie, or @nobody, but not `@bob`.")
    assert '<a href="/u/charlie" class="mention" rel="ugc nofollow noopener">@Charlie</a>' in reply["body_html"]
    assert reply["body_html"].count("<a ") == 1
    await jobs()
    assert await told(charlie) == [("reply", "mentioned")]
    assert await told(alice) == [("reply", "opened")]
    assert await told(bob) == []
    (notice,) = (await charlie.get("/api/v1/notifications")).json()["items"]
    assert (notice["text"], notice["why"]) == ("bob mentioned you in “On lists”", "you are mentioned")
    page = await charlie.get("/notifications")
    assert "bob mentioned you in “On lists”" in page.text
    assert "because you are mentioned" in page.text
    assert (await charlie.get(f"/api/v1/threads/{thread['id']}/subscription")).json()["level"] == "normal"


async def test_an_opening_tells_whom_it_mentions_and_nobody_else(
    alice: Person, bob: Person, charlie: Person, jobs: Jobs
) -> None:
    thread = await a_thread(by=alice, body="What do @bob and @alice think?")
    await jobs()
    assert await told(bob) == [("thread", "mentioned")]
    assert (await told(alice), await told(charlie)) == ([], [])
    (notice,) = (await bob.get("/api/v1/notifications")).json()["items"]
    assert (notice["reply"], notice["thread"]["id"]) == (None, thread["id"])
    assert notice["actor"]["username"] == "alice"


async def test_everybody_is_told_once_and_for_the_most_personal_reason(
    alice: Person, bob: Person, charlie: Person, mona: Person, jobs: Jobs
) -> None:
    thread = await a_thread(by=alice)
    first = await a_reply(bob, thread)
    await mute(charlie, thread, "watching")
    await jobs()
    await a_reply(mona, thread, body="@bob @alice @bob", parent=first["id"])
    await a_reply(mona, thread, body="Again.", parent=first["id"])
    await jobs()
    assert await told(alice) == [("reply", "opened"), ("reply", "mentioned"), ("reply", "opened")]
    assert await told(bob) == [("reply", "mentioned"), ("reply", "answered")]
    assert await told(charlie) == [("reply", "chosen")] * 3


@pytest.mark.parametrize("level", ["normal", "watching", "muted"])
async def test_who_is_answered_is_told_unless_they_muted(alice: Person, bob: Person, jobs: Jobs, level: str) -> None:
    thread = await a_thread(by=alice)
    first = await a_reply(bob, thread)
    await mute(bob, thread, level)
    await a_reply(alice, thread, parent=first["id"])
    await jobs()
    assert await told(bob) == ([] if level == "muted" else [("reply", "answered")])


@pytest.mark.parametrize("where", ["reply", "edit", "opening", "edit of the opening"])
async def test_who_muted_is_not_told_of_a_mention_either(
    alice: Person, bob: Person, charlie: Person, jobs: Jobs, where: str
) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread, body="First.")
    await mute(charlie, thread)
    if where == "reply":
        await a_reply(bob, thread, body="@charlie")
    elif where == "edit":
        await edit(bob, reply, "@charlie")
    elif where == "edit of the opening":
        await alice.patch(f"/api/v1/threads/{thread['id']}", {"body": "@charlie"})
    else:
        await a_thread(by=alice, body="@charlie")
    await jobs()
    assert await told(charlie) == ([("thread", "mentioned")] if where == "opening" else [])


async def test_who_may_not_see_the_category_is_never_told(ada: Person, mona: Person, bob: Person, jobs: Jobs) -> None:
    await ada.post("/api/v1/categories", {"name": "Backroom", "visibility": "staff"})
    thread = await a_thread(by=ada, category="backroom", body="@bob and @mona should know.")
    reply = await a_reply(ada, thread, body="@bob @mona")
    await edit(ada, reply, "@bob! @mona!")
    await jobs()
    assert await told(bob) == []
    assert [kind for kind, _ in await told(mona)] == ["thread", "reply"]


async def test_an_edit_tells_only_the_newly_mentioned(
    alice: Person, bob: Person, charlie: Person, mona: Person, jobs: Jobs
) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(bob, thread, body="Ask @charlie.")
    await jobs()
    for body in ("Ask @charlie and @mona and @alice.", "Ask @mona.", "Ask @charlie again, and @mona.", "Nobody."):
        await edit(bob, reply, body)
        await jobs()
    assert await told(charlie) == [("reply", "mentioned")]
    assert await told(mona) == [("reply", "mentioned")]
    assert await told(alice) == [("reply", "opened")]
    assert await told(bob) == []


async def test_an_edited_opening_tells_only_the_newly_mentioned(
    alice: Person, bob: Person, charlie: Person, jobs: Jobs
) -> None:
    thread = await a_thread(by=alice, body="@bob")
    await jobs()
    for change in ({"body": "@bob and @charlie"}, {"title": "Another"}, {"body": "@charlie @bob"}):
        assert (await alice.patch(f"/api/v1/threads/{thread['id']}", change)).status_code == 200
        await jobs()
    assert await told(bob) == [("thread", "mentioned")]
    assert await told(charlie) == [("thread", "mentioned")]


async def test_a_mention_that_an_edit_brought_before_the_telling_is_told_once(
    alice: Person, bob: Person, charlie: Person, jobs: Jobs
) -> None:
    reply = await a_reply(bob, await a_thread(by=alice), body="First.")
    await edit(bob, reply, "@charlie")
    await edit(bob, reply, "@charlie, really")
    await jobs()
    assert await told(charlie) == [("reply", "mentioned")]
    assert await told(alice) == [("reply", "opened")]


async def test_whom_a_moderators_edit_mentions_hears_of_the_moderator(
    alice: Person, bob: Person, charlie: Person, mona: Person, jobs: Jobs
) -> None:
    reply = await a_reply(bob, await a_thread(by=alice))
    await jobs()
    await edit(mona, reply, "See @charlie, @mona, @bob.")
    await jobs()
    (notice,) = (await charlie.get("/api/v1/notifications")).json()["items"]
    assert notice["actor"]["username"] == "mona"
    assert (await told(bob), await told(mona)) == ([], [])


async def test_a_post_that_is_gone_before_the_telling_tells_nobody(
    alice: Person, bob: Person, charlie: Person, jobs: Jobs
) -> None:
    thread = await a_thread(by=alice, body="@charlie")
    reply = await a_reply(bob, await a_thread(by=bob), body="@charlie")
    await bob.delete(f"/api/v1/replies/{reply['id']}")
    await alice.delete(f"/api/v1/threads/{thread['id']}")
    await jobs()
    assert await told(charlie) == []


async def test_the_table_says_whom_a_post_mentions_as_it_stands(
    alice: Person, bob: Person, charlie: Person, app: FastAPI
) -> None:
    async def mentions() -> set[tuple[int | None, int]]:
        def work(session: Session) -> set[tuple[int | None, int]]:
            return {(row.reply_id, row.account_id) for row in session.exec(select(Mention))}

        found: set[tuple[int | None, int]] = await app.state.database.read(work)
        return found

    thread = await a_thread(by=alice, body="@bob @BOB `@charlie`")
    reply = await a_reply(bob, thread, body="@alice, @charlie: @nobody")
    assert await mentions() == {(None, bob.id), (reply["id"], alice.id), (reply["id"], charlie.id)}
    await edit(bob, reply, "@charlie and @bob")
    await alice.patch(f"/api/v1/threads/{thread['id']}", {"title": "The text stays"})
    assert await mentions() == {(None, bob.id), (reply["id"], charlie.id), (reply["id"], bob.id)}
    await alice.patch(f"/api/v1/threads/{thread['id']}", {"body": "Nobody."})
    assert await mentions() == {(reply["id"], charlie.id), (reply["id"], bob.id)}


async def test_a_look_alike_is_somebody_else(alice: Person, app: FastAPI, jobs: Jobs) -> None:
    """`pau1` looks like `paul`, and may not have his name; whoever types it means nobody."""
    account_id, _ = await app.state.database.write(bring_in, "paul", "member")
    thread = await a_thread(by=alice, body="@pau1 @PAUI @b.ob")
    assert "mention" not in thread["body_html"]
    await jobs()
    rows = await app.state.database.read(lambda session: session.exec(select(Notification)).all())
    assert rows == []
    assert account_id


async def test_a_post_tells_twenty_at_most(alice: Person, app: FastAPI, jobs: Jobs) -> None:
    def gather(session: Session) -> None:
        for number in range(25):
            bring_in(session, f"reader{number}", "member")

    await app.state.database.write(gather)
    await a_thread(by=alice, body=" ".join(f"@reader{number}" for number in range(25)))
    await jobs()
    rows = await app.state.database.read(lambda session: session.exec(select(Notification)).all())
    assert len(rows) == 20


async def test_mentioned_and_watching_people_are_told_in_chunks(
    alice: Person, bob: Person, app: FastAPI, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "CHUNK", 2)
    thread = await a_thread(by=alice)

    def gather(session: Session) -> dict[str, int]:
        return {name: bring_in(session, name, "member")[0] for name in ("dora", "emil", "fritz", "gina", "hugo")}

    people = await app.state.database.write(gather)
    reply = await a_reply(bob, thread, body=" ".join(f"@{name}" for name in people))
    await jobs()
    await a_reply(alice, thread, body="@hugo", parent=reply["id"])
    await jobs()

    def reasons(session: Session) -> dict[str, list[tuple[int, str]]]:
        found: dict[str, list[tuple[int, str]]] = {}
        for row in session.exec(select(Notification)):
            found.setdefault(row.subject, []).append((row.account_id, row.reason))
        return {subject: sorted(rows) for subject, rows in found.items()}

    first, second = (await app.state.database.read(reasons)).values()
    assert first == sorted([(alice.id, "opened"), *((person, "mentioned") for person in people.values())])
    assert second == sorted([(bob.id, "answered"), (people["hugo"], "mentioned")])


Preview = Callable[[Person, dict[str, Any], str], Awaitable[str]]


async def by_api(person: Person, thread: dict[str, Any], body: str) -> str:
    return str((await person.post("/api/v1/preview", {"body": body})).json()["body_html"])


def by_form(path: str) -> Preview:
    async def shown(person: Person, thread: dict[str, Any], body: str) -> str:
        fields = {"do": "preview", "body": body, "title": "T", "version": "1"}
        answer = await person.client.post(path.format(**thread), data=fields)
        assert answer.status_code == 200, answer.text
        return answer.text

    return shown


@pytest.mark.parametrize(
    "preview", [by_api, by_form("{url}"), by_form("/new"), by_form("{url}/edit"), by_form("/t/{id}/replies/1/edit")]
)
async def test_a_preview_shows_the_links_and_tells_nobody(
    alice: Person, charlie: Person, jobs: Jobs, preview: Preview
) -> None:
    thread = await a_thread(by=alice)
    await a_reply(alice, thread)
    assert '<a href="/u/charlie" class="mention"' in await preview(alice, thread, "@charlie, @nobody")
    await jobs()
    assert await told(charlie) == []


@pytest.mark.parametrize("path", ["{url}", "/t/{id}/replies/1/edit", "{url}/edit", "/new"])
async def test_the_forms_mention_as_the_api_does(alice: Person, charlie: Person, jobs: Jobs, path: str) -> None:
    thread = await a_thread(by=alice)
    await a_reply(alice, thread)
    fields = {"body": "@charlie", "title": "T", "version": "1"}
    answer = await alice.client.post(path.format(**thread), data=fields)
    assert answer.status_code == 303, answer.text
    await jobs()
    assert [reason for _, reason in await told(charlie)] == ["mentioned"]


async def test_an_imported_post_in_html_mentions_nobody(
    alice: Person, bob: Person, ada: Person, app: FastAPI, jobs: Jobs
) -> None:
    """HTML can look like a mention; only what Parley links itself is one, and imports tell nobody."""
    thread = await a_thread(by=alice)
    reply = await a_reply(alice, thread)
    await jobs()

    def bring(session: Session) -> None:
        for post in (session.get_one(Thread, thread["id"]), session.get_one(Reply, reply["id"])):
            post.body_format = "html"
            session.add(post)

    await app.state.database.write(bring)
    forged = '<p>@bob <a class="mention" href="/u/bob">@bob</a></p>'
    await edit(ada, reply, forged)
    changed = await ada.patch(f"/api/v1/threads/{thread['id']}", {"body": forged})
    assert changed.status_code == 200, changed.text
    await jobs()
    assert await told(bob) == []
