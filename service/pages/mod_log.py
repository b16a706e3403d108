"""`/mod/log`: what was done, by whom, and why, the newest first; filters, a download, and undoing. For moderators."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from service.accounts.current import Asking, Asks
from service.accounts.queries import find_account
from service.audit.queries import AT_ONCE, Entry, Wanted, list_entries, titles_of
from service.categories.queries import list_categories
from service.kit.actor import Actor, check_moderates_some
from service.kit.clock import utc_text
from service.kit.database import Session
from service.kit.errors import Problem, invalid
from service.moderation.operations import undo_event, undoable
from service.pages import forms
from service.pages.frame import Frame, around
from service.pages.log_views import line_of
from service.pages.log_words import GROUPS
from service.pages.rendering import page
from service.pages.views.frame import Choice, Form, FormError
from service.pages.views.log import LogPage
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute
from service.web.paging import from_cursor, to_cursor

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
HERE: Final = "/mod/log"
PAGE_SIZE: Final = 50
NOBODY: Final = -1
"""The id of an account that there is not: a name that nobody has finds nothing."""
Typed = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True, slots=True)
class Filters:
    """What somebody looks for, as it was typed."""

    values: dict[str, str]

    def url(self, path: str = HERE, **more: str) -> str:
        """The address of this search."""
        query = {name: value for name, value in self.values.items() if value} | more
        return f"{path}?{urlencode(query)}" if query else path

    def wanted(self, session: Session, actor: Actor) -> Wanted:
        """The entries that are meant. Raises Invalid, naming the field."""
        said = self.values
        return Wanted(
            kind=said["kind"] or None, actor_id=_account(session, said["actor"]),
            account_id=_account(session, said["account"]), thread_id=_number(said["thread"]),
            category_id=_category(session, actor, said["category"]), address_hash=said["address"] or None,
            since=_day(said["since"], "since"), until=_day(said["until"], "until", timedelta(days=1)),
        )  # fmt: skip


def asked(
    kind: Typed = "", actor: Typed = "", account: Typed = "", thread: Typed = "", category: Typed = "",
    address: Typed = "", since: Typed = "", until: Typed = "",
) -> Filters:  # fmt: skip
    """The filters in an address."""
    typed = {
        "kind": kind, "actor": actor, "account": account, "thread": thread, "category": category, "address": address,
        "since": since, "until": until,
    }  # fmt: skip
    return Filters({name: value.strip() for name, value in typed.items()})


Asked = Annotated[Filters, Depends(asked)]


def _account(session: Session, username: str) -> int | None:
    if not username:
        return None
    if username.lower() in ("parley", "system"):
        return 0
    found = find_account(session, username)
    return found.id if found is not None else NOBODY


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise invalid("/thread", "must be the number of a thread")
    return int(text)


def _category(session: Session, actor: Actor, slug: str) -> int | None:
    if not slug:
        return None
    return next((one.id for one in list_categories(session, actor) if one.slug == slug), NOBODY)


def _day(text: str, name: str, more: timedelta = timedelta(0)) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + more
    except (ValueError, OverflowError):
        raise invalid(f"/{name}", "must be a day such as 2030-01-31") from None


@router.get(HERE)
async def show_log(asks: Asking, filters: Asked, after: str | None = None) -> Response:
    """One page of the log."""
    return await _show(asks, filters, from_cursor(after, 1))


@router.post(HERE)
async def undo(request: Request, asks: Asking, filters: Asked, after: str | None = None) -> Response:
    """Take back the act that the button names by its event's id; 303 to the same page."""
    sent = await forms.read(request)
    if sent.deed != "undo":
        await asks.read(lambda session, actor: check_moderates_some(actor))
        raise invalid("/do", "must be one of this page's buttons")

    def work(session: Session, actor: Actor) -> Answer:
        undo_event(session, actor, sent.number("event") or 0)
        return see_other(f"{filters.url(**({'after': after} if after else {}))}#log")

    outcome = await forms.attempt(asks, sent, work)
    return outcome if isinstance(outcome, Response) else await _show(asks, filters, from_cursor(after, 1), outcome)


async def _show(asks: Asks, filters: Filters, key: tuple[int, ...] | None, problem: Problem | None = None) -> Response:
    """The page from a fresh read; wrong filters find nothing, and say so beside their field."""

    def load(session: Session, actor: Actor) -> tuple[Frame, LogPage, int]:
        check_moderates_some(actor)
        found, wrong = _found(session, actor, filters, key)
        form = forms.fresh() if problem is None else Form(forms.new_key(), {}, (), problem.detail, problem.code)
        status = wrong.status if wrong else problem.status if problem else 200
        return around(session, actor, HERE), _view(session, actor, filters, found, key, form, wrong), status

    framed, view, status = await asks.read(load)
    return page("mod_log.html", framed, view, status=status)


def _found(
    session: Session, actor: Actor, filters: Filters, key: tuple[int, ...] | None
) -> tuple[list[Entry], Problem | None]:
    try:
        wanted = filters.wanted(session, actor)
    except Problem as wrong:
        return [], wrong
    return list(list_entries(session, actor, wanted, key[0] if key else None, PAGE_SIZE)), None


def _view(
    session: Session, actor: Actor, filters: Filters, found: list[Entry], key: tuple[int, ...] | None, form: Form,
    wrong: Problem | None,
) -> LogPage:  # fmt: skip
    shown = found[:PAGE_SIZE]
    titles = titles_of(session, {one.thread_id for one in shown if one.thread_id})
    may = undoable(session, actor, [one.event.id or 0 for one in shown])
    kinds = tuple(Choice(value, label) for value, label in GROUPS.items())
    exact = filters.values["kind"]
    if exact not in GROUPS:
        kinds = (*kinds, Choice(exact, exact))
    return LogPage(
        filters=_filter_form(filters, wrong),
        kinds=kinds,
        categories=(Choice("", "All"), *(Choice(one.slug, one.name) for one in list_categories(session, actor))),
        form=form,
        action=filters.url(**({"after": to_cursor(key)} if key else {})),
        lines=tuple(
            line_of(one, titles.get(one.thread_id or 0, ""), _undo(one, may), _same_address(one)) for one in shown
        ),
        older_url=filters.url(after=to_cursor((shown[-1].position,))) if len(found) > PAGE_SIZE else None,
        first_url=filters.url() if key else None,
        csv_url=filters.url(f"{HERE}.csv"),
        is_filtered=any(filters.values.values()),
    )


def _filter_form(filters: Filters, wrong: Problem | None) -> Form:
    errors = tuple(FormError(error.pointer.lstrip("/"), error.detail) for error in wrong.errors) if wrong else ()
    return Form("", filters.values, errors)


def _undo(entry: Entry, may: frozenset[int]) -> int | None:
    return entry.event.id if entry.event.id in may else None


def _same_address(entry: Entry) -> str | None:
    found = entry.event.address_hash
    return f"{HERE}?{urlencode({'address': found})}" if found else None


COLUMNS: Final = (
    "position", "at", "kind", "actor", "role", "subject_type", "subject_id", "action", "before", "after", "reason",
    "undone_at", "address", "data", "hash",
)  # fmt: skip


@router.get(f"{HERE}.csv")
async def download(asks: Asking, filters: Asked) -> Response:
    """All entries that the filters find, as CSV (RFC 4180), a piece at a time: no log is too long for it."""

    def begin(session: Session, actor: Actor) -> tuple[Wanted, Actor]:
        check_moderates_some(actor)
        return filters.wanted(session, actor), actor

    wanted, _ = await asks.read(begin)
    headers = {"Content-Disposition": 'attachment; filename="parley-log.csv"', "Cache-Control": "private, no-store"}
    return StreamingResponse(_pieces(asks, wanted), media_type="text/csv; charset=utf-8", headers=headers)


async def _pieces(asks: Asks, wanted: Wanted) -> Any:
    """The file, piece by piece; who may read it is asked again for each."""
    yield _lines([COLUMNS])
    before: int | None = None
    while True:
        at = before
        found = list(await asks.read(lambda session, actor: list_entries(session, actor, wanted, at, AT_ONCE)))  # noqa: B023 - awaited at once
        yield _lines(map(_row, found[:AT_ONCE]))
        if len(found) <= AT_ONCE:
            return
        before = found[AT_ONCE - 1].position


def _lines(rows: Any) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def _row(entry: Entry) -> Iterator[str]:
    """An entry's cells. None begins as a formula does: spreadsheets would calculate it (OWASP, CSV injection)."""
    event, made, facts = entry.event, entry.decision, entry.event.facts
    cells = (
        entry.position, utc_text(event.at), event.kind, entry.username, event.actor_role, event.subject_type,
        event.subject_id, made.action if made else facts.get("action"), facts.get("before"), facts.get("after"),
        made.reason if made else "", utc_text(made.undone_at) if made and made.undone_at else "", event.address_hash,
        json.dumps(facts, ensure_ascii=False), event.hash,
    )  # fmt: skip
    for cell in cells:
        text = "" if cell is None else str(cell)
        yield f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
