"""The JSON door of categories."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.categories import operations, queries
from service.categories.errors import CategoryInUse
from service.categories.models import Category
from service.categories.schemas import CategoryView, ChangeCategory, MakeCategory
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import EditConflict, Invalid, NotAllowed, NotFound, NotReady, NotSignedIn
from service.web.answers import Answer, created, json_answer, no_content
from service.web.bodies import Deferred, StrictRoute
from service.web.cache import IfMatch, IfNoneMatch, etag, wanted_version, with_etag
from service.web.paging import Page
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["categories"])
Slug = Annotated[str, Path(max_length=60, description="The category's name in addresses.")]


def shown(category: Category, if_none_match: str | None = None) -> Answer:
    """The answer that shows one category."""
    return with_etag(json_answer(CategoryView.of(category)), category.version, if_none_match)


@router.get(
    "/categories", operation_id="list_categories", response_model=Page[CategoryView], responses=declare(NotReady)
)
async def list_categories(asks: Asking) -> Response:
    """All categories that you may see, by name; the list has one page."""

    def work(session: Session, actor: Actor) -> Answer:
        rows = queries.list_categories(session, actor)
        return json_answer(Page(items=[CategoryView.of(row) for row in rows], next=None))

    return await asks.answer(work)


@router.post(
    "/categories",
    operation_id="make_category",
    status_code=201,
    response_model=CategoryView,
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def make_category(draft: Deferred[MakeCategory], asks: Asking) -> Response:
    """Make a category (admins)."""
    values = draft if isinstance(draft, Invalid) else draft.changes()

    def work(session: Session, actor: Actor) -> Answer:
        view = CategoryView.of(operations.make_category(session, actor, values))
        tag = etag(view.version, view.model_dump_json().encode())
        return created(view, f"/api/v1/categories/{view.slug}", ETag=tag)

    return await asks.write(work)


@router.get(
    "/categories/{slug}",
    operation_id="get_category",
    response_model=CategoryView,
    responses=declare(NotFound, NotReady),
)
async def get_category(slug: Slug, asks: Asking, if_none_match: IfNoneMatch = None) -> Response:
    """One category."""
    return await asks.answer(lambda session, actor: shown(queries.get_category(session, actor, slug), if_none_match))


@router.patch(
    "/categories/{slug}",
    operation_id="change_category",
    response_model=CategoryView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, EditConflict, NotReady),
)
async def change_category(
    slug: Slug, draft: Deferred[ChangeCategory], asks: Asking, if_match: IfMatch = None
) -> Response:
    """Change a category (admins). A closing policy acts on its threads at once."""
    values = draft if isinstance(draft, Invalid) else draft.changes()
    version = wanted_version(if_match)
    return await asks.write(
        lambda session, actor: shown(operations.change_category(session, actor, slug, values, version))
    )


@router.delete(
    "/categories/{slug}",
    operation_id="delete_category",
    status_code=204,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, EditConflict, CategoryInUse, NotReady),
)
async def delete_category(slug: Slug, asks: Asking, if_match: IfMatch = None) -> Response:
    """Delete a category that holds no threads (admins)."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.delete_category(session, actor, slug, wanted_version(if_match))
        return no_content()

    return await asks.write(work)
