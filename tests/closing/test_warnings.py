"""“Closes tomorrow”: told once for each deadline to watchers who asked for it, and never when it is no longer true."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from service.closing.jobs.warnings import WARN, warn_each
from service.closing.queries.warnings import to_be_warned
from service.kit.clock import Clock
from service.kit.queue import enqueue
from service.settings import Settings, load_settings
from tests.build import a_reply, a_thread
from tests.cast import Person
from tests.closing.doing import Json, close, instant, set_closing, shown, the_time, told, wire
from tests.conftest import BASE_URL, SECRET
from tests.mailbox import Mailbox, words
from tests.notifications import telling
from tests.working import Jobs

pytestmark = pytest.mark.anyio
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SOON = "thread.closing_soon"
NOTICE = ("closing_soon", "opened")


@pytest.fixture
def settings(database_url: str, tmp_path: Path, box: Mailbox) -> Settings:
    """Mail goes to the box."""
    return load_settings(
        database_url=database_url, data_dir=tmp_path, base_url=BASE_URL, secret_key=SECRET, smtp_url=box.url,
        mail_delay="PT0S",
    )  # fmt: skip


async def asks_for(person: Person, **channels: bool) -> None:
    """Somebody wants to be warned by these channels."""
    wanted = {"channels": {"closing_soon": channels}}
    answer = await person.patch("/api/v1/me/notification-preferences", wanted)
    assert answer.status_code == 200, answer.text


async def look(app: FastAPI, jobs: Jobs) -> None:
    """Let a worker look for what closes soon, and do whatever follows."""
    await app.state.database.write(enqueue, WARN, {})
    await jobs()


async def warnings_of(person: Person) -> list[tuple[str, str]]:
    """What somebody was told of closings that are to come."""
    return [each for each in await telling.told(person) if each[0] == "closing_soon"]


async def extend(by: Person, thread: Json, span: str) -> None:
    """Put a closing off."""
    answer = await by.post("/api/v1/closings/extensions", {"thread_ids": [thread["id"]], "by": span})
    assert answer.json()["items"][0]["done"], answer.text


async def test_a_watcher_who_wants_it_is_told_once_a_day_before_and_others_are_not(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, charlie: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice, closing={"close_after_age": "P3D"})
    other = await a_thread(by=alice, closing={"close_after_age": "P30D"})
    await a_reply(bob, thread)
    for person in (alice, charlie):
        await asks_for(person, site=True)
    await look(app, jobs)
    assert await told(app, thread, SOON) == [], "it closes in three days"
    clock.offset += 2 * DAY
    for _ in range(3):
        await look(app, jobs)
    (event,) = await told(app, thread, SOON)
    due = instant(thread["created_at"]) + 3 * DAY
    assert instant(event.facts["closes_at"]) == due
    assert (event.actor_id, event.audience) == (None, "category")
    assert await warnings_of(alice) == [NOTICE]
    assert await warnings_of(bob) == [], "he watches it, and did not ask for warnings"
    assert await warnings_of(charlie) == [], "he asked for warnings, and does not watch it"
    assert await told(app, other, SOON) == []
    assert (await shown(alice, thread))["version"] == thread["version"], "warning changes nothing"


async def test_nothing_is_looked_for_while_nobody_wants_it(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person
) -> None:
    thread = await a_thread(by=alice, closing={"close_after_age": "P1D"})
    await asks_for(alice, site=True)
    await asks_for(alice, site=False)
    await look(app, jobs)
    assert await told(app, thread, SOON) == []
    await asks_for(alice, mail=True)
    await look(app, jobs)
    assert len(await told(app, thread, SOON)) == 1


async def test_a_warning_names_the_deadline_by_mail_too(app: FastAPI, jobs: Jobs, box: Mailbox, alice: Person) -> None:
    thread = await a_thread(by=alice, title="Seminar", closing={"close_after_age": "PT20H"})
    await asks_for(alice, site=True, mail=True)
    await look(app, jobs)
    (letter,) = box.taken
    assert "Seminar" in letter["Subject"]
    due = instant((await shown(alice, thread))["closes_at"])
    assert f"{due:%H:%M}" in words(letter)
    await look(app, jobs)
    assert len(box.taken) == 1


@pytest.mark.parametrize("change", ["nothing", "extended", "kept open", "closed", "answered", "muted"])
async def test_no_letter_goes_out_of_what_is_not_so_any_more(
    app: FastAPI, clock: Clock, jobs: Jobs, box: Mailbox, alice: Person, bob: Person, mona: Person, change: str
) -> None:
    thread = await a_thread(by=alice)
    await set_closing(mona, thread, close_after_idle="PT20H")
    await asks_for(alice, site=True, mail=True)
    quiet = {"channels": {"reply": {"mail": False}, "closed": {"mail": False}}, "mail_delay": "PT30M"}
    assert (await alice.patch("/api/v1/me/notification-preferences", quiet)).status_code == 200
    await look(app, jobs)
    assert await warnings_of(alice) == [NOTICE]
    assert box.taken == [], "the letter waits for half an hour"
    if change == "extended":
        await extend(mona, thread, "PT1H")
    elif change == "kept open":
        await set_closing(mona, thread, override="open")
    elif change == "closed":
        await close(mona, thread)
    elif change == "answered":
        await a_reply(bob, thread)
    elif change == "muted":
        await telling.mute(alice, thread)
    clock.offset += timedelta(minutes=31)
    await jobs()
    assert len(box.taken) == (1 if change == "nothing" else 0)


async def test_who_is_told_after_an_extension_hears_the_new_deadline_and_only_that(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice, closing={"close_after_age": "PT20H"})
    await asks_for(alice, site=True)

    found = await app.state.database.read(to_be_warned, 10)
    await app.state.database.write(warn_each, found)
    await extend(mona, thread, "P1D")  # after the event, before anybody was told
    await jobs()
    assert await warnings_of(alice) == [], "it does not close then any more"
    clock.offset += DAY
    await look(app, jobs)
    assert await warnings_of(alice) == [NOTICE]
    due = instant((await shown(mona, thread))["closes_at"])
    assert [instant(event.facts["closes_at"]) for event in await told(app, thread, SOON)][1:] == [due]


async def test_a_silence_of_hours_warns_once_a_day_and_not_with_every_reply(
    app: FastAPI, clock: Clock, jobs: Jobs, alice: Person, bob: Person, mona: Person
) -> None:
    thread = await a_thread(by=alice)
    await set_closing(mona, thread, close_after_idle="PT12H")
    await asks_for(alice, site=True)
    for hours in range(0, 40, 8):
        await a_reply(bob, thread, body=f"After {hours} hours")
        await look(app, jobs)
        clock.offset += 8 * HOUR
    assert len(await told(app, thread, SOON)) == 2, "at the beginning, and a day later"


async def test_of_a_silent_closing_nobody_is_warned(app: FastAPI, jobs: Jobs, alice: Person, mona: Person) -> None:
    thread = await a_thread(by=alice)
    at = wire(await the_time(app) + 5 * HOUR)
    answer = await mona.put(f"/api/v1/threads/{thread['id']}/timers/silent_close", {"at": at})
    assert answer.status_code in (200, 201), answer.text
    await asks_for(alice, site=True)
    await look(app, jobs)
    assert (await told(app, thread, SOON), await warnings_of(alice)) == ([], [])


async def test_what_nobody_may_see_is_not_warned_of(app: FastAPI, jobs: Jobs, alice: Person, mona: Person) -> None:
    hidden, archived, closed = [await a_thread(by=alice, closing={"close_after_age": "PT5H"}) for _ in range(3)]
    await mona.put(f"/api/v1/threads/{hidden['id']}/moderation", {"action": "hide"})
    await mona.put(f"/api/v1/threads/{archived['id']}/archive")
    await close(mona, closed)
    await asks_for(alice, site=True)
    await look(app, jobs)
    assert await warnings_of(alice) == []


async def test_workers_that_race_or_die_half_way_warn_once(app: FastAPI, jobs: Jobs, alice: Person) -> None:
    threads = [await a_thread(by=alice, closing={"close_after_age": "PT5H"}) for _ in range(4)]
    await asks_for(alice, site=True)
    found = await app.state.database.read(to_be_warned, 10)
    assert list(found) == [thread["id"] for thread in threads]

    def dies(session: object) -> None:
        warn_each(session, found)  # type: ignore[arg-type]
        raise RuntimeError("killed before it was stored")

    with pytest.raises(RuntimeError, match="killed"):
        await app.state.database.write(dies)
    await asyncio.gather(*(app.state.database.write(warn_each, found) for _ in range(4)))
    for _ in range(2):
        await look(app, jobs)
    assert [len(await told(app, thread, SOON)) for thread in threads] == [1] * 4
    assert await warnings_of(alice) == [NOTICE] * 4
