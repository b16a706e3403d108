"""`parley moderation …`: figures for the yearly transparency report. Exit codes: 0 done, 1 refused, 2 wrong usage."""

import csv
import json
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from service.cli.shared import AsJson, settings_or_refuse, with_database
from service.kit.actor import SYSTEM
from service.kit.database import Session, open_database
from service.moderation.queries.reporting import Period, Report, report
from service.moderation.schemas.report import HEAD, ReportView, lines
from service.wiring import LISTENERS

app = typer.Typer(help="Moderation: the figures of a period.", no_args_is_help=True)
Day = Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day, in UTC.")]
LastDay = Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day, in UTC.")]


@app.callback()
def moderation() -> None:
    """Moderation."""


@app.command("report")
def print_report(
    first: Day,
    last: LastDay,
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV: figure, of, ground, value.")] = False,
) -> None:
    """Count notices, actions, automated decisions and appeals (Digital Services Act, articles 15 and 24).

    The figures are as everything stands now; what each counts is in the guide for moderators, in SQL.
    """
    if first > last or (as_json and as_csv):
        raise typer.BadParameter("--from must not be after --to; choose one of --json and --csv")
    period = Period(first.replace(tzinfo=UTC).date(), last.replace(tzinfo=UTC).date())
    database = open_database(settings_or_refuse().database_url, listeners=LISTENERS)

    def look(session: Session) -> Report:
        return report(session, SYSTEM, period)

    found = with_database(database, lambda: database.read(look))
    if as_csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows([HEAD, *lines(found)])
    elif as_json:
        typer.echo(json.dumps(ReportView.of(found).model_dump(mode="json")))
    else:
        typer.echo(spoken(found))


def spoken(found: Report) -> str:
    """The figures for people, one to a line."""
    rows = [(" ".join(part for part in row[:3] if part), row[3] or "–") for row in lines(found)]
    width = max(len(name) for name, _ in rows)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)
