"""The JSON door of rules: what posts pass before they are published."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import (
    Conflict,
    EditConflict,
    Invalid,
    NotAllowed,
    NotFound,
    NotReady,
    NotSignedIn,
    PreconditionRequired,
)
from service.screening import operations
from service.screening.errors import NotTried
from service.screening.queries import rules as queries
from service.screening.queries.rules import RuleSeen
from service.screening.schemas import ChangeRule, MakeRule, RuleView, to_changes, to_values
from service.web.answers import Answer, created, json_answer, no_content, without_secret
from service.web.bodies import Deferred, StrictRoute
from service.web.cache import IfMatch, IfNoneMatch, etag, required_version, with_etag
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["moderation"])
RuleId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The rule's id.")]
PATH = "/moderation/rules"


def shown(seen: RuleSeen, if_none_match: str | None = None) -> Answer:
    """The answer that shows one rule, with its ETag."""
    view = RuleView.of(seen)
    answer = with_etag(json_answer(view), view.version, if_none_match)
    return without_secret(answer, "secret") if view.secret else answer


@router.get(
    PATH,
    operation_id="list_rules",
    response_model=Page[RuleView],
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def list_rules(asks: Asking, limit: Limit = 20, cursor: Cursor = None) -> Response:
    """The rules that posts pass, by their ids: moderators; who moderates a category sees those of that category."""

    def work(session: Session, actor: Actor) -> Answer:
        rows = queries.list_rules(session, actor, from_cursor(cursor, 1), limit)
        return page_answer(rows, limit, queries.rule_key, RuleView.of, f"/api/v1{PATH}")

    return await asks.answer(work)


@router.post(
    PATH,
    operation_id="make_rule",
    status_code=201,
    response_model=RuleView,
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotTried, Conflict, NotReady),
)
async def make_rule(draft: Deferred[MakeRule], asks: Asking) -> Response:
    """Make a rule: moderators. It is asked of posts once it is on; who switches it on has tried it, or confirms."""
    values = to_values(draft)

    def work(session: Session, actor: Actor) -> Answer:
        view = RuleView.of(operations.make_rule(session, actor, values))
        tag = etag(view.version, view.model_dump_json().encode())
        answer = created(view, f"/api/v1{PATH}/{view.id}", ETag=tag)
        return without_secret(answer, "secret") if view.secret else answer

    return await asks.write(work)


@router.get(
    f"{PATH}/{{rule_id}}",
    operation_id="get_rule",
    response_model=RuleView,
    responses=declare(NotSignedIn, NotAllowed, NotFound, NotReady),
)
async def get_rule(rule_id: RuleId, asks: Asking, if_none_match: IfNoneMatch = None) -> Response:
    """One rule: moderators."""
    return await asks.answer(lambda session, actor: shown(queries.get_rule(session, actor, rule_id), if_none_match))


@router.patch(
    f"{PATH}/{{rule_id}}",
    operation_id="change_rule",
    response_model=RuleView,
    responses=declare(
        NotSignedIn, NotAllowed, NotFound, Invalid, EditConflict, PreconditionRequired, NotTried, NotReady
    ),
)
async def change_rule(rule_id: RuleId, draft: Deferred[ChangeRule], asks: Asking, if_match: IfMatch = None) -> Response:
    """Change a rule, or switch it on or off: moderators. `If-Match` is required. It holds for the next post."""

    def work(session: Session, actor: Actor) -> Answer:
        changes = to_changes(draft, queries.get_rule(session, actor, rule_id).rule.kind)
        return shown(operations.change_rule(session, actor, rule_id, changes, required_version(if_match)))

    return await asks.write(work)


@router.delete(
    f"{PATH}/{{rule_id}}",
    operation_id="delete_rule",
    status_code=204,
    responses=declare(NotSignedIn, NotAllowed, NotFound, Invalid, EditConflict, PreconditionRequired, NotReady),
)
async def delete_rule(rule_id: RuleId, asks: Asking, if_match: IfMatch = None) -> Response:
    """Delete a rule: moderators. `If-Match` is required. What it decided stays decided."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.delete_rule(session, actor, rule_id, required_version(if_match))
        return no_content()

    return await asks.write(work)
