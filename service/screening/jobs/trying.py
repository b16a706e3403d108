"""Trying rules on earlier posts, chunk by chunk, the latest first, with a rest after each: others post meanwhile.

A chunk is read, looked at with no session open, and counted; now and then what was counted and the place are kept
together, so that another worker goes on from there. Memory holds one chunk, and the beginnings of some authors.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from service.kit.database import Database, Session
from service.kit.outgoing import Outgoing
from service.kit.queue import Run
from service.kit.text import render
from service.kit.text.hosts import host_of, hosts_in
from service.kit.text.html import render_html
from service.screening.jobs.authors import Authors, facts_then
from service.screening.models import Backtest
from service.screening.operations.trying import end_backtest, note_progress, start_backtest
from service.screening.policy import Submission, in_order, to_rule
from service.screening.policy.trials import Draft, Report, note, outcome_of
from service.screening.queries.backtests import RUNNING, find_backtest
from service.screening.queries.then import PostThen, posts_then
from service.screening.queries.tried import Key, Place, count_posts, end_of_posts, next_keys

CHUNK: Final = 50
"""Posts that are read together: at most so many texts are in memory, of up to 1 MB each where they were imported."""

REST: Final = 2.0
"""How long to rest after a chunk, in times that the chunk took: at most a third of the machine goes into trying."""

LONGEST_REST: Final = 1.0
KEEP_EVERY: Final = 1.0
"""Seconds between two notes of how far it is."""


async def try_rules(database: Database, run: Run[Outgoing]) -> None:
    """Try a backtest's rules; payload `{"backtest": id, "place": where it goes on}`."""
    found = await database.read(find_backtest, run.payload["backtest"])
    if found is None or found.state not in RUNNING:
        return
    trial = Trial(database, run, found)
    await trial.begin()
    while await trial.look_at_chunk():
        pass
    await database.write(end_backtest, run, trial.examined, trial.report)


class Trial:
    """A backtest on its way."""

    def __init__(self, database: Database, run: Run[Outgoing], found: Backtest) -> None:
        self.database, self.run = database, run
        self.category_id, self.total, self.examined = found.category_id, found.total, found.examined
        self.rules = in_order(to_rule(Draft(**said)) for said in found.rules)
        self.report = Report.model_validate(found.report or {})
        self.authors = Authors(self.rules)
        self.drawn = any(rule.kind == "links" or "links" in getattr(rule.terms, "fields", ()) for rule in self.rules)
        self.own = host_of(urlsplit(run.context.base_url).netloc)
        self.place = Place(*run.payload.get("place", (0, 0)))
        self._kept = time.monotonic()

    async def begin(self) -> None:
        """Count the posts, unless a worker has before."""
        if "place" not in self.run.payload:
            self.total = await self.database.read(count_posts, self.total, self.category_id)
            self.place = await self.database.read(end_of_posts)
            await self.database.write(start_backtest, self.run, self.total, self.place)
            self.report.alone = [{} for _ in self.rules]

    async def look_at_chunk(self) -> bool:
        """Look at the next posts; False when there are no more."""
        began = time.monotonic()
        size = min(CHUNK, self.total - self.examined)
        keys, place = await self.database.read(next_keys, self.place, size, self.category_id)
        if not keys:
            return False
        posts = await self.database.read(self._read, keys)
        await asyncio.to_thread(self._look, posts)
        self.place, self.examined = place, self.examined + len(keys)
        took = time.monotonic() - began
        self.report.seconds += took
        if time.monotonic() - self._kept > KEEP_EVERY:
            await self.database.write(note_progress, self.run, self.examined, self.report, self.place)
            self._kept = time.monotonic()
        await asyncio.sleep(min(LONGEST_REST, REST * took))
        return self.examined < self.total

    def _read(self, session: Session, keys: Sequence[Key]) -> list[PostThen]:
        posts = posts_then(session, keys, drawn=self.drawn)
        self.authors.learn(session, posts)
        return posts

    def _look(self, posts: Sequence[PostThen]) -> None:
        for post in posts:
            outcome = outcome_of(post.moderation, post.action)
            note(self.report, self.rules, self._submission(post), facts_then(post, self.authors), outcome, post.key)

    def _submission(self, post: PostThen) -> Submission:
        html = post.body_html if self.drawn else ""
        if html is None:  # it was edited since: only the text of what it said first was kept
            draw = render_html if post.body_format == "html" else render
            html = draw(post.body, "then")
        return Submission(
            kind="reply" if post.key.reply_id else "thread", category_id=post.category_id, role=role_of(post),
            thread_id=post.key.thread_id, title=post.own_title, body=post.body, hosts=hosts_in(html, self.own),
            username=post.username,
        )  # fmt: skip


def role_of(post: PostThen) -> str:
    """The author's role where the post stands."""
    return "moderator" if post.category_id in post.moderated and post.role == "member" else post.role
