"""Five thousand readers of the live stream on one process."""

import asyncio
import resource
from typing import Final

from bench.seed import Person
from bench.servers import temporary_folder
from bench.stage import Stage
from bench.streams import OTHERS, WARM, Scene
from tests.provision import Missing

READERS: Final = 5_000
REPLIES: Final = 5
"""In the thread that half of them read."""


async def run(stage: Stage) -> None:
    """Open them, weigh the process, post, and see when everybody has it."""
    readers = 200 if stage.quick else READERS
    _, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= allowed < readers + 200:
        raise Missing(f"a process may open {allowed} files here (ulimit -Hn), too few for {readers} readers")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(readers + 200, 1024), allowed))
    with temporary_folder() as folder, stage.embedded(folder) as server:
        writer = Person(server.port, "alice")
        threads = [writer.post("/threads", title=f"Thread {number}", body="…")["id"] for number in range(OTHERS + 1)]
        scene = Scene(server, writer, threads)
        await scene.open(min(WARM, readers))
        await scene.hear("warming up", threads[:3])
        await scene.close()
        server.settle(10)
        before = server.memory()
        await scene.open(readers)
        await asyncio.sleep(1)
        opened = server.memory()
        heard = [await scene.hear("hot", threads[:1] * REPLIES), await scene.hear("others", threads[1:])]
        told = server.memory()
        await scene.close()
    if missing := sum(each.missing for each in heard):
        raise RuntimeError(f"{missing} letters did not arrive")
    stage.record.figures |= {
        "streams.seconds": max(each.longest for each in heard) / 1000,
        "streams.memory": (max(opened, told) - before) * 1000 / readers,
        "streams.cpu": heard[0].cpu / 1000,
    }
    stage.record.remarks.append(
        f"{readers:,} streams: a reply reaches {readers // 2:,} of them in {heard[0].p50:.0f} / {heard[0].p99:.0f} / "
        f"{heard[0].longest:.0f} ms (p50, p99, last), {heard[0].cpu:.0f} CPU µs each; memory {before:.0f} → "
        f"{opened:.0f} MB, after the replies {told:.0f} MB"
    )
