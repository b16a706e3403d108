"""An import may be repeated, and tells nobody."""

from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlmodel import col

from service.kit.clock import Clock
from service.kit.database import Session
from service.kit.events import EventRow
from service.kit.queue import enqueue
from service.moderation.jobs import PURGE
from service.notifications.models import Delivery, Notification
from service.subscriptions.models import Subscription
from service.transfer.models import ImportedItem
from service.wiring import METADATA
from tests.build import a_reply
from tests.cast import Person
from tests.transfer.conftest import Bring
from tests.transfer.exports import SOURCE, blog, comment, post
from tests.transfer.test_mapping import replies_of, threads_of
from tests.working import Jobs

pytestmark = pytest.mark.anyio
FILE = blog(post(1, "x", comment(1), comment(2, parent=1)), post(2, "y", comment(3, status="0")))


def kinds(session: Session) -> dict[str, int]:
    """How many events of each kind there are."""
    rows = session.execute(select(col(EventRow.kind), func.count()).group_by(col(EventRow.kind)))
    return {row[0]: row[1] for row in rows}


def told(session: Session) -> int:
    """How many notifications, deliveries and subscriptions there are."""
    tables = (Notification, Delivery, Subscription)
    return sum(int(session.execute(select(func.count()).select_from(table)).scalar_one()) for table in tables)


async def test_the_same_file_brings_nothing_the_second_time(bring: Bring, client: httpx.AsyncClient) -> None:
    first = await bring(FILE)
    before = {title: await replies_of(client, thread) for title, thread in (await threads_of(client)).items()}
    second = await bring(FILE)
    assert (first.imported, second.imported, second.already) == (5, 0, 5)
    after = {title: await replies_of(client, thread) for title, thread in (await threads_of(client)).items()}
    assert after == before


async def test_a_newer_export_adds_its_comments_after_what_was_said_here(
    bring: Bring, client: httpx.AsyncClient, bob: Person
) -> None:
    await bring(FILE)
    thread = (await threads_of(client))["Post 1"]
    here = await a_reply(bob, thread, "Said here.")
    newer = blog(post(1, "x", comment(1), comment(2, parent=1), comment(8, "New there.", parent=2)), post(3, "z"))
    report = await bring(newer)
    assert (report.posts.imported, report.comments["published"].imported, report.already) == (1, 1, 3)
    replies = await replies_of(client, thread)
    assert [(reply["number"], reply["body"], reply["depth"]) for reply in replies[2:]] == [
        (3, "Said here.", 0), (4, "New there.", 2),
    ]  # fmt: skip
    again = (await threads_of(client))["Post 1"]
    assert (again["reply_count"], again["last_reply_at"]) == (4, here["created_at"])


async def test_what_was_purged_here_stays_away_and_holds_nothing_else_up(
    bring: Bring, client: httpx.AsyncClient, app: FastAPI, jobs: Jobs, clock: Clock, mona: Person
) -> None:
    await bring(FILE)
    thread = (await threads_of(client))["Post 1"]
    assert (await mona.delete(f"/api/v1/threads/{thread['id']}")).status_code == 204
    clock.offset += timedelta(days=31)
    await app.state.database.write(enqueue, PURGE, {})
    await jobs()
    newer = blog(post(1, "x", comment(1), comment(2, parent=1), comment(8)), post(3, "z"))
    report = await bring(newer)
    assert (report.posts.imported, report.comments["published"].imported) == (1, 0)
    assert set(await threads_of(client)) == {"Post 2", "Post 3"}


async def test_two_blogs_with_the_same_numbers_are_two_sources(bring: Bring, client: httpx.AsyncClient) -> None:
    await bring(FILE)
    report = await bring(blog(post(1, "x", title="Another post 1"), source="https://other.example.net"))
    assert report.imported == 1
    assert {"Post 1", "Post 2", "Another post 1"} == set(await threads_of(client))


async def test_a_dry_run_changes_nothing_and_says_what_is_new(bring: Bring, app: FastAPI) -> None:
    report = await bring(FILE, dry_run=True)
    assert (report.found, report.imported, report.already) == (5, 0, 0)
    assert await app.state.database.read(kinds) == {}
    await bring(blog(post(1, "x", comment(1))))
    report = await bring(FILE, dry_run=True)
    assert (report.found, report.imported, report.already) == (5, 0, 2)


async def test_nobody_is_told(bring: Bring, app: FastAPI, jobs: Jobs, ada: Person) -> None:
    changed = await ada.patch("/api/v1/site", {"closing": {"close_after_age": "P14D"}}, headers={"If-Match": "*"})
    assert changed.status_code == 200, changed.text
    await bring(FILE)
    await jobs()
    assert await app.state.database.read(told) == 0
    found = await app.state.database.read(kinds)
    assert {kind: found[kind] for kind in found if kind != "site.changed"} == {
        "thread.imported": 2, "reply.imported": 3, "category.changed": 1,
    }  # fmt: skip


async def test_neither_mail_addresses_nor_ip_addresses_are_kept(bring: Bring, app: FastAPI) -> None:
    await bring(FILE)

    def everything(session: Session) -> str:
        return "".join(str(row) for table in METADATA.sorted_tables for row in session.execute(select(table)))

    text = await app.state.database.read(everything)
    assert "Who paid for it?" in text
    assert "192.0.2.77" not in text
    assert "example.net" not in text


async def test_what_was_imported_is_known_by_its_source_and_number(bring: Bring, app: FastAPI) -> None:
    await bring(FILE)

    def items(session: Session) -> list[tuple[str, str, int]]:
        query = select(col(ImportedItem.source), col(ImportedItem.kind), col(ImportedItem.external_id))
        return sorted((source, kind, number) for source, kind, number in session.execute(query))

    assert await app.state.database.read(items) == [
        (SOURCE, "comment", 1), (SOURCE, "comment", 2), (SOURCE, "comment", 3),
        (SOURCE, "post", 1), (SOURCE, "post", 2),
    ]  # fmt: skip
