"""`parley serve`, `parley work` and a PostgreSQL of its own (fsync on), all on the servers' core."""

from contextlib import ExitStack

from bench import works
from bench.measure import measure
from bench.seed import seed
from bench.servers import on_cores, parley, temporary_folder
from bench.stage import SECRET, Stage, postgresql, postmaster


async def run(stage: Stage) -> None:
    """Replies, and a page that is drawn."""
    with temporary_folder() as folder, ExitStack() as stack:
        with on_cores(stage.core):
            url = stack.enter_context(postgresql())
            settings = {"PARLEY_DATABASE_URL": url, "PARLEY_SECRET_KEY": SECRET}
            server = stack.enter_context(parley(folder, settings, worker=True))
        server.processes.append(postmaster(url))
        seeded = seed(server.port)
        for work in (
            works.first_times("thread page, drawn for the first time, PostgreSQL", "first_postgresql", seeded.page),
            works.a_durable_reply(seeded, "PostgreSQL", "reply_postgresql"),
        ):
            stage.record.put(await measure(server, work, stage.yardstick))
