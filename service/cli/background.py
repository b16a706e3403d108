"""`parley jobs …`: what waits in the background, what was given up. Exit codes: 0 done, 1 refused, 2 wrong usage."""

from collections.abc import Callable
from typing import Annotated, Any

import typer

from service.background import operations, queries
from service.background.queries import DeadJob
from service.cli.shared import AsJson, refuse, settings_or_refuse, tell, with_database
from service.kit.actor import SYSTEM
from service.kit.clock import utc_text
from service.kit.database import Session, open_database
from service.kit.errors import Problem
from service.kit.queue import Backlog, backlogs, living_workers
from service.wiring import LISTENERS

app = typer.Typer(help="Background work: see what was given up, retry it or discard it.", no_args_is_help=True)
MOST_SHOWN = 100
JobIds = Annotated[list[int] | None, typer.Argument(help="Ids of dead jobs.", min=1)]
All = Annotated[bool, typer.Option("--all", help="All dead jobs, of --kind if given.")]
Kind = Annotated[str | None, typer.Option(help="Only jobs of this kind, such as notifications.deliver.")]


@app.command("list")
def list_jobs(as_json: AsJson = False) -> None:
    """The queue by kind of job, then the youngest 100 jobs that were given up, each with its last error."""

    def look(session: Session) -> tuple[int, dict[str, Backlog], list[DeadJob]]:
        dead = queries.list_dead(session, SYSTEM, None, MOST_SHOWN)
        return living_workers(session), backlogs(session), list(dead[:MOST_SHOWN])

    workers, kinds, dead = _with_site(look, reads=True)
    rows = {kind: _facts(each) for kind, each in kinds.items()}
    tell(as_json, spoken(workers, kinds, dead), workers=workers, kinds=rows, dead=[_about(job) for job in dead])


@app.command()
def retry(ids: JobIds = None, every: All = False, kind: Kind = None, as_json: AsJson = False) -> None:
    """Make dead jobs due now, their attempts counted from zero; a letter keeps its Message-ID."""
    number = _decide(ids, every, kind, operations.retry_job, operations.retry_all)
    tell(as_json, f"{number} jobs are due again", retried=number)


@app.command()
def discard(ids: JobIds = None, every: All = False, kind: Kind = None, as_json: AsJson = False) -> None:
    """Delete dead jobs for good; what they were to do stays undone."""
    number = _decide(ids, every, kind, operations.discard_job, operations.discard_all)
    tell(as_json, f"{number} jobs are discarded", discarded=number)


def _decide(
    ids: list[int] | None, every: bool, kind: str | None, one: Callable[..., None], many: Callable[..., int]
) -> int:
    """Do it to the named ones, all or none; or to all in rounds of 500. Returns to how many."""
    if bool(ids) == every:
        raise typer.BadParameter("name ids, or --all")
    if not every:
        named = ids or []

        def each_of_them(session: Session) -> None:
            for job_id in named:
                one(session, SYSTEM, job_id)

        _with_site(each_of_them)
        return len(named)
    total = 0
    while number := _with_site(lambda session: many(session, SYSTEM, kind)):
        total += number
    return total


def _with_site(work: Callable[[Session], Any], *, reads: bool = False) -> Any:
    database = open_database(settings_or_refuse().database_url, listeners=LISTENERS)
    try:
        return with_database(database, lambda: database.read(work) if reads else database.write(work))
    except Problem as problem:
        refuse(problem.detail)


def _facts(each: Backlog) -> dict[str, Any]:
    oldest = utc_text(each.oldest) if each.oldest else None
    return {"due": each.due, "oldest_due_at": oldest, "held": each.held, "later": each.later, "dead": each.dead}


def _about(job: DeadJob) -> dict[str, Any]:
    return {
        "id": job.id, "kind": job.kind, "about": job.about, "attempts": job.attempts, "error": job.error,
        "dead_at": utc_text(job.dead_at),
    }  # fmt: skip


def spoken(workers: int, kinds: dict[str, Backlog], dead: list[DeadJob]) -> str:
    """The queue for people."""
    lines = [f"{workers} workers live", ""]
    for kind, each in kinds.items():
        since = f", the oldest since {utc_text(each.oldest)}" if each.oldest else ""
        lines.append(
            f"  {kind:<28}{each.due:>7} due{each.held:>5} in hand{each.later:>7} later{each.dead:>5} dead{since}"
        )
    lines += ["", "Given up:" if dead else "Nothing was given up."]
    for job in dead:
        lines.append(f"  {job.id:>7}  {utc_text(job.dead_at)}  {job.kind}: {job.about} ({job.attempts} attempts)")
        lines.append(f"           {job.error}")
    return "\n".join(lines)
