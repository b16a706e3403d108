"""What is held, hidden, rejected, spam or trashed is nowhere for those who may not see it: every GET route, every state
with how a post came there, every viewer; and in no letter.

The routes are read off the application, so that a new one is walked too. One stage has a thread and a reply in each
state, each with a word of its own.
"""

import email
import email.policy
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select
from sqlmodel import col

from service import wiring
from service.replies.models import Reply
from service.screening.models import Decision
from service.settings import Settings
from tests.build import a_reply, a_thread
from tests.cast import Person, enter
from tests.moderation.doing import WAYS, Json, at, hold_all, step
from tests.working import Jobs

pytestmark = pytest.mark.anyio

WORD: Final = re.compile(r"wq\d\dzx")
QUERIES: Final = {
    "/": ("", "?sort=new", "?sort=top"),
    "/api/v1/threads": ("", "?author=bob", "?state=open", "?state=closed", "?sort=new", "?sort=top"),
    "/api/v1/threads/{thread_id}/replies": ("", "?order=newest"),
    "/api/v1/threads/{thread_id}/events": ("?after=0&limit=100",),
    "/t/{thread_id}/{slug}": ("", "?quote=1", "?quote=2#", "?reply_to=2"),
    "/mod/queue": ("", "?show=trash", "?show=hidden", "?show=spam", "?show=rejected"),
    "/api/v1/reviews": ("", "?state=open", "?state=decided"),
    "/api/v1/audit": ("?limit=100",),
}
OF_POSTS: Final = ("{thread_id}", "{reply_id}", "{number}")
ABOUT_POSTS: Final = ("{review_id}", "{decision_id}")
OF_STAFF: Final = ("/mod/", "/reviews", "/audit", "/moderation/", "/decisions", "/notifications")
"""Where moderators of the category read of what nobody else sees, the trash too, and authors of what was decided."""


@dataclass
class Post:
    """A secret: what it is, in which state, and the word that it says. `number` is a reply's that was public once."""

    way: str
    word: str
    shown: Json
    review_id: int | None = None
    decision_id: int | None = None
    number: int | None = None

    @property
    def state(self) -> str:
        """Its state of moderation."""
        return self.way.partition(",")[0]

    @property
    def is_reply(self) -> bool:
        """Whether it is one."""
        return "number" in self.shown


@dataclass
class Stage:
    """The thread in which the replies are, the posts, and who looks, by what they are."""

    thread: Json
    posts: list[Post]
    viewers: dict[str, httpx.AsyncClient]
    names: dict[str, str]
    moderates: tuple[str, ...] = ("here", "moderator", "admin")
    wrong: list[str] = field(default_factory=list)

    def reads(self, who: str, post: Post) -> bool:
        """Whether this viewer may read the post where it stands."""
        if post.state == "published" or (who in self.moderates and post.state != "trashed"):
            return True
        return who == "author" and post.state in ("pending", "hidden", "rejected")

    def may_say(self, who: str, path: str) -> set[str]:
        """The words that an answer to this viewer may have in it."""
        words = {post.word for post in self.posts if self.reads(who, post)} | set(WORD.findall(path))
        staff = any(part in path for part in OF_STAFF) and who in (*self.moderates, "author")
        return words | ({post.word for post in self.posts} if staff else set())

    async def ask(self, who: str, path: str) -> httpx.Response:
        """GET as this viewer; what it says and must not is noted."""
        answer = await self.viewers[who].get(path)
        said = set(WORD.findall(f"{answer.text} {answer.headers}".lower())) - self.may_say(who, path)
        if said:
            ways = sorted(f"{post.way} {at(post.shown)}" for post in self.posts if post.word in said)
            self.wrong.append(f"{who} {path} says {ways}")
        if answer.status_code >= 500:
            self.wrong.append(f"{who} {path}: {answer.status_code}")
        return answer


def patterns() -> Iterator[str]:
    """The paths of all GET routes, with their parameters by name."""
    for routers, prefix in ((wiring.ROUTERS, "/api/v1"), (wiring.PAGES, "")):
        for router in routers:
            for route in router.routes:
                if isinstance(route, APIRoute) and "GET" in (route.methods or ()):
                    yield prefix + route.path


PATTERNS: Final = tuple(patterns())


def filled(pattern: str, values: dict[str, Any]) -> list[str]:
    """The addresses of a pattern; none where a value is missing (static files, letters' links, problems)."""
    named = {name: value for name, value in values.items() if value is not None}
    try:
        path = pattern.format(**named)
    except KeyError:
        return []
    return [path + query for query in QUERIES.get(pattern, ("",))]


Browse = Callable[[], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def stage(
    app: FastAPI, browse: Browse, client: httpx.AsyncClient, alice: Person, bob: Person, charlie: Person,
    mona: Person, ada: Person, jobs: Jobs,
) -> Stage:  # fmt: skip
    """All posts by bob; charlie, and one who was suspended then, watch everything and are mentioned everywhere."""
    here, elsewhere, suspended = [await enter(app, await browse(), name) for name in ("hedda", "eva", "sven")]
    await ada.post("/api/v1/categories", {"name": "Letters", "slug": "letters"})
    await ada.put("/api/v1/categories/general/moderators/hedda")
    await ada.put("/api/v1/categories/letters/moderators/eva")
    thread = await a_thread(by=alice, tags=["camps"])
    for watcher in (charlie, suspended, elsewhere):
        await watcher.put("/api/v1/categories/general/subscription", {"level": "watching"})
        await watcher.put(f"/api/v1/threads/{thread['id']}/subscription", {"level": "watching"})
    await hold_all(ada)
    posts = [await secret(bob, mona, thread, place, way) for place, way in enumerate([*WAYS, *WAYS])]
    await mona.put("/api/v1/accounts/sven/suspension", {"reason": "Insults."})
    await jobs()
    reviews = (await mona.get("/api/v1/reviews?limit=100")).json()["items"]
    ids = {(each["thread_id"], each["reply_id"]): each["id"] for each in reviews}
    kept = select(col(Decision.thread_id), col(Decision.reply_id), col(Decision.id))
    read = app.state.database.read
    decided = {tuple(row[:2]): row[2] for row in await read(lambda session: session.execute(kept).all())}
    numbers = dict(await read(lambda session: session.execute(select(col(Reply.id), col(Reply.number))).all()))
    for post in posts:
        reply_id = post.shown["id"] if post.is_reply else None
        key = (thread["id"] if reply_id else post.shown["id"], reply_id)
        post.review_id, post.decision_id, post.number = ids.get(key), decided.get(key), numbers.get(reply_id)
    viewers = {
        "guest": client, "stranger": charlie.client, "author": bob.client, "threads author": alice.client,
        "suspended": suspended.client, "elsewhere": elsewhere.client, "here": here.client,
        "moderator": mona.client, "admin": ada.client,
    }  # fmt: skip
    names = {"charlie": "stranger", "bob": "author", "alice": "threads author", "sven": "suspended", "eva": "elsewhere",
             "hedda": "here", "mona": "moderator", "ada": "admin"}  # fmt: skip
    return Stage(thread, posts, viewers, names)


async def secret(bob: Person, mona: Person, thread: Json, place: int, way: str) -> Post:
    """A thread, or from the second half on a reply, that says its word everywhere, brought into its state."""
    word = f"wq{place:02}zx"
    if place < len(WAYS):
        sources = [{"title": f"On {word}", "author": "L. T."}]
        shown = await a_thread(by=bob, title=word, body=f"A *{word}*, @charlie.", tags=[word], sources=sources)
    else:
        shown = await a_reply(bob, thread, f"The {word}, @charlie.")
    for action in WAYS[way]:
        await step(mona, shown, action, f"Of the {word}.")
    return Post(way, word, shown)


async def test_what_may_not_be_seen_is_nowhere(stage: Stage, settings: Settings) -> None:
    for who in stage.viewers:
        await walk_lists(stage, who)
        for post in stage.posts:
            await walk_post(stage, who, post)
    letters(stage, settings)
    assert not stage.wrong, "\n".join(stage.wrong)


async def walk_lists(stage: Stage, who: str) -> None:
    """Every list and page that is of no one post, and the thread with the replies; its counts are of what all see."""
    thread = stage.thread
    for pattern in PATTERNS:
        if any(name in pattern for name in ("{reply_id}", "{number}", *ABOUT_POSTS)):
            continue
        slug = thread["slug"] if pattern.startswith("/t/") else "camps" if "/tags/" in pattern else "general"
        for path in filled(pattern, {"thread_id": thread["id"], "slug": slug, "username": "bob"}):
            answer = await stage.ask(who, path)
            if who == "guest":  # HEAD says the same
                head = await stage.viewers[who].head(path)
                assert (head.status_code, head.content) == (answer.status_code, b""), path
    seen = (await stage.viewers[who].get(at(thread))).json()
    assert seen["reply_count"] == 1, who
    events = (await stage.viewers[who].get(f"{at(thread)}/events?after=0&limit=100")).json()["items"]
    heard = {each["subject"]["id"] for each in events if each["subject"]["type"] == "reply"}
    never = {post.shown["id"] for post in stage.posts if post.is_reply and post.number is None}
    assert not heard & never or who in (*stage.moderates, "author"), who
    masthead = (await stage.viewers[who].get("/")).text
    assert ("Review queue: 2 waiting" in masthead) == (who in stage.moderates), who


async def walk_post(stage: Stage, who: str, post: Post) -> None:
    """Every address of one post: it is not there for whom it does not exist, and is for the others."""
    values = {"review_id": post.review_id, "decision_id": post.decision_id, "slug": post.word, "username": "bob"}
    if post.is_reply:
        values |= {"thread_id": stage.thread["id"], "reply_id": post.shown["id"], "number": post.number}
    else:
        values |= {"thread_id": post.shown["id"]}
    own = ("{reply_id}", "{number}") if post.is_reply else ("{thread_id}", "/tags/")
    for pattern in PATTERNS:
        if not any(part in pattern for part in (*own, *ABOUT_POSTS)):
            continue
        for path in filled(pattern, values):
            answer = await stage.ask(who, path)
            names_it = any(name in pattern for name in (*OF_POSTS, "/tags/"))
            if names_it and not stage.reads(who, post) and answer.status_code != 404:
                stage.wrong.append(f"{who} {path} ({post.way}): {answer.status_code}")
    found = await stage.viewers[who].get(at(post.shown))
    if stage.reads(who, post) and (found.status_code, found.json().get("moderation")) != (200, post.state):
        stage.wrong.append(f"{who} does not find {at(post.shown)} ({post.way}): {found.text[:200]}")


def letters(stage: Stage, settings: Settings) -> None:
    """What was mailed: nobody reads there what they may not, and who is suspended gets no letter about posts."""
    told: dict[str, set[str]] = {}
    for file in (settings.data_dir / "mail").glob("*.eml"):
        letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        who = stage.names[str(letter["To"]).partition("@")[0].strip("<")]
        text = "".join(str(part.get_content()) for part in letter.walk() if part.get_content_maintype() == "text")
        told.setdefault(who, set()).update(WORD.findall(f"{text} {letter['Subject']}"))
    for who, words in told.items():
        leaked = [post for post in stage.posts if post.word in words and not stage.reads(who, post)]
        if who != "author":  # who reads there what became of their posts
            stage.wrong += [f"a letter to {who} tells of {post.way} {at(post.shown)}" for post in leaked]
    published = {post.word for post in stage.posts if post.state == "published"}
    waiting = {post.word for post in stage.posts if post.state == "pending"}
    assert told["stranger"] == told["elsewhere"] == published
    assert told["here"] >= waiting
    assert not told.get("suspended")
