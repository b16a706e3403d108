"""The JSON door of categories, and of who moderates one of them."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.categories import operations, queries
from service.categories.errors import CategoryInUse
from service.categories.models import Category
from service.categories.schemas import CategoryView, ChangeCategory, MakeCategory, ModeratorView
from service.kit.actor import Actor, check_moderates
from service.kit.database import Session
from service.kit.database.rows import stored_id
from service.kit.errors import EditConflict, Invalid, NotAllowed, NotFound, NotReady, NotSignedIn
from service.web.answers import Answer, created, json_answer, no_content
from service.web.bodies import Deferred, StrictRoute
from service.web.cache import IfMatch, IfNoneMatch, etag, wanted_version, with_etag
from service.web.paging import Page
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["categories"])
Name = Annotated[str, Path(max_length=100, description="The username, in any case.", examples=["dorothea"])]
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


@router.get(
    "/categories/{slug}/moderators",
    operation_id="list_category_moderators",
    response_model=Page[ModeratorView],
    responses=declare(NotFound, NotSignedIn, NotAllowed, NotReady),
)
async def list_category_moderators(slug: Slug, asks: Asking) -> Response:
    """Who moderates this category beside the site's moderators: for moderators of it. The list has one page."""

    def work(session: Session, actor: Actor) -> Answer:
        category = queries.get_category(session, actor, slug)
        check_moderates(actor, category.id)
        rows = queries.moderators_of(session, stored_id(category.id))
        return json_answer(Page(items=[ModeratorView.of(row) for row in rows], next=None))

    return await asks.answer(work)


@router.put(
    "/categories/{slug}/moderators/{username}",
    operation_id="add_category_moderator",
    response_model=ModeratorView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def add_category_moderator(slug: Slug, username: Name, asks: Asking) -> Response:
    """Let a member moderate this category (admins): from their next request on, they see and do there what moderators
    do, and nothing of it elsewhere.
    """
    return await asks.write(
        lambda session, actor: json_answer(ModeratorView.of(operations.add_moderator(session, actor, slug, username)))
    )


@router.delete(
    "/categories/{slug}/moderators/{username}",
    operation_id="remove_category_moderator",
    status_code=204,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def remove_category_moderator(slug: Slug, username: Name, asks: Asking) -> Response:
    """Let somebody moderate this category no more (admins); it holds at once, in what they have open too."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.remove_moderator(session, actor, slug, username)
        return no_content()

    return await asks.write(work)
