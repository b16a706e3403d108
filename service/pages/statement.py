"""`/decisions`: what took something from the reader; `/decisions/{id}`: one decision's statement of reasons, with the
form of an appeal; `/statement/{token}`: the same by the link of a letter, for who cannot sign in.

Looking changes nothing: the appeal is a button.
"""

from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, Problem
from service.moderation.operations.appealing import appeal_by_link, appeal_decision
from service.moderation.queries.reasons import sentence_of
from service.moderation.queries.statements import get_statement, list_own, own_statement
from service.moderation.queries.stating import Statement
from service.moderation.schemas.appeals import MakeAppeal
from service.notifications.policy.statement_links import StatementLink, read_statement_link
from service.pages import forms, stating
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.statements import DecisionLine, DecisionsPage, StatementPage
from service.site.queries import get_site
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
PAGE_SIZE: Final = 30
LABELS: Final = {"reason": "Why it is wrong"}
DecisionId = Annotated[int, Path(ge=1, le=2**63 - 1)]
Load = Callable[[Session, Actor], Statement]


@router.get("/decisions")
async def show_decisions(asks: Asking, before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None) -> Response:
    """What took something from the reader, the newest first; a guest is sent to sign in."""

    def load(session: Session, actor: Actor) -> tuple[Frame, DecisionsPage]:
        rows = list_own(session, actor, before, PAGE_SIZE)
        shown = rows[:PAGE_SIZE]
        older = f"/decisions?before={shown[-1].id}" if len(rows) > PAGE_SIZE else None
        lines = tuple(
            DecisionLine(sentence_of(each), each.url, each.decision.decided_at, stating.state_of(each))
            for each in shown
        )  # fmt: skip
        return around(session, actor, "/decisions"), DecisionsPage(lines, older, get_site(session).contact)

    framed, view = await asks.read(load)
    return page("decisions.html", framed, view)


@router.get("/decisions/{decision_id}")
async def show_decision(decision_id: DecisionId, asks: Asking, appealed: bool = False) -> Response:
    """One decision, for whom it is about and for who moderates there."""
    return await _show(asks, _by_id(decision_id), f"/decisions/{decision_id}", sent=appealed)


@router.post("/decisions/{decision_id}")
async def appeal(request: Request, decision_id: DecisionId, asks: Asking) -> Response:
    """Appeal it; 303 to the same page, which says so."""
    sent = await forms.read(request)

    def work(session: Session, actor: Actor) -> Answer:
        appeal_decision(session, actor, decision_id, _said(sent))
        return see_other(f"/decisions/{decision_id}?appealed=true#appeal")

    outcome = await forms.attempt(asks, sent, work)
    if isinstance(outcome, Response):
        return outcome
    return await _show(asks, _by_id(decision_id), f"/decisions/{decision_id}", refused=(sent, outcome))


@router.get("/statement/{token}")
async def show_by_link(token: str, asks: Asking, appealed: bool = False) -> Response:
    """The same by the link of a letter: the token says whose decision it is, and nobody need be signed in."""
    return await _show(asks, _by_link(_link(asks, token)), f"/statement/{token}", sent=appealed, by_link=True)


@router.post("/statement/{token}")
async def appeal_by_letter(request: Request, token: str, asks: Asking) -> Response:
    """Appeal it as the person whom the link was made for."""
    sent, link = await forms.read(request), _link(asks, token)

    def work(session: Session, actor: Actor) -> Answer:
        appeal_by_link(session, link.account_id, link.decision_id, _said(sent))
        return see_other(f"/statement/{token}?appealed=true#appeal")

    outcome = await forms.attempt(asks, sent, work)
    if isinstance(outcome, Response):
        return outcome
    return await _show(asks, _by_link(link), f"/statement/{token}", refused=(sent, outcome), by_link=True)


def _said(sent: forms.Sent) -> str | Problem:
    draft = sent.model(MakeAppeal, {"reason": sent.value("reason")})
    return draft if isinstance(draft, Invalid) else draft.reason


def _link(asks: Asks, token: str) -> StatementLink:
    """What the link was made for. Raises NotFound for one that is not ours, or has expired."""
    state = asks.request.app.state
    return read_statement_link(state.secret, token, state.database.clock.now())


def _by_id(decision_id: int) -> Load:
    return lambda session, actor: get_statement(session, actor, decision_id)


def _by_link(link: StatementLink) -> Load:
    return lambda session, _: own_statement(session, link.account_id, link.decision_id)


async def _show(
    asks: Asks,
    load_one: Load,
    action: str,
    *,
    refused: tuple[forms.Sent, Problem] | None = None,
    sent: bool = False,
    by_link: bool = False,
) -> Response:
    """The page from a fresh read, with a refused appeal as it was typed."""
    problem = refused[1] if refused else None

    def load(session: Session, actor: Actor) -> tuple[Frame, StatementPage]:
        seen = load_one(session, actor)
        mine = by_link or seen.decision.account_id == actor.account_id
        form = refused[0].again(problem, labels=LABELS) if refused else forms.fresh()
        shown = stating.shown(seen, inside=not mine)
        may = (mine and seen.can_appeal) or refused is not None
        here = action if not by_link else "/"
        return around(session, actor, here), StatementPage(shown, form if may else None, action, by_link, sent)

    framed, view = await asks.read(load)
    headers = {"Cache-Control": "no-store"} if by_link else None
    return page("statement.html", framed, view, status=problem.status if problem else 200, headers=headers)
