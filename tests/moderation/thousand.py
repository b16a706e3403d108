"""`python -m tests.moderation.thousand`: what the suite plays small, at full size, on both databases.

A history of 1,000 deeds of moderation by chance is undone in an order by chance, and every row is as it was; twenty
moderators decide 500 posts at once, each of which is decided once.
"""

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import httpx
from fastapi import FastAPI

from service.app import create_app
from service.kit.database.migrations import upgrade
from service.settings import load_settings
from tests.cast import Person, enter
from tests.conftest import BASE_URL, SECRET
from tests.fresh import fresh_postgresql
from tests.moderation.history import History, differences
from tests.moderation.twenty import cast_of, hold_many, race, race_in_batches
from tests.provision import postgresql
from tests.provision.scratch import scratch_folder

Enter = Callable[[str, str], Awaitable[Person]]


async def history(app: FastAPI, come_in: Enter, deeds: int, seed: int) -> str:
    """Play, undo, compare; what was done, in words."""
    members = [await come_in(name, "member") for name in ("alice", "bob", "charlie")]
    moderators = [await come_in("mona", "moderator"), await come_in("ada", "admin")]
    played = History(app, random.Random(seed), tuple(members), tuple(moderators))
    await played.begin()
    before = await played.everything()
    await played.go_on(deeds)
    changed = len(differences(before, await played.everything()))
    undone = await played.undo_all()
    wrong = differences(before, await played.everything())
    assert not wrong, "\n".join(wrong)
    return f"{deeds} deeds, {played.done} of them done, {changed} rows changed, {undone} undone, all rows as before"


async def twenty(app: FastAPI, come_in: Enter, posts: int, *, together: bool) -> str:
    """Twenty moderators, all at once."""
    members = [await come_in(name, "member") for name in ("alice", "bob", "charlie")]
    ada = await come_in("ada", "admin")
    moderators = [await come_in(name, "moderator") for name in cast_of(20)]
    reviews = await hold_many(members, ada, posts)
    began = time.monotonic()
    await (race_in_batches if together else race)(app, moderators, reviews)
    how = "in one go each" if together else "one by one"
    return f"20 moderators, {posts} posts, {how}: each decided once, in {time.monotonic() - began:.1f} s"


async def on_a_site(database_url: str | None, work: Callable[[FastAPI, Enter], Awaitable[str]]) -> str:
    """Do the work on an application with a database of its own."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = database_url or f"sqlite+pysqlite:///{folder / 'parley.db'}"
        settings = load_settings(
            data_dir=folder, base_url=BASE_URL, database_url=url, rate_limits="off", secret_key=SECRET
        )
        await asyncio.to_thread(upgrade, url)
        app = create_app(settings, worker=False)
        await stack.enter_async_context(app.router.lifespan_context(app))

        async def come_in(username: str, role: str) -> Person:
            transport = httpx.ASGITransport(app)
            client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=BASE_URL))
            return await enter(app, client, username, role)

        return await work(app, come_in)


def main() -> None:
    """Reads the arguments, plays, and prints what was shown."""
    parser = argparse.ArgumentParser(prog="python -m tests.moderation.thousand")
    parser.add_argument("--deeds", type=int, default=1000)
    parser.add_argument("--posts", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    works: tuple[Callable[[FastAPI, Enter], Awaitable[str]], ...] = (
        lambda app, come_in: history(app, come_in, chosen.deeds, chosen.seed),
        lambda app, come_in: twenty(app, come_in, chosen.posts, together=False),
        lambda app, come_in: twenty(app, come_in, chosen.posts, together=True),
    )
    with ExitStack() as stack:
        cluster = postgresql.throwaway_cluster(stack.enter_context(scratch_folder()))
        os.environ[postgresql.VARIABLE] = stack.enter_context(cluster)
        for work in works:
            print("sqlite:", asyncio.run(on_a_site(None, work)), flush=True)
            with fresh_postgresql() as url:
                print("postgresql:", asyncio.run(on_a_site(url, work)), flush=True)


if __name__ == "__main__":
    main()
