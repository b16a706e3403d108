"""A course blog's essay comes here on its twentieth day, where discussions close after fourteen."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from service.kit.clock import utc_text
from service.kit.wordpress import Export
from service.wiring import IMPORTERS
from tests.cast import Person
from tests.pages.reading import FORM, parse
from tests.transfer.conftest import no_bar
from tests.transfer.exports import blog, comment, post
from tests.transfer.test_mapping import threads_of
from tests.transfer.test_repeating import told
from tests.working import Jobs

pytestmark = pytest.mark.anyio
ESSAY = """The amnesty of 1953 let more than a million people go home, and said nothing of those who had none.

It was announced in the newspapers on a Saturday.

Works Cited:

<em>Pravda</em>, 28 March 1953."""


def essay(published: datetime) -> str:
    """The essay with two thoughts, one that waits, one that is spam, and a pingback."""

    def on(day: int, hour: int = 9) -> str:
        return f"{published + timedelta(days=day, hours=hour):%Y-%m-%d %H:%M:%S}"

    return blog(
        post(
            412, ESSAY,
            comment(901, "This makes one think about the repercussions.", author="", at=on(1)),
            comment(902, "It shows how damaged everybody was.", author="", at=on(2)),
            comment(903, "How many found their homes?", author="A late reader", at=on(3), parent=901, status="0"),
            comment(904, 'Great post! <a href="http://watches.example.net">watches</a>', at=on(4), status="spam"),
            comment(905, "[…] writes of the amnesty […]", at=on(5), kind="pingback"),
            title="What the amnesty left out", at=on(0, 0),
        )
    )  # fmt: skip


async def test_an_essay_is_closed_by_its_own_age_and_its_last_word_is_still_to_come(
    app: FastAPI, client: httpx.AsyncClient, jobs: Jobs, tmp_path: Path,
    ada: Person, mona: Person, bob: Person,
) -> None:  # fmt: skip
    published = datetime.now(UTC).replace(microsecond=0) - timedelta(days=20)
    file = tmp_path / "blog.xml"
    file.write_text(essay(published), encoding="utf-8")
    report = await IMPORTERS["wordpress"](app.state.database, Export(file), dry_run=False, bar=no_bar)
    assert (report.imported, report.pingbacks) == (5, 1)
    policy = {"closing": {"close_after_age": "P14D"}}
    assert (await ada.patch("/api/v1/site", policy, headers={"If-Match": "*"})).status_code == 200
    await jobs()

    thread = (await threads_of(client))["What the amnesty left out"]
    assert (thread["state"], thread["close_reason"]) == ("closed", "age")
    assert thread["closed_at"] == utc_text(published + timedelta(days=14))
    page = parse((await client.get(thread["url"])).text)
    assert "2 thoughts on “What the amnesty left out”" in [heading.text for heading in page.all("h2")]
    assert [article.attributes["id"] for article in page.one("ol", class_="replies").all("article")] == [
        "reply-1", "reply-2",
    ]  # fmt: skip
    assert page.text.count("Anonymous") == 2
    assert "Works Cited:" in page.text
    assert "Comments are closed." in page.text
    assert not page.all("textarea")
    assert "How many found" not in page.text
    assert "watches" not in page.text

    refused = await bob.post(f"/api/v1/threads/{thread['id']}/replies", {"body": "Me too."})
    assert (refused.status_code, refused.json()["code"]) == (409, "thread-closed")
    form = await bob.client.post(thread["url"], data={"do": "reply", "body": "Me too."}, headers=FORM)
    assert form.status_code == 409

    assert await app.state.database.read(told) == 0, "nobody is told of what was imported, nor of its closing"

    (waiting,) = (await mona.get("/api/v1/reviews")).json()["items"]
    assert "How many found their homes?" in (await mona.get("/mod/queue")).text
    decision = {"action": "approve", "version": waiting["version"]}
    assert (await mona.put(f"/api/v1/reviews/{waiting['id']}/decision", decision)).status_code == 200
    third = (await client.get(f"/api/v1/threads/{thread['id']}/replies")).json()["items"][2]
    assert (third["number"], third["body"], third["depth"]) == (3, "How many found their homes?", 1)
    assert third["created_at"] == utc_text(published + timedelta(days=3, hours=9))
    assert (await client.get(f"/api/v1/threads/{thread['id']}")).json()["state"] == "closed"

    reopened = await mona.delete(f"/api/v1/threads/{thread['id']}/closure")
    assert (reopened.status_code, reopened.json()["state"]) == (200, "open")
    fourth = await bob.post(f"/api/v1/threads/{thread['id']}/replies", {"body": "Few, I think."})
    assert (fourth.status_code, fourth.json()["number"]) == (201, 4)
