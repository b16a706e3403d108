"""A thread in which a thousand replies a minute are posted, while others read it: on SQLite and on PostgreSQL.

Everybody asks at a steady pace, and a time counts from when its request was due, so that waiting is not hidden. Readers
ask for the thread's last page, which every reply changes: so much of what they are shown is drawn anew.
"""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from typing import Final

from sqlalchemy import text

from bench.load import get, post
from bench.pace import Felt, Pacer
from bench.seed import Person, a_reply
from bench.servers import Server, on_cores, parley, temporary_folder
from bench.stage import SECRET, Stage, postgresql
from service.kit.database import Session, open_database

A_MINUTE: Final = 1_000
GUESTS, MEMBERS = 20.0, 10.0
"""Pages a second that are asked for by people without an account, and with one."""
WARM, SECONDS = 3.0, 20.0
STEP, MOST_OPEN = 50, 25
"""Replies of a page; and how many may be on their way, so that the page that is asked for is there."""

COUNT: Final = """
SELECT count(DISTINCT number), coalesce(max(number), 0),
    (SELECT last_number FROM thread WHERE id = :thread), (SELECT reply_count FROM thread WHERE id = :thread)
FROM reply WHERE thread_id = :thread
"""


async def run(stage: Stage) -> None:
    """Both databases; the figures are the worse of the two."""
    guests, members, wrong = list[Felt](), list[Felt](), 0
    for dialect in ("sqlite", "postgresql"):
        with temporary_folder() as folder, ExitStack() as stack, on_cores(stage.core):
            url, settings = f"sqlite+pysqlite:///{folder / 'parley.db'}", {"PARLEY_SECRET_KEY": SECRET}
            if dialect == "postgresql":
                url = stack.enter_context(postgresql())
            settings["PARLEY_DATABASE_URL"] = url
            server = stack.enter_context(parley(folder, settings, worker=dialect == "postgresql"))
            acknowledged, (posted, *read) = await post_and_read(server, 3.0 if stage.quick else SECONDS)
            wrong += await astray(url, acknowledged) + sum(each.wrong for each in (posted, *read))
        guests.append(read[0])
        members.append(read[1])
        stage.record.remarks.append(
            f"a hot thread, {dialect}: {len(posted.times)} replies {said(posted)}, "
            f"{len(read[0].times)} pages for guests {said(read[0])}, {len(read[1].times)} for members {said(read[1])}"
        )
    stage.record.figures |= {
        "hot.guests": max(felt.p99 for felt in guests),
        "hot.members": max(felt.p99 for felt in members),
        "hot.wrong": wrong,
    }


def said(felt: Felt) -> str:
    """What was felt, in ms."""
    return f"in {felt.p50:.1f} / {felt.p99:.1f} / {felt.longest:.0f} ms (p50, p99, longest)"


async def post_and_read(server: Server, seconds: float) -> tuple[int, list[Felt]]:
    """Post, read as a guest and read as a member, all at once: how many replies were acknowledged, and what each felt
    when the server had warmed up.
    """
    alice, bob, charlie = (Person(server.port, name) for name in ("alice", "bob", "charlie"))
    thread = alice.post("/threads", title="Everybody speaks at once", body="…")
    token = bob.post("/tokens", name="the benchmark", scopes=["read", "write"])["token"]
    cookie = "; ".join(f"{name}={value}" for name, value in charlie.client.cookies.items())
    writing = post(lambda _: f"/api/v1/threads/{thread['id']}/replies", a_reply, f"Authorization: Bearer {token}")
    sent = 0

    def write(number: int) -> bytes:
        nonlocal sent
        sent = number
        return writing(number)

    def read(*headers: str) -> Callable[[int], bytes]:
        """The page of the reply before those that may be on their way."""
        return lambda _: get(f"{thread['url']}?page={max(0, sent - MOST_OPEN) // STEP + 1}", *headers)(0)

    pacers = (
        Pacer(server.port, write, 201, A_MINUTE / 60),
        Pacer(server.port, read(), 200, GUESTS),
        Pacer(server.port, read(f"Cookie: {cookie}"), 200, MEMBERS),
    )
    felt = []
    for length in (WARM, seconds):
        over = asyncio.create_task(asyncio.sleep(length))
        felt.append(await asyncio.gather(*(pacer.during(over) for pacer in pacers)))
    for pacer in pacers:
        pacer.close()
    before, meanwhile = felt
    return sum(len(each.times) - each.wrong for each in (before[0], meanwhile[0])), meanwhile


async def astray(url: str, acknowledged: int) -> int:
    """Acknowledged replies that are not there or too often, numbers that nobody has, and counters that are wrong."""

    def look(session: Session) -> tuple[int, ...]:
        hot = "SELECT max(id) FROM thread"
        return tuple(session.execute(text(COUNT), {"thread": session.execute(text(hot)).scalar_one()}).one())

    database = open_database(url)
    await database.start()
    counted = await database.read(look)
    await database.stop()
    return sum(abs(number - acknowledged) for number in counted)
