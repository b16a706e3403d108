"""The course of a run: storms, in which people post and change their minds while processes are killed, and hushes, in
which nothing is killed and everything is told, so that what people then change is exact to the letter.
"""

import asyncio
import random
import time
from typing import Final

import httpx

from service.kit.database import Database
from service.kit.queue import revive
from tests.crash.clients import PATIENCE, Person, keep_posting
from tests.crash.deeds import Deeds
from tests.crash.facts import TELLING, come_to_rest, dead_jobs
from tests.crash.oracle import WATCHING
from tests.crash.processes import Process
from tests.crash.scene import Scene

CLIENTS: Final = 8
HUSHED: Final = 0.2
"""The share of replies that are posted in hushes."""


async def play(scene: Scene, database: Database, kills: int) -> int:
    """All rounds, then everything comes to rest; returns how many dead letters had to be revived for that."""
    rounds = scene.size.rounds
    each = scene.size.replies // rounds
    for number in range(rounds):
        hushed = round(each * HUSHED)
        await storm(scene, each - hushed, kills * (number + 1) // rounds)
        await all_told(scene, database)
        await hush(scene, database, hushed)
    if not scene.size.rude_to_the_end:
        scene.mail.be_kind()
    await scene.site.ready()
    await come_to_rest(database)
    revived = await revive_dead(scene, database)
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        for category in scene.categories:
            await scene.deeds(client).show(scene.ada, category, "public")
    return revived


async def all_told(scene: Scene, database: Database) -> None:
    """Wait until everybody has been told of everything on the site; letters may take longer."""
    await scene.site.ready()
    await come_to_rest(database, TELLING)
    scene.book.all_told()


async def storm(scene: Scene, replies: int, kills: int) -> None:
    """Post under kills, up to `kills` of them since the beginning, while others change their minds."""
    flickering = scene.chance.choice([each for each in scene.categories if each not in scene.closed_to_others])
    scene.closed_to_others.add(flickering)
    wanted = scene.replies(replies)
    posting = [
        asyncio.create_task(
            keep_posting(scene.book, scene.site.addresses, wanted, random.Random(scene.chance.random()))
        )
        for _ in range(CLIENTS)
    ]
    stop = asyncio.Event()
    beside = [asyncio.create_task(kill(scene, kills, stop)), asyncio.create_task(meddle(scene, flickering, stop))]
    try:
        await asyncio.gather(*posting)
    finally:
        stop.set()
        await asyncio.gather(*beside)


async def kill(scene: Scene, most: int, stop: asyncio.Event) -> None:
    """Every second or so one process is killed and started again at once: while a request is in flight, or, when all
    is posted, while workers have letters in their hands.

    Raises:
        RuntimeError: a process was dead already.
    """
    while len(scene.kills) < most:
        await asyncio.sleep(scene.chance.uniform(0.2, 1.2))
        while scene.book.in_flight == 0 and not stop.is_set():
            await asyncio.sleep(0)
        kill_one(scene, scene.chance.choice(scene.site.processes))
        await scene.site.ready()


def kill_one(scene: Scene, process: Process) -> None:
    """Kill a process and start it again. Raises RuntimeError when it was dead already."""
    if not process.alive:
        raise RuntimeError(f"parley {process.command} had died by itself: {process.output.read_text()[-1000:]}")
    scene.in_flight.append(scene.book.in_flight)
    scene.killed[process.command] += 1
    process.kill()
    scene.kills.append(time.time())
    process.start()


async def meddle(scene: Scene, flickering: str, stop: asyncio.Event) -> None:
    """One deed after the other, racing with posts and letters; at last the flickering category is open to all."""
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        deeds = scene.deeds(client)
        while not stop.is_set():
            shown = scene.chance.choice(("public", "staff"))
            await deeds.show(scene.ada, flickering, shown)
            await change_mind(scene, client, scene.chance.choice(list(scene.people.values())), giving_up=False)
            await asyncio.sleep(scene.chance.uniform(0, 0.3))
        await deeds.show(scene.ada, flickering, "public")
        scene.closed_to_others.discard(flickering)


async def hush(scene: Scene, database: Database, replies: int) -> None:
    """Post while the mail server takes nothing, wait until all are told, let people change their minds, and open it.

    What somebody reads, mutes or leaves now, they must get no letter about, though it waits already.
    """
    scene.mail.shut()
    await keep_posting(scene.book, scene.site.addresses, scene.replies(replies), scene.chance)
    await all_told(scene, database)
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        for person in scene.chance.sample(list(scene.people.values()), max(3, len(scene.people) // 3)):
            await change_mind(scene, client, person, giving_up=True)
        await move_curtain(scene, client)
    scene.mail.open()


async def move_curtain(scene: Scene, client: httpx.AsyncClient) -> None:
    """What only staff could see is for everybody again; now and then something else is hidden until the next hush."""
    deeds = scene.deeds(client)
    for category in sorted(scene.closed_to_others):
        await deeds.show(scene.ada, category, "public")
    scene.closed_to_others.clear()
    if scene.chance.random() < 0.5:
        hidden = scene.chance.choice(scene.categories)
        await deeds.show(scene.ada, hidden, "staff")
        scene.closed_to_others.add(hidden)
        scene.done["hide"] += 1


async def change_mind(scene: Scene, client: httpx.AsyncClient, person: Person, *, giving_up: bool) -> None:
    """One thing that somebody does; with `giving_up` they may leave a thread for good."""
    deeds, name = scene.deeds(client), person.username
    deed = scene.chance.choice(("read", "read", "mail", "level", "leave" if giving_up else "level"))
    watched = scene.watched(name)
    if deed == "read":
        scene.done["read"] += await deeds.read_unread(person)
    elif deed == "mail" or not watched:
        wanted = not scene.world.mail[name].last or scene.chance.random() < 0.5  # most have it on at most times
        await deeds.switch_mail(person, wanted)
        scene.done["mail on" if wanted else "mail off"] += 1
    elif deed == "level":
        thread_id = scene.chance.choice(watched)
        away = scene.world.levels[name, thread_id].last == WATCHING
        await deeds.choose(person, thread_id, scene.chance.choice(("muted", "normal")) if away else WATCHING)
        scene.done["mute" if away else "watch again"] += 1
    else:
        await leave(scene, deeds, name, scene.chance.choice(watched))


async def leave(scene: Scene, deeds: Deeds, name: str, thread_id: int) -> None:
    """Give a thread up for good, unless one opened it: that is watched by default."""
    if scene.openers[thread_id] != name and len(scene.watched(name)) > 1:
        await deeds.unwatch(scene.people[name], thread_id)
        scene.homes.remove((name, thread_id))
        scene.done["leave"] += 1


async def revive_dead(scene: Scene, database: Database) -> int:
    """Letters that were given up are revived, as an operator would, once the mail server is kind; how many."""
    scene.mail.be_kind()
    dead = await database.read(dead_jobs)
    for job_id, _, _ in dead:
        await database.write(revive, job_id)
    await come_to_rest(database)
    return len(dead)
