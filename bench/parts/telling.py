"""One reply in a thread that very many people watch, while somebody else goes on posting: on SQLite and PostgreSQL."""

from contextlib import ExitStack
from typing import Final

from bench.fan_out import SECRET, Told, place
from bench.servers import on_cores, temporary_folder
from bench.stage import Stage
from bench.watchers import want_no_mail
from tests.provision.postgresql import throwaway_cluster

WATCHERS, ALL = 10_000, 100_000
"""How many are told, and of how many the budget speaks."""
KEYS: Final = {"sqlite": "telling", "postgresql": "telling_postgresql"}


async def run(stage: Stage) -> None:
    """Told on the site; with `--full` all of them, otherwise a tenth, whose seconds count ten times."""
    watchers = ALL if stage.full else 200 if stage.quick else WATCHERS
    for dialect, key in KEYS.items():
        told = await tell(stage, dialect, watchers)
        wrong = told.idle.wrong + told.meanwhile.wrong
        if told.told < watchers or wrong:
            raise RuntimeError(f"{dialect}: {told.told:,} of {watchers:,} were told, {wrong} posts were refused")
        stage.record.figures |= {
            f"{key}.latency": told.meanwhile.p50 / told.idle.p50,
            f"{key}.seconds": told.seconds * ALL / watchers,
            f"{key}.memory": told.memory[1] / told.memory[0],
            f"{key}.rate": told.told / told.seconds,
        }
        stage.record.remarks.append(
            f"telling {watchers:,} people, {dialect}: {told.seconds:.1f} s; posting at rest {told.idle.p50:.1f} / "
            f"{told.idle.p99:.1f} ms (p50 / p99), meanwhile {told.meanwhile.p50:.1f} / {told.meanwhile.p99:.1f} ms, "
            f"longest {told.meanwhile.longest:.0f} ms; memory {told.memory[0]:.0f} → {told.memory[1]:.0f} MB"
        )


async def tell(stage: Stage, dialect: str, watchers: int) -> Told:
    """One fan-out on an empty database."""
    with temporary_folder() as folder, ExitStack() as stack:
        url = f"sqlite+pysqlite:///{folder / 'parley.db'}"
        if dialect == "postgresql":
            with on_cores(stage.core):
                url = stack.enter_context(throwaway_cluster())
        settings = {"PARLEY_DATABASE_URL": url, "PARLEY_SECRET_KEY": SECRET, "PARLEY_MAIL_DELAY": "PT1H"}
        async with place(folder, url, settings, stage.core, watchers) as here:
            await here.database.write(want_no_mail, here.ids)
            return await here.fan_out("on the site")
