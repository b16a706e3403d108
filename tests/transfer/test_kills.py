"""An import that is killed, again and again, at any point: run again, it ends as one that was never disturbed."""

import asyncio
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from service.categories.models import Category
from service.kit.database import Database, Session, open_database
from service.kit.database.migrations import upgrade
from service.kit.events import EventRow
from service.replies.models import Reply
from service.threads.models import Thread
from service.transfer.models import ImportedItem
from service.wiring import LISTENERS
from tests.commands.running import environment
from tests.conftest import SECRET
from tests.house.tree import ROOT
from tests.transfer.exports import blog, comment, post

pytestmark = pytest.mark.anyio
POSTS, EACH = 40, 20
KILLS = (1, 30, 150, 400, 700)
"""Each time the process is killed as soon as so many items are there."""

WAIT = 120.0
STATES = ("1", "1", "1", "0", "spam", "trash")


def export() -> str:
    """Posts with trees of comments in every state, some longer than one parcel."""
    posts = []
    for number in range(1, POSTS + 1):
        first = number * 1000
        comments = [
            comment(first + each, f"Thought {each}.", parent=first + each // 2 if each else 0, status=STATES[each % 6])
            for each in reversed(range(EACH if number % 20 else EACH + 100))
        ]
        terms = [("category", f"c{number % 3}", f"Category {number % 3}"), ("post_tag", "t", f"Tag {number % 7}")]
        posts.append(post(number, f"Text {number}.", *comments, open=number % 4 > 0, terms=terms))
    return blog(*posts)


class Importing:
    """`parley import wordpress` in a process of its own."""

    def __init__(self, file: Path, url: str, folder: Path) -> None:
        command = [sys.executable, "-m", "service", "import", "wordpress", str(file)]
        settings = environment(database_url=url, secret_key=SECRET, data_dir=str(folder))
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip

    def kill(self) -> None:
        """SIGKILL."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> str:
        """Wait for its end, which must be a good one; returns what it said."""
        said, _ = self.process.communicate(timeout=WAIT)
        assert self.process.returncode == 0, said
        return said


async def brought(database: Database) -> int:
    """How many posts and comments are there by now."""

    def count(session: Session) -> int:
        return int(session.execute(select(func.count()).select_from(ImportedItem)).scalar_one())

    return await database.read(count)


def everything(session: Session) -> dict[str, Any]:
    """All that can be seen of an import, without the ids, which a database need not hand out without gaps."""
    named = select(col(ImportedItem.reply_id), col(ImportedItem.external_id)).where(col(ImportedItem.kind) == "comment")
    keys = {row[0]: row[1] for row in session.execute(named)}
    threads = session.execute(
        select(Thread, col(Category.slug), col(ImportedItem.external_id))
        .join(Category, col(Category.id) == Thread.category_id)
        .join(ImportedItem, (col(ImportedItem.thread_id) == Thread.id) & (col(ImportedItem.kind) == "post"))
        .order_by(col(ImportedItem.external_id))
    ).all()
    replies = session.execute(select(Reply).order_by(col(Reply.created_at), col(Reply.body))).scalars().all()
    counted = select(col(EventRow.kind), func.count()).group_by(col(EventRow.kind)).order_by(col(EventRow.kind))
    return {
        "threads": [(key, slug, thread.model_dump(exclude={"id", "category_id"})) for thread, slug, key in threads],
        "replies": sorted(
            (
                keys[reply.id or 0], keys.get(reply.parent_id), keys.get(reply.in_reply_to_id),
                str(reply.model_dump(exclude={"id", "thread_id", "parent_id", "in_reply_to_id", "trashed_at"})),
            )
            for reply in replies
        ),
        "events": [tuple(row) for row in session.execute(counted)],
        "categories": session.execute(select(col(Category.slug)).order_by(col(Category.slug))).scalars().all(),
    }  # fmt: skip


async def seen(url: str) -> dict[str, Any]:
    """`everything` of the database at an address."""
    database = open_database(url, listeners=LISTENERS)
    await database.start()
    try:
        return await database.read(everything)
    finally:
        await database.stop()


async def killed(importing: Importing, database: Database, at: int) -> int:
    """Kill the process once `at` items are there; returns how many are there then."""
    async with asyncio.timeout(WAIT):
        while await brought(database) < at and importing.process.poll() is None:
            await asyncio.sleep(0.002)
    importing.kill()
    return await brought(database)


async def test_an_import_that_was_killed_ends_as_one_that_was_not(
    database_url: str, empty_database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "export.xml"
    file.write_text(export(), encoding="utf-8")
    await asyncio.to_thread(upgrade, empty_database_url)
    undisturbed = Importing(file, empty_database_url, tmp_path / "one")
    await asyncio.to_thread(undisturbed.end)
    database = open_database(database_url, listeners=LISTENERS)
    await database.start()
    found = [await killed(Importing(file, database_url, tmp_path / "two"), database, at) for at in KILLS]
    total = len((await seen(empty_database_url))["replies"]) + POSTS
    assert all(0 < number < total for number in found), found
    assert found == sorted(found)
    said = await asyncio.to_thread(Importing(file, database_url, tmp_path / "two").end)
    assert f"{total - found[-1]} items were imported." in said
    await database.stop()
    one, two = await seen(empty_database_url), await seen(database_url)
    assert two["threads"] == one["threads"]
    assert two["replies"] == one["replies"]
    assert (two["events"], two["categories"]) == (one["events"], one["categories"])
    again = await asyncio.to_thread(Importing(file, database_url, tmp_path / "two").end)
    assert "Nothing was imported" in again
