"""The second reading of a file: it is brought, one parcel after the other.

A parcel is a post with at most a hundred of its comments. So nobody waits long for the database, memory holds one post,
and an import that was broken off goes on with the first parcel that is not there.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from service.kit.database import Database
from service.kit.errors import Invalid, NotReady
from service.kit.text.html import absolute_links, render_html
from service.kit.wordpress import Blog, Comments, Export, Post
from service.replies.operations import BroughtReply
from service.threads.operations import OPENING_LEVEL, REPLY_LEVEL, Brought, Written
from service.transfer import queries
from service.transfer.jobs.looking import Progress, decided, look_through
from service.transfer.operations import Outcome, Parcel, bring, note_progress
from service.transfer.policy import Passed, Placed, Report, Taken, arrange
from service.transfer.policy.deciding import CLOSED_THERE, KINDS
from service.transfer.policy.names import person

PARCEL: Final = 100
PARCEL_LENGTH: Final = 500_000
"""Comments, and characters of them, that one parcel has at most (but always one)."""

PATIENCE: Final = 60
"""Seconds to wait for a database that cannot be written to; then the import ends, to be gone on with later."""

RIVALS: Final = 5
"""How often a unit is tried again when another import of the same file, or an admin, made the same row first."""

Bar = Callable[[str, int], AbstractContextManager[Progress]]
"""Shows how far something is while a block runs: its name, and the bytes that are the whole."""


@dataclass(slots=True)
class Bringing:
    """An import on its way. `counts` is what has been stored by it: threads as `posts` and `pages`, replies by state.

    With a `run_id` the counts are kept in the run's row, in the transaction of what they count. `pause`: how long to
    leave the database to others after each unit, as a share of the unit's own time.
    """

    database: Database
    export: Export
    blog: Blog
    counts: Counter[str]
    run_id: int | None = None
    pause: float = 0.0

    async def bring_all(self, progress: Progress) -> None:
        """Bring whatever is not there yet. Raises NotReady when the database is away for long, and Broken."""
        posts = self.export.posts()
        while (post := await asyncio.to_thread(next, posts, None)) is not None:
            if post.kind in KINDS:
                await self._bring_post(post)
            await progress(self.export.read)
        await progress(self.export.size)

    async def compare(self, progress: Progress) -> Counter[str]:
        """Of what the file holds, how much is there already: counted as `counts` are; nothing is changed."""
        there: Counter[str] = Counter()
        posts = self.export.posts()
        while (post := await asyncio.to_thread(next, posts, None)) is not None:
            taken = await asyncio.to_thread(decided, post, self.blog) if post.kind in KINDS else Passed(post.kind)
            if isinstance(taken, Taken):
                placed = (await asyncio.to_thread(arrange, post.comments, taken.at)).placed
                ids = [each.comment.id for each in placed]
                thread_id, known = await self.database.read(_there, self.blog.url, post.id, ids)
                there[f"{post.kind}s"] += thread_id is not None
                there.update(each.state for each in placed if each.comment.id in known)
            await progress(self.export.read)
        await progress(self.export.size)
        return there

    async def _bring_post(self, post: Post) -> None:
        taken = await asyncio.to_thread(decided, post, self.blog)
        if isinstance(taken, Passed):
            return
        placed = (await asyncio.to_thread(arrange, post.comments, taken.at)).placed
        thread_id, known = await self.database.read(
            _there, self.blog.url, post.id, [each.comment.id for each in placed]
        )
        waiting = deque(each for each in placed if each.comment.id not in known)
        if thread_id is not None and not waiting:
            return
        thread = await asyncio.to_thread(_thread_of, post, taken, placed)
        first = True
        while first or waiting:
            replies = await asyncio.to_thread(_next_parcel, waiting, post)
            parcel = Parcel(self.blog.url, post.id, thread, taken.filing, replies)
            known.update((await self._store(post, parcel, known)).known)
            first = False

    async def _store(self, post: Post, parcel: Parcel, known: dict[int, int]) -> Outcome:
        """One unit of work, committed; tried again while the database is away or somebody was faster."""
        rivals = 0
        deadline = time.monotonic() + PATIENCE
        while True:
            begun = time.monotonic()
            try:
                outcome, counts = await self.database.write(self._unit, post.kind, parcel, known)
            except NotReady:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(1)
            except (IntegrityError, Invalid):
                rivals += 1
                if rivals > RIVALS:
                    raise
            else:
                self.counts = counts
                await asyncio.sleep(self.pause * (time.monotonic() - begun))
                return outcome

    def _unit(self, session: Session, kind: str, parcel: Parcel, known: dict[int, int]) -> tuple[Outcome, Counter[str]]:
        outcome = bring(session, parcel, known)
        counts = self.counts + Counter(reply.moderation for reply in outcome.brought)
        counts[f"{kind}s"] += outcome.opened
        if self.run_id is not None:
            note_progress(session, self.run_id, self.export.read, counts)
        return outcome, counts


async def carry_out(database: Database | None, export: Export, *, dry_run: bool, bar: Bar) -> Report:
    """Both readings of a file, for the command line. Raises Refused, Broken, NotReady.

    Without a database it is compared with nothing. On SQLite the database is left to others for half of the time.
    """
    with bar("Reading", export.size) as progress:
        report, blog = await look_through(export, progress)
    if database is None:
        return told(report, Counter(), Counter())
    bringing = Bringing(database, export, blog, Counter(), pause=1.0 if database.dialect == "sqlite" else 0.0)
    with bar("Comparing" if dry_run else "Importing", export.size) as progress:
        if dry_run:
            return told(report, Counter(), await bringing.compare(progress))
        await bringing.bring_all(progress)
    return told(report, bringing.counts)


def told(report: Report, counts: Counter[str], there: Counter[str] | None = None) -> Report:
    """The report with what was imported now. `there` is what had been before; None: whatever else was found."""
    tallies = {"posts": report.posts, "pages": report.pages} | report.comments
    for name, tally in tallies.items():
        tally.imported = counts[name]
        tally.already = max(0, tally.found - tally.imported) if there is None else there[name]
    return report


def _there(session: Session, source: str, post_id: int, comments: list[int]) -> tuple[int | None, dict[int, int]]:
    """The thread that a post has become, if it has, and its comments that have become replies."""
    thread_id = queries.thread_of(session, source, post_id)
    return thread_id, {} if thread_id is None else queries.replies_of(session, source, comments)


def _thread_of(post: Post, taken: Taken, placed: list[Placed]) -> Brought:
    """The thread that a post becomes. One that was closed is closed since its last comment."""
    body = absolute_links(post.text or "", post.link)
    heard = [each.at for each in placed if each.state == "published"]
    closed_at = None if post.comments_open else max([taken.at, *heard])
    return Brought(
        title=taken.title, author_name=taken.author_name, at=taken.at, tags=taken.tags, closed_at=closed_at,
        text=Written(body, render_html(body, f"post-{post.id}", level=OPENING_LEVEL)),
        closure_reason=CLOSED_THERE if closed_at else "",
    )  # fmt: skip


def _next_parcel(waiting: deque[Placed], post: Post) -> list[BroughtReply]:
    """Some of the comments that wait, rendered: a hundred, or fewer long ones."""
    ready: list[BroughtReply] = []
    length = 0
    while waiting and len(ready) < PARCEL and length < PARCEL_LENGTH:
        ready.append(_reply_of(waiting.popleft(), post.comments, post.link))
        length += len(ready[-1].text.body)
    return ready


def _reply_of(placed: Placed, comments: Comments, link: str) -> BroughtReply:
    author, text = comments.words(placed.comment)
    body = absolute_links(text, link)
    return BroughtReply(
        key=placed.comment.id, answers=placed.answers, author_name=person(author), at=placed.at,
        moderation=placed.state,
        text=Written(body, render_html(body, f"comment-{placed.comment.id}", level=REPLY_LEVEL)),
    )  # fmt: skip
