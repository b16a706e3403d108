"""One reply in a thread that very many people watch, while somebody else goes on posting."""

from bench.fan_out import SECRET, place
from bench.servers import temporary_folder
from bench.stage import Stage
from bench.watchers import want_no_mail

WATCHERS, ALL = 10_000, 100_000
"""How many are told, and of how many the budget speaks."""


async def run(stage: Stage) -> None:
    """On SQLite, told on the site; with `--full` all of them, otherwise a tenth, whose seconds count ten times."""
    watchers = ALL if stage.full else 200 if stage.quick else WATCHERS
    with temporary_folder() as folder:
        url = f"sqlite+pysqlite:///{folder / 'parley.db'}"
        settings = {"PARLEY_DATABASE_URL": url, "PARLEY_SECRET_KEY": SECRET, "PARLEY_MAIL_DELAY": "PT1H"}
        async with place(folder, url, settings, stage.core, watchers) as here:
            await here.database.write(want_no_mail, here.ids)
            told = await here.fan_out("on the site")
    if told.told < watchers or told.idle.wrong or told.meanwhile.wrong:
        wrong = told.idle.wrong + told.meanwhile.wrong
        raise RuntimeError(f"{told.told:,} of {watchers:,} were told, {wrong} posts were refused")
    stage.record.figures |= {
        "telling.latency": told.meanwhile.p50 / told.idle.p50,
        "telling.seconds": told.seconds * ALL / watchers,
        "telling.memory": told.memory[1] / told.memory[0],
        "telling.rate": told.told / told.seconds,
    }
    stage.record.remarks.append(
        f"telling {watchers:,} people: {told.seconds:.1f} s; posting at rest {told.idle.p50:.1f} / "
        f"{told.idle.p99:.1f} ms (p50 / p99), meanwhile {told.meanwhile.p50:.1f} / {told.meanwhile.p99:.1f} ms, "
        f"longest {told.meanwhile.longest:.0f} ms; memory {told.memory[0]:.0f} → {told.memory[1]:.0f} MB"
    )
