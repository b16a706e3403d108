"""What the topology survives, and how long each thing takes: processes killed and replaced one by one under load, a
worker held for longer than its lease, PostgreSQL restarted, and failed over to its standby. Then the books are
compared.

    python -m tests.scale.failures           as every run of the suite does it, in less than a minute
    python -m tests.scale.failures --full    everything several times, with the leases of a real site: seven minutes

It ends with 0 only if every acknowledged reply is stored once, everybody was told of each once, no letter was taken
twice but for a worker that died or slept with it in its hands, and a rolling restart cost nobody a request.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from service.kit.database import open_database
from service.kit.database.migrations import upgrade
from tests.crash.facts import come_to_rest
from tests.crash.figures import Verdict
from tests.crash.ledger import report
from tests.crash.mail import RudeMail
from tests.crash.processes import Process
from tests.crash.scene import SHORT, Scene, Size, set_scene
from tests.crash.verdict import judge
from tests.scale.clusters import Pair, running_pair
from tests.scale.load import Happening, Load, under_load
from tests.scale.topology import Topology


@dataclass(frozen=True)
class Extent:
    """How much is done: with `all_apps` each app is killed and each replaced, else one and the other. `held` is for how
    many seconds a worker sleeps: longer than its lease, which is five seconds where retries are hastened so much, and
    sixty for a letter of a real site.
    """

    size: Size = SHORT
    times: int = 1
    all_apps: bool = False
    held: float = 6.5
    retry_base: str = "0.005"


FULL = Extent(Size(people=20, threads=20, categories=4, watchers=4), times=3, all_apps=True, held=75.0, retry_base="1")


async def run(pair: Pair, extent: Extent, folder: Path, seed: int) -> tuple[Load, Verdict]:
    """Start everything, do everything, let it come to rest, and judge."""
    with RudeMail(folder / "mail", seed) as mail:
        mail.be_kind()
        settings = {"PARLEY_SMTP_URL": mail.url, "PARLEY_RETRY_BASE": extent.retry_base, "PARLEY_MAIL_DELAY": "PT0S"}
        site = Topology(folder / "site", pair, replica=True, settings=settings)
        database = open_database(pair.urls[0])
        try:
            await site.start()
            await pair.be_synchronous()
            await database.start()
            scene = await set_scene(site, mail, extent.size, seed)
            async with under_load(scene) as load:
                await everything(load, site, extent)
            scene.book.all_told()
            await come_to_rest(database)
            return load, await judge(scene, database, 0)
        finally:
            site.end()
            await database.stop()


async def everything(load: Load, site: Topology, extent: Extent) -> None:
    """All that happens, one thing after the other."""
    scene, pair = load.scene, site.pair
    await load.during("nothing", asyncio.sleep(1))
    for _ in range(extent.times):
        sleeper = asyncio.create_task(hold(scene, site.works[0], extent.held))
        apps = list(enumerate(site.serves, 1))
        for number, app in apps if extent.all_apps else apps[:1]:
            await load.during(f"app {number} killed", kill(scene, site, app))
        for number, app in apps if extent.all_apps else apps[1:]:
            await load.during(f"app {number} replaced", replace_app(site, app))
        await load.during(f"worker 1 held for {extent.held:g} s", wait_for(sleeper), settle=0)
        await load.during("worker 2 killed", kill(scene, site, site.works[1]), settle=0)
        await load.during("PostgreSQL restarted", restart(scene, pair))
    await load.during("PostgreSQL failed over", fail_over(scene, pair))


async def kill(scene: Scene, site: Topology, process: Process) -> None:
    """SIGKILL, and start it again."""
    process.kill()
    scene.kills.append(time.time())
    process.start()
    await site.ready()


async def replace_app(site: Topology, app: Process) -> None:
    """What a rolling restart does to each: SIGTERM, wait for its end, start the next, wait until it is asked again."""
    await asyncio.to_thread(app.end)
    app.start()
    await site.ready()
    await asyncio.sleep(1.0)  # the proxy asks twice a second


async def hold(scene: Scene, worker: Process, seconds: float) -> None:
    """SIGSTOP, and SIGCONT after the lease of what it has in hand is over: it knows nothing of the time between."""
    scene.kills.append(time.time())
    os.kill(worker.pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        scene.kills.append(time.time())
        os.kill(worker.pid, signal.SIGCONT)


async def wait_for(task: "asyncio.Task[None]") -> None:
    """Until it is done."""
    await task


async def restart(scene: Scene, pair: Pair) -> None:
    """Stop the primary as a crash would, and start it again."""
    await stop(scene, pair)
    await asyncio.to_thread(pair.primary.start)


async def stop(scene: Scene, pair: Pair) -> None:
    """No primary: how the letters in workers' hands ended cannot be recorded, as if the workers had died."""
    await asyncio.to_thread(pair.primary.stop)
    scene.kills.append(time.time())


async def fail_over(scene: Scene, pair: Pair) -> None:
    """The primary is gone for good; its standby becomes the primary."""
    await stop(scene, pair)
    await pair.standby.ask("SELECT pg_promote()")


def without_loss(happenings: list[Happening]) -> list[str]:
    """What a rolling restart cost, which must be nothing."""
    return [str(each) for each in happenings if each.name.endswith("replaced") and each.failed]


def main() -> int:
    """Reads the arguments, makes the servers, runs and reports."""
    parser = argparse.ArgumentParser(prog="python -m tests.scale.failures", description="Break what scales")
    parser.add_argument("--full", action="store_true", help="everything three times, with the leases of a real site")
    parser.add_argument("--keep", type=Path, help="a folder in which what the processes said stays")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    chosen = parser.parse_args()
    print(f"seed: {chosen.seed}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="parley-failures-") as name, running_pair() as pair:
        upgrade(pair.urls[0])
        folder = chosen.keep or Path(name) / "site"
        load, verdict = asyncio.run(run(pair, FULL if chosen.full else Extent(), folder, chosen.seed))
    print("\n".join(str(each) for each in load.happenings))
    print(report(load.scene, verdict))
    print(f"it took {time.monotonic() - began:.0f} s")
    return 1 if verdict.wrong or without_loss(load.happenings) else 0


if __name__ == "__main__":
    sys.exit(main())
