"""People who post through crashes, and the book of what they were told is stored.

Whoever gets no answer either tries again with the same Idempotency-Key until there is one, or gives up and never
knows. The first kind's posts must be stored once; the second kind's at most once.
"""

import asyncio
import random
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

PASSWORD = "correct horse battery staple"
PATIENCE = 15.0  # seconds for an answer
PAUSE = 0.3  # seconds between one client's posts, on average: load enough, and the machine still has other work
TRY_AGAIN = (409, 429, 502, 503, 504)
"""Of a proxy's two, 502 says that nobody answered it, and 504 that nobody did in time."""


@dataclass
class Post:
    """One reply that somebody tried to store. `reply_id` is what the 201 said; None: no answer was seen.

    `begun` is when its first request left, `done` when it was acknowledged, `until` when everybody had been told of it
    (seconds since 1970).
    """

    marker: str
    thread_id: int
    author: str
    persistent: bool
    reply_id: int | None = None
    tries: int = 0
    begun: float = 0.0
    done: float = 0.0
    until: float = 0.0


@dataclass
class Person:
    """Somebody with an API token."""

    username: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """What signs their requests."""
        return {"Authorization": f"Bearer {self.token}"}


@dataclass
class Book:
    """Everything that was tried, and how many requests have no answer yet. `failed` has the moment and the status of
    each that must be repeated: 0 for a connection that broke.
    """

    posts: list[Post] = field(default_factory=list)
    failed: list[tuple[float, int]] = field(default_factory=list)
    in_flight: int = 0
    strange: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> list[Post]:
        """What a 201 said is stored."""
        return [post for post in self.posts if post.reply_id is not None]

    def all_told(self) -> None:
        """Everybody has been told of everything that was posted so far."""
        for post in self.posts:
            post.until = post.until or time.time()


async def register(client: httpx.AsyncClient, address: str, username: str) -> Person:
    """Make an account, and an API token for it."""
    person = {"username": username, "email": f"{username}@example.org", "password": PASSWORD}
    expect(await client.post(f"{address}/api/v1/accounts", json=person), 201)
    return await sign_in(client, address, username, "read", "write")


async def sign_in(client: httpx.AsyncClient, address: str, username: str, *scopes: str) -> Person:
    """An API token for an account that there is."""
    api = f"{address}/api/v1"
    expect(await client.post(f"{api}/sessions", json={"login": username, "password": PASSWORD}), 201)
    made = expect(await client.post(f"{api}/tokens", json={"name": "crash", "scopes": list(scopes)}), 201)
    client.cookies.clear()
    return Person(username, made["token"])


async def create(
    client: httpx.AsyncClient, address: str, person: Person, path: str, body: dict[str, Any]
) -> dict[str, Any]:
    """One POST that makes something, with nothing going wrong."""
    return expect(await client.post(f"{address}/api/v1{path}", json=body, headers=person.headers), 201)


def expect(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The answer's JSON.

    Raises:
        RuntimeError: another status came.
    """
    if answer.status_code != status:
        raise RuntimeError(
            f"{answer.request.method} {answer.request.url} gave {answer.status_code}: {answer.text[:300]}"
        )
    found: dict[str, Any] = answer.json()
    return found


async def keep_posting(
    book: Book, addresses: list[str], wanted: Iterator[tuple[Person, int]], chance: random.Random
) -> None:
    """Post one reply after the other as long as `wanted`, which several share, says who posts in which thread."""
    async with httpx.AsyncClient(timeout=PATIENCE) as client:
        for person, thread_id in wanted:
            post = Post(secrets.token_hex(8), thread_id, person.username, chance.random() < 0.8, begun=time.time())
            book.posts.append(post)
            await post_through_crashes(book, client, addresses, person, post, chance)
            await asyncio.sleep(chance.uniform(0, 2 * PAUSE))


async def post_through_crashes(
    book: Book, client: httpx.AsyncClient, addresses: list[str], person: Person, post: Post, chance: random.Random
) -> None:
    """Try until the post is acknowledged; who is not persistent gives up once an answer failed to come."""
    while post.reply_id is None:
        answer = await try_once(book, client, chance.choice(addresses), person, post)
        if answer is None or answer.status_code >= 500:
            book.failed.append((time.time(), answer.status_code if answer is not None else 0))
        if answer is not None and answer.status_code == 201:
            post.reply_id, post.done = int(answer.json()["id"]), time.time()
        elif answer is None and not post.persistent and post.tries > 0:
            return
        elif answer is not None and answer.status_code not in TRY_AGAIN:
            book.strange.append(f"{answer.status_code} {answer.text[:200]}")
            return
        else:
            await asyncio.sleep(0.05)


async def try_once(
    book: Book, client: httpx.AsyncClient, address: str, person: Person, post: Post
) -> httpx.Response | None:
    """The answer to one request, or None if the connection broke. A refused connection is no try: nothing was sent."""
    headers = person.headers | {"Idempotency-Key": post.marker}
    path = f"{address}/api/v1/threads/{post.thread_id}/replies"
    book.in_flight += 1
    try:
        post.tries += 1
        return await client.post(path, json={"body": f"Marker {post.marker}"}, headers=headers)
    except httpx.ConnectError:
        post.tries -= 1
        return None
    except httpx.TransportError:
        return None
    finally:
        book.in_flight -= 1
