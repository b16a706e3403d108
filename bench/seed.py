"""The data set, made over HTTP as people would make it: the same people, the same words, every time."""

import json
import random
from dataclasses import dataclass
from itertools import count
from typing import Any

import httpx

SEED = 1953
PASSWORD = "a password for benchmarks"
PEOPLE = ("alice", "bob", "charlie", "dora", "emil")
REPLIES = 50
REPLY_LENGTH = 600
THREADS = 40
WRITTEN_IN = 16
"""The page has 50 replies of 600 characters by five people, two thirds of them answers; the list has its first page
full; replies are stored in 16 threads, one for each client, whose opener is somebody else and so is told of all."""

SYLLABLES = (
    "ba", "ce", "di", "fo", "gu", "la", "me", "ni", "po", "ru",
    "sa", "te", "vi", "no", "ki", "ta", "ler", "mon", "den", "gar",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seeded:
    """Where the data set can be asked for."""

    page: str
    json_replies: str
    written_in: tuple[int, ...]
    cookie: str
    token: str


def text(chance: random.Random, length: int) -> str:
    """Sentences of made-up words in two paragraphs, of exactly so many characters; a word in twenty is emphasised."""
    parts: list[str] = []
    size = 0
    while size < length:
        word = "".join(chance.choices(SYLLABLES, k=chance.randint(1, 4)))
        word = f"*{word}*" if chance.random() < 0.05 else word
        end = chance.choices((" ", ", ", ". ", ".\n\n"), (80, 10, 9, 1))[0]
        parts.append(word + end)
        size += len(parts[-1])
    return "".join(parts)[: length - 1].rstrip(" *,.\n").ljust(length - 1, "a") + "."


class Person:
    """Somebody who registered and signed in."""

    def __init__(self, port: int, name: str) -> None:
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
        self.post("/accounts", username=name, email=f"{name}@example.org", password=PASSWORD)
        self.post("/sessions", login=name, password=PASSWORD)

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """POST to the API and give the answer's object; anything but 201 ends the run."""
        answer = self.client.post(f"/api/v1{path}", json=body)
        if answer.status_code != 201:
            raise RuntimeError(f"seeding: POST {path} answered {answer.status_code}: {answer.text[:200]}")
        made: dict[str, Any] = answer.json()
        return made


def seed(port: int) -> Seeded:
    """Fill the empty forum on this port."""
    chance = random.Random(SEED)
    people = [Person(port, name) for name in PEOPLE]
    threads = [open_thread(chance, people[number % 3], number) for number in range(THREADS)]
    shown = threads[0]
    before: dict[str, int] = {}
    for number in range(REPLIES):
        body = text(chance, REPLY_LENGTH)
        answers = before if number % 3 else {}  # a third of the replies begins a conversation, the rest goes on
        made = people[number % len(people)].post(f"/threads/{shown['id']}/replies", body=body, **answers)
        before = {"parent": made["id"]}
    writer = people[-1]
    return Seeded(
        page=shown["url"],
        json_replies=f"/api/v1/threads/{shown['id']}/replies?limit={REPLIES}",
        written_in=tuple(thread["id"] for thread in threads[1 : WRITTEN_IN + 1]),
        cookie="; ".join(f"{name}={value}" for name, value in writer.client.cookies.items()),
        token=writer.post("/tokens", name="the benchmark", scopes=["read", "write"])["token"],
    )


def open_thread(chance: random.Random, by: Person, number: int) -> dict[str, Any]:
    """Open the n-th thread."""
    title = text(chance, 40).replace("\n", " ").replace("*", "").strip(" .").capitalize()
    return by.post("/threads", title=f"{title} {number + 1}", body=text(chance, REPLY_LENGTH))


def a_reply(number: int) -> bytes:
    """A reply that is stored under load, as JSON; each is another text of the same length, also in the next round: the
    same text twice would be refused.
    """
    mark = f"{number}.{next(WRITTEN)}: "
    return json.dumps({"body": mark + BODY[len(mark) :]}).encode()


WRITTEN = count()
BODY = text(random.Random(SEED + 1), REPLY_LENGTH)
