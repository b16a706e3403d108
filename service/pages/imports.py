"""`/admin/import`: discussions from elsewhere. For admins.

A file is sent, looked through by a worker, and its report shown; a button then imports it. Both steps show how far they
are: the page brings itself up to date with a script, and has a link for those without.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor, check_administers
from service.kit.database import Session
from service.kit.database.rows import stored_id
from service.kit.errors import Problem, invalid
from service.pages import forms
from service.pages.frame import Frame, around
from service.pages.import_views import shown_run
from service.pages.rendering import page
from service.pages.views.frame import Form
from service.pages.views.imports import ImportPage
from service.transfer import operations, queries
from service.transfer.models import ImportRun
from service.web.answers import Answer, see_other
from service.web.gate import MAX_FILE
from service.web.later import LaterRoute
from service.web.receiving import Received, is_multipart, receive_file

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
HERE: Final = "/admin/import"


@router.get(HERE)
async def show_imports(asks: Asking) -> Response:
    """The form, and how far the latest file is."""
    return await _show(asks)


@router.post(HERE)
async def change_imports(request: Request, asks: Asking) -> Response:
    """A file that is sent, or one of the buttons: `do` is `start` or `discard`, `run` the file's run."""
    if is_multipart(request):
        return await _take(request, asks)
    sent = await forms.read(request)
    number = sent.number("run") or 0
    if sent.deed == "start":
        outcome = await forms.attempt(asks, sent, lambda session, actor: _start(session, actor, number))
    elif sent.deed == "discard":
        outcome = await forms.attempt(asks, sent, lambda session, actor: _discard(session, actor, number, asks))
    else:
        await asks.read(lambda session, actor: check_administers(actor))
        outcome = invalid("/do", "must be one of this page's buttons")
    return outcome if isinstance(outcome, Response) else await _show(asks, sent, outcome)


async def _take(request: Request, asks: Asks) -> Response:
    """Write the file to the disk as it comes, and have it looked through; nothing is read of who may not send one."""
    await asks.read(lambda session, actor: check_administers(actor))
    try:
        received = await receive_file(request, folder_of(asks), "file")
    except Problem as problem:
        return await _show(asks, forms.Sent({}, None), problem)
    place = folder_of(asks)
    try:
        unwanted = await asks.database.write(
            lambda session: _begin(session, asks.credential.identify(session), received)
        )
    except Problem:
        (place / received.key).unlink(missing_ok=True)
        raise
    for key in unwanted:
        (place / key).unlink(missing_ok=True)
    return see_other(f"{HERE}#run").response()


def _begin(session: Session, actor: Actor, received: Received) -> list[str]:
    return operations.begin_run(session, actor, received.key, received.name, received.size)


def _start(session: Session, actor: Actor, number: int) -> Answer:
    operations.start_run(session, actor, number)
    return see_other(f"{HERE}#run")


def _discard(session: Session, actor: Actor, number: int, asks: Asks) -> Answer:
    key = operations.discard_run(session, actor, number)
    (folder_of(asks) / key).unlink(missing_ok=True)
    return see_other(HERE)


def folder_of(asks: Asks) -> Path:
    """Where files wait for their import; the worker looks there too."""
    folder: Path = asks.settings.data_dir / "imports"
    return folder


async def _show(asks: Asks, sent: forms.Sent | None = None, problem: Problem | None = None) -> Response:
    def load(session: Session, actor: Actor) -> tuple[Frame, ImportPage]:
        runs = queries.list_runs(session, actor)
        return around(session, actor, HERE), _view(runs, sent.again(problem) if sent else forms.fresh())

    framed, view = await asks.read(load)
    return page("imports.html", framed, view, status=problem.status if problem else 200)


def _view(runs: Sequence[ImportRun], form: Form) -> ImportPage:
    shown = tuple(shown_run(run, stored_id(run.id)) for run in runs)
    busy = bool(shown) and shown[0].state in ("reading", "running")
    return ImportPage(form, shown[0] if shown else None, shown[1:], busy, f"{MAX_FILE // 1_000_000} MB")
