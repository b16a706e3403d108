"""The ledger: kill the real processes at random moments, behind a rude mail server, then compare the books.

    python -m tests.crash.ledger --database sqlite --kills 40
    python -m tests.crash.ledger --database postgresql --kills 40 --delay PT2S

40 people post 2,000 replies in 50 threads through 2 `parley serve` and 2 `parley work`. It prints the figures and
ends with 0 only if every acknowledged reply is stored once, everybody who had to be told was told once, one letter
was taken for each (event, person) who wanted it, and nobody else was told anything.
"""

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from service.kit.database import open_database
from tests.crash.facts import come_to_rest
from tests.crash.figures import Verdict
from tests.crash.mail import RudeMail
from tests.crash.processes import Site
from tests.crash.rounds import play
from tests.crash.scene import Scene, Size, set_scene
from tests.crash.verdict import judge
from tests.fresh import fresh_postgresql
from tests.provision import postgresql

HASTY = "tests.crash.hasty"
"""Parley with less patience for mail servers that fall silent."""

RETRY = "0.005"
"""Retries of a letter after 0.15, 0.6, 3, 18 and 108 seconds."""


async def run(
    database_url: str, size: Size, kills: int, folder: Path, seed: int, delay: str = "PT0S"
) -> tuple[Scene, Verdict]:
    """Set the scene, play all rounds, let everything come to rest, and judge."""
    with RudeMail(folder / "mail", seed) as mail:
        settings = {"PARLEY_SMTP_URL": mail.url, "PARLEY_RETRY_BASE": RETRY, "PARLEY_MAIL_DELAY": delay}
        site = Site(folder, database_url, serves=2, works=2, serve_with=HASTY, work_with=HASTY, settings=settings)
        database = open_database(database_url)
        try:
            await site.start()
            await database.start()
            scene = await set_scene(site, mail, size, seed)
            await come_to_rest(database)
            revived = await play(scene, database, kills)
            return scene, await judge(scene, database, revived)
        finally:
            site.end()
            await database.stop()


def report(scene: Scene, verdict: Verdict) -> str:
    """The figures of a run, a line each."""
    killed = ", ".join(f"{command} {count}" for command, count in sorted(scene.killed.items()))
    deeds = ", ".join(f"{deed} {count}" for deed, count in sorted(scene.done.items()))
    lines = [f"kills: {len(scene.kills)} ({killed}), requests in flight at each: {scene.in_flight}", f"deeds: {deeds}"]
    facts = {name.replace("_", " "): value for name, value in vars(verdict).items() if name != "wrong"}
    lines += [f"{name}: {value}" for name, value in facts.items() if not isinstance(value, Counter)]
    lines += [f"skipped because {words}: {count}" for words, count in sorted(verdict.skipped.items())]
    return "\n".join(lines + [f"WRONG: {each}" for each in verdict.wrong[:40]])


def main() -> int:
    """Reads the arguments, makes the database, runs and reports."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.crash.ledger", description="Kill Parley and compare the books"
    )
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--replies", type=int, default=2000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--delay", default="PT0S", help="how long letters gather (PARLEY_MAIL_DELAY)")
    parser.add_argument("--keep", type=Path, help="a folder in which what the processes said stays")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args()
    print(f"database: {chosen.database}, seed: {chosen.seed}, mail delay: {chosen.delay}", flush=True)
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="parley-crash-")))
        url = f"sqlite+pysqlite:///{folder / 'parley.db'}"
        if chosen.database == "postgresql":
            if postgresql.VARIABLE not in os.environ:
                os.environ[postgresql.VARIABLE] = stack.enter_context(postgresql.throwaway_cluster())
            url = stack.enter_context(fresh_postgresql())
        size = replace(Size(), replies=chosen.replies)
        kept = chosen.keep or folder / "site"
        scene, verdict = asyncio.run(run(url, size, chosen.kills, kept, chosen.seed, chosen.delay))
    print(report(scene, verdict))
    print(f"it took {time.monotonic() - began:.0f} s")
    return 1 if verdict.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
