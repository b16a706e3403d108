"""The ledger's people and threads: who is at home where, who may post now, and what they changed their minds about."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from tests.crash.clients import PASSWORD, Book, Person, create, register, sign_in
from tests.crash.deeds import Deeds
from tests.crash.mail import RudeMail
from tests.crash.oracle import WATCHING, Timeline, World
from tests.crash.processes import Site

STAFF: Final = ("ada", "mona")


@dataclass(frozen=True)
class Size:
    """How large a run is. Each thread is watched by `watchers` people, one of whom opened it. With `rude_to_the_end`
    the mail server stays as it is until the last letter is brought, which may take some minutes.
    """

    people: int = 40
    threads: int = 50
    categories: int = 5
    watchers: int = 5
    replies: int = 2000
    rounds: int = 10
    rude_to_the_end: bool = True


SHORT: Final = Size(people=6, threads=6, categories=3, watchers=3, replies=60, rounds=2, rude_to_the_end=False)
"""For every run of the suite."""


@dataclass
class Scene:
    """One site with its people, its mail server, the book of posts and the world of facts.

    `homes` are the pairs of person and thread that may post: whoever gave a thread up does not come back to it.
    `closed_to_others` are the categories in which only staff may post at the moment, `openers` who opened each thread,
    `done` how often what was done beside posting.
    """

    site: Site
    mail: RudeMail
    size: Size
    chance: random.Random
    people: dict[str, Person]
    world: World
    homes: list[tuple[str, int]]
    book: Book = field(default_factory=Book)
    kills: list[float] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)
    in_flight: list[int] = field(default_factory=list)
    closed_to_others: set[str] = field(default_factory=set)
    openers: dict[int, str] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)

    @property
    def categories(self) -> list[str]:
        """The slugs of all categories with threads."""
        return sorted(set(self.world.category_of.values()))

    @property
    def ada(self) -> Person:
        """The admin."""
        return self.people[STAFF[0]]

    def replies(self, count: int) -> Iterator[tuple[Person, int]]:
        """So many times somebody who may post somewhere, at random."""
        for _ in range(count):
            username, thread_id = self.chance.choice([pair for pair in self.homes if self.may_post(*pair)])
            yield self.people[username], thread_id

    def may_post(self, username: str, thread_id: int) -> bool:
        """Whether the thread is there for the person now."""
        return username in STAFF or self.world.category_of[thread_id] not in self.closed_to_others

    def deeds(self, client: httpx.AsyncClient) -> Deeds:
        """What people do beside posting."""
        return Deeds(client, self.site.addresses, self.world, self.chance)

    def watched(self, username: str) -> list[int]:
        """The threads in which the person is at home, that they may see now."""
        return [thread_id for name, thread_id in self.homes if name == username and self.may_post(name, thread_id)]


async def set_scene(site: Site, mail: RudeMail, size: Size, seed: int) -> Scene:
    """Everybody registers; threads are opened; who is at home in a thread replies once, and so watches it."""
    chance = random.Random(seed)
    async with httpx.AsyncClient(timeout=30) as client:
        address = site.addresses[0]
        people = await bring_people(client, site, size.people)
        ada = people[STAFF[0]]
        for number in range(1, size.categories):
            await create(client, address, ada, "/categories", {"slug": f"room-{number}", "name": f"Room {number}"})
        scene = Scene(site, mail, size, chance, people, World({}, frozenset(STAFF)), [])
        for number in range(size.threads):
            category = f"room-{number % size.categories}" if number % size.categories else "general"
            names = chance.sample(sorted(set(people) - set(STAFF)), size.watchers)
            if number < size.categories:
                names[:2] = STAFF  # so that somebody posts and somebody listens where only staff may
            await open_thread(client, scene, category, names)
    return scene


async def bring_people(client: httpx.AsyncClient, site: Site, count: int) -> dict[str, Person]:
    """Two admins, and the others, each with a token."""
    address, people = site.addresses[0], {}
    for name in STAFF:
        await site.make_admin(name, PASSWORD)
        people[name] = await sign_in(client, address, name, "read", "write", "admin")
    for number in range(count - len(STAFF)):
        person = await register(client, address, f"member{number}")
        people[person.username] = person
    return people


async def open_thread(client: httpx.AsyncClient, scene: Scene, category: str, names: list[str]) -> None:
    """The first opens it, the others reply; now all of them watch it."""
    address, opener = scene.site.addresses[0], scene.people[names[0]]
    title, body = f"For {', '.join(names)}", f"Say something of the number {len(scene.openers)}."
    opening: dict[str, Any] = {"title": title, "body": body, "category": category}
    thread_id = int((await create(client, address, opener, "/threads", opening))["id"])
    for name in names[1:]:
        await create(client, address, scene.people[name], f"/threads/{thread_id}/replies", {"body": "I watch."})
    scene.world.category_of[thread_id] = category
    scene.openers[thread_id] = names[0]
    for name in names:
        scene.world.levels[name, thread_id] = Timeline(WATCHING)
        scene.homes.append((name, thread_id))
