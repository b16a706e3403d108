"""`/mod/log`: what was done, filtered, as CSV, for those who may see it."""

import csv
import io

import httpx
import pytest

from service.kit.events import Event
from service.pages.log_words import GROUPS, PHRASES
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.pages.reading import parse, press

pytestmark = pytest.mark.anyio


def kinds(base: type[Event] = Event) -> set[str]:
    """Every kind of event that Parley's own code can record."""
    found = {each for each in base.__subclasses__() if each.__module__.startswith("service.")}
    below = set[str]().union(*(kinds(each) for each in found)) if found else set()
    return {each.kind for each in found if "kind" in vars(each)} | below


@pytest.mark.no_database
def test_every_kind_of_event_has_its_phrase_and_its_group() -> None:
    assert kinds() - set(PHRASES) == set()
    assert {kind.split(".")[0] for kind in PHRASES} <= set(GROUPS)


async def lines(by: Person, address: str = "/mod/log") -> list[str]:
    """The first paragraph of each entry."""
    answer = await by.get(address)
    assert answer.status_code == 200, answer.text
    found = parse(answer.text)
    return [line.all("p")[0].text for line in found.one("section", id="log").all("li")]


async def test_what_was_done_is_listed_found_and_downloaded(
    client: httpx.AsyncClient, alice: Person, bob: Person, mona: Person, ada: Person
) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(by=bob, thread=thread)
    other = await a_thread(by=bob, title="Another matter")
    step = {"action": "hide", "reason": "=HYPERLINK(“x”), and a <b>name</b>"}
    assert (await mona.put(f"/api/v1/replies/{reply['id']}/moderation", step)).status_code == 200
    assert (await mona.put(f"/api/v1/threads/{other['id']}/closure", {})).status_code == 200
    for browser, status in ((client, 303), (alice.client, 403)):
        assert (await browser.get("/mod/log")).status_code == status
        assert (await browser.get("/mod/log.csv")).status_code == status
    every = await lines(mona)
    assert every[0].startswith("mona closed the thread Another matter")
    assert any(line.startswith("bob replied to What the amnesty left out") for line in every)
    assert "&lt;b&gt;name" in (await mona.get("/mod/log")).text
    assert all(line.startswith("mona") for line in await lines(mona, "/mod/log?actor=Mona"))
    assert await lines(mona, "/mod/log?actor=nobody.at.all") == []
    assert len(await lines(mona, f"/mod/log?thread={other['id']}")) == 2
    assert len(await lines(mona, "/mod/log?kind=thread")) == 3
    assert len(await lines(mona, "/mod/log?kind=review.decided&category=general&until=2999-01-01")) == 1
    assert await lines(mona, "/mod/log?since=2999-01-01") == []
    wrong = await mona.get("/mod/log?since=yesterday&actor=bob")
    assert wrong.status_code == 422
    assert "must be a day such as 2030-01-31" in wrong.text
    assert 'value="bob"' in wrong.text
    sheet = await mona.get("/mod/log.csv?kind=review")
    assert sheet.headers["content-type"] == "text/csv; charset=utf-8"
    head, row = csv.reader(io.StringIO(sheet.text))
    told = dict(zip(head, row, strict=True))
    assert (told["actor"], told["action"], told["before"], told["after"]) == ("mona", "hide", "published", "hidden")
    assert told["reason"] == f"'{step['reason']}", "a spreadsheet would calculate it"
    assert len(told["address"]) == 64


async def test_a_decision_is_undone_from_the_log_once(alice: Person, bob: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    reply = await a_reply(by=bob, thread=thread)
    assert (await mona.put(f"/api/v1/replies/{reply['id']}/moderation", {"action": "hide"})).status_code == 200
    shown = await mona.get("/mod/log?kind=review.decided")
    assert (await press(mona.client, shown, "Undo")).status_code == 303
    assert "undone" in (await mona.get("/mod/log?kind=review.decided")).text
    assert (await bob.get(f"/api/v1/replies/{reply['id']}")).json()["moderation"] == "published"
    assert (await press(mona.client, shown, "Undo")).status_code == 303, "the same form again changes nothing"
    assert (await mona.put(f"/api/v1/replies/{reply['id']}/moderation", {"action": "hide"})).status_code == 200
    shown = await mona.get("/mod/log?kind=review.decided")
    event = parse(shown.text).one("input", name="event").attributes["value"]
    assert (await mona.post(f"/api/v1/audit/{event}/undo")).status_code == 200
    late = await press(mona.client, shown, "Undo")
    assert late.status_code == 409
    assert "Nothing was undone" in late.text
    assert not parse(late.text).one("section", id="log").all("button")


async def test_a_log_longer_than_a_page_goes_on_and_its_download_is_whole(alice: Person, mona: Person) -> None:
    for number in range(53):
        await a_thread(by=alice, title=f"Matter {number}", body=f"Text {number}")
    first = parse((await mona.get("/mod/log?kind=thread")).text)
    assert len(first.one("section", id="log").all("li")) == 50
    older = first.one("a", rel="next").attributes["href"]
    assert len(await lines(mona, older)) == 3
    assert len((await mona.get("/mod/log.csv?kind=thread")).text.splitlines()) == 54
