"""A post that an import brought in HTML keeps its format: what a moderator writes into it is HTML too."""

from datetime import UTC, datetime

import pytest
from fastapi import FastAPI

from service.categories.queries import default_category
from service.kit.actor import SYSTEM
from service.kit.database import Session
from service.kit.text.html import render_html
from service.replies.operations.importing import BroughtReply, import_replies
from service.threads.operations import Brought, Written, import_thread
from service.threads.queries import lock_thread
from tests.cast import Person
from tests.pages.reading import parse, press

pytestmark = pytest.mark.anyio
THEN = datetime(2012, 11, 5, 3, 12, 44, tzinfo=UTC)
SOURCE = "<p>Who came <em>home</em>?</p>"
CHANGED = '<p>Who came <strong>home</strong>, <a href="javascript:alert(1)">and</a> how?</p>'


def written(html: str) -> Written:
    """The text as the import makes it ready."""
    return Written(html, render_html(html, "token"))


def bring(session: Session, source: str = SOURCE) -> tuple[int, int]:
    """A thread and a reply from elsewhere; gives their ids."""
    category = default_category(session, SYSTEM)
    thread = import_thread(session, SYSTEM, category, Brought("Amnesty", "Student 7", written(source), THEN))
    seen = lock_thread(session, SYSTEM, thread.id or 0)
    reply = BroughtReply(901, None, None, written(SOURCE), THEN, "published")
    return seen.id, import_replies(session, SYSTEM, seen, [reply], {})[901]


async def test_editing_an_imported_post_keeps_it_html_and_safe(app: FastAPI, mona: Person) -> None:
    """The thread and the reply alike; the revision keeps the first text."""
    thread_id, reply_id = await app.state.database.write(bring)
    for path in (f"/api/v1/threads/{thread_id}", f"/api/v1/replies/{reply_id}"):
        before = (await mona.get(path)).json()
        assert (before["body"], before["body_format"]) == (SOURCE, "html")
        assert before["author"]["username"] is None
        answer = await mona.patch(path, {"body": CHANGED})
        assert answer.status_code == 200, answer.text
        after = answer.json()
        assert after["body"] == CHANGED
        assert "<strong>home</strong>" in after["body_html"]
        assert "javascript" not in after["body_html"]
        assert "&lt;p&gt;" not in after["body_html"]


async def test_the_preview_of_an_imported_post_reads_html(app: FastAPI, mona: Person) -> None:
    """The form says so, and its button is the server's with scripts too: the API's preview draws CommonMark."""
    thread_id, _ = await app.state.database.write(bring)
    for path in (f"/t/{thread_id}/amnesty/edit", f"/t/{thread_id}/replies/1/edit"):
        shown = await mona.get(path)
        assert "HTML, as it was imported" in shown.text
        assert parse(shown.text).one("button", value="preview").attributes["data-plain"] == "yes"
        drawn = (await press(mona.client, shown, "Preview", body=CHANGED)).text.partition("data-rendered>")[2]
        assert drawn.startswith("<p>Who came <strong>home</strong>")
        assert "javascript" not in drawn


async def test_an_imported_text_longer_than_may_be_typed_takes_sources_and_tags_by_form(
    app: FastAPI, mona: Person
) -> None:
    """What was not touched is not sent anew; a text that was changed has to keep the limit."""
    long = "\n\n".join(f"<p>Who came home in year {number}?</p>" for number in range(1_500))
    thread_id, _ = await app.state.database.write(bring, long)
    before = (await mona.get(f"/api/v1/threads/{thread_id}")).json()
    shown = await mona.get(f"/t/{thread_id}/amnesty/edit")
    typed = {"tags": "amnesty", "source-0-title": "The Amnesty and After"}
    assert (await press(mona.client, shown, "Save", body=long.replace("\n", "\r\n"), **typed)).status_code == 303
    after = (await mona.get(f"/api/v1/threads/{thread_id}")).json()
    assert (after["body"], after["body_html"]) == (long, before["body_html"])
    assert (after["tags"], after["sources"][0]["title"]) == (["amnesty"], "The Amnesty and After")
    shown = await mona.get(f"/t/{thread_id}/amnesty/edit")
    assert (await press(mona.client, shown, "Save", body=f"{long} More.")).status_code == 422
