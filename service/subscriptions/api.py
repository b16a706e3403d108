"""The JSON door of subscriptions: levels on threads, categories and tags, and all that one has a level on."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts.current import Asking
from service.categories.queries import get_category
from service.kit.actor import Actor, check_signed_in
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotFound, NotReady, NotSignedIn
from service.subscriptions import operations, queries
from service.subscriptions.schemas import ChooseLevel, FollowedView, SubscriptionView
from service.threads.queries import get_thread
from service.threads.queries.tags import get_tag
from service.web.answers import Answer, json_answer, no_content
from service.web.bodies import Deferred, StrictRoute
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["subscriptions"])
ThreadId = Annotated[int, Path(ge=1, lt=2**63, description="The thread's id.")]
CategorySlug = Annotated[str, Path(max_length=80, description="The category's slug.")]
TagSlug = Annotated[str, Path(max_length=80, description="The tag's slug.")]


@router.get(
    "/threads/{thread_id}/subscription",
    operation_id="get_subscription",
    response_model=SubscriptionView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, NotReady),
)
async def get_subscription(thread_id: ThreadId, asks: Asking) -> Response:
    """How closely you follow a thread: the level that holds, and where it comes from."""

    def work(session: Session, actor: Actor) -> Answer:
        seen = get_thread(session, actor, thread_id)
        check_signed_in(actor, "read")
        return json_answer(SubscriptionView.of(queries.following(session, actor, seen)))

    return await asks.answer(work)


@router.put(
    "/threads/{thread_id}/subscription",
    operation_id="choose_subscription",
    response_model=SubscriptionView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def choose_subscription(thread_id: ThreadId, draft: Deferred[ChooseLevel], asks: Asking) -> Response:
    """Choose how closely to follow a thread; it stays so whatever you do in the thread."""
    level = draft if isinstance(draft, Invalid) else draft.level

    def work(session: Session, actor: Actor) -> Answer:
        seen = get_thread(session, actor, thread_id)
        return json_answer(SubscriptionView.of(operations.choose_level(session, actor, seen, level)))

    return await asks.write(work)


@router.delete(
    "/threads/{thread_id}/subscription",
    operation_id="delete_subscription",
    status_code=204,
    responses=declare(NotFound, NotSignedIn, NotAllowed, NotReady),
)
async def delete_subscription(thread_id: ThreadId, asks: Asking) -> Response:
    """Give up your choice: what holds again is that you watch your own threads, and the levels on tags and category."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.give_up_choice(session, actor, get_thread(session, actor, thread_id))
        return no_content()

    return await asks.write(work)


@router.get(
    "/categories/{slug}/subscription",
    operation_id="get_category_subscription",
    response_model=SubscriptionView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, NotReady),
)
async def get_category_subscription(slug: CategorySlug, asks: Asking) -> Response:
    """How closely you follow a category."""

    def work(session: Session, actor: Actor) -> Answer:
        category = get_category(session, actor, slug)
        check_signed_in(actor, "read")
        return json_answer(SubscriptionView.of(queries.level_on_category(session, actor.account_id, category.id)))

    return await asks.answer(work)


@router.put(
    "/categories/{slug}/subscription",
    operation_id="choose_category_subscription",
    response_model=SubscriptionView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def choose_category_subscription(slug: CategorySlug, draft: Deferred[ChooseLevel], asks: Asking) -> Response:
    """Choose how closely to follow a category's threads, where you have no level on the thread or on a tag of it."""
    level = draft if isinstance(draft, Invalid) else draft.level

    def work(session: Session, actor: Actor) -> Answer:
        category = get_category(session, actor, slug)
        return json_answer(SubscriptionView.of(operations.choose_level_on_category(session, actor, category, level)))

    return await asks.write(work)


@router.delete(
    "/categories/{slug}/subscription",
    operation_id="delete_category_subscription",
    status_code=204,
    responses=declare(NotFound, NotSignedIn, NotAllowed, NotReady),
)
async def delete_category_subscription(slug: CategorySlug, asks: Asking) -> Response:
    """Give up your level on a category."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.give_up_category(session, actor, get_category(session, actor, slug))
        return no_content()

    return await asks.write(work)


@router.get(
    "/tags/{slug}/subscription",
    operation_id="get_tag_subscription",
    response_model=SubscriptionView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, NotReady),
)
async def get_tag_subscription(slug: TagSlug, asks: Asking) -> Response:
    """How closely you follow a tag."""

    def work(session: Session, actor: Actor) -> Answer:
        tag = get_tag(session, actor, slug)
        check_signed_in(actor, "read")
        return json_answer(SubscriptionView.of(queries.level_on_tag(session, actor.account_id, tag.id)))

    return await asks.answer(work)


@router.put(
    "/tags/{slug}/subscription",
    operation_id="choose_tag_subscription",
    response_model=SubscriptionView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def choose_tag_subscription(slug: TagSlug, draft: Deferred[ChooseLevel], asks: Asking) -> Response:
    """Choose how closely to follow the threads with a tag, where you have no level on the thread itself."""
    level = draft if isinstance(draft, Invalid) else draft.level

    def work(session: Session, actor: Actor) -> Answer:
        tag = get_tag(session, actor, slug)
        return json_answer(SubscriptionView.of(operations.choose_level_on_tag(session, actor, tag, level)))

    return await asks.write(work)


@router.delete(
    "/tags/{slug}/subscription",
    operation_id="delete_tag_subscription",
    status_code=204,
    responses=declare(NotFound, NotSignedIn, NotAllowed, NotReady),
)
async def delete_tag_subscription(slug: TagSlug, asks: Asking) -> Response:
    """Give up your level on a tag."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.give_up_tag(session, actor, get_tag(session, actor, slug))
        return no_content()

    return await asks.write(work)


@router.get(
    "/me/subscriptions",
    operation_id="list_subscriptions",
    response_model=Page[FollowedView],
    responses=declare(NotSignedIn, NotAllowed, Invalid, NotReady),
)
async def list_subscriptions(asks: Asking, limit: Limit = 20, cursor: Cursor = None) -> Response:
    """Every category, tag and thread that you have a level on, in this order, the newest of each first."""

    def work(session: Session, actor: Actor) -> Answer:
        rows = queries.list_followed(session, actor, from_cursor(cursor, 2), limit)
        return page_answer(rows, limit, lambda row: row.key, FollowedView.of, "/api/v1/me/subscriptions")

    return await asks.answer(work)
