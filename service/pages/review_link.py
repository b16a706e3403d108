"""`/review/{token}`: where a moderator's letter leads. Looking changes nothing; a button approves or rejects the post.

Nobody need be signed in: the token says whose decision it is, and the account must still moderate. A link is used up by
the first decision about the post, whoever takes it.
"""

from fastapi import APIRouter, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Conflict, Problem
from service.moderation.operations import Decision, decide_review
from service.moderation.queries import PostSeen, get_review
from service.notifications.policy.review_links import ReviewLink, read_review_link
from service.notifications.queries.moderators import moderator
from service.pages.frame import Frame, around
from service.pages.rendering import page, trusted
from service.pages.views.moderation import ReviewLinkPage
from service.web.answers import Answer
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)


@router.get("/review/{token}")
async def show_review(token: str, asks: Asking) -> Response:
    """The post, and the button."""
    return await _show(asks, token)


@router.post("/review/{token}")
async def decide(request: Request, token: str, asks: Asking) -> Response:
    """Take the step as the letter's moderator; then the same page, which says what was done or why nothing was."""
    await request.body()
    link = _link(asks, token)

    def work(session: Session, actor: Actor) -> Answer:
        decision = Decision(link.action, version=link.version)
        decide_review(session, moderator(session, link.account_id), link.review_id, decision, None)
        return Answer(200)

    try:
        await asks.write(work)
    except Conflict as problem:
        return await _show(asks, token, problem)
    return await _show(asks, token, done=True)


def _link(asks: Asks, token: str) -> ReviewLink:
    state = asks.request.app.state
    return read_review_link(state.secret, token, state.database.clock.now())


async def _show(asks: Asks, token: str, problem: Problem | None = None, *, done: bool = False) -> Response:
    """The page from a fresh read. Raises NotFound for a token that is not whole or has expired, and where the account
    moderates no more or the post is gone.
    """
    link = _link(asks, token)

    def load(session: Session, actor: Actor) -> tuple[Frame, ReviewLinkPage]:
        seen = get_review(session, moderator(session, link.account_id), link.review_id)
        return around(session, actor, "/"), _view(seen, link, done=done)

    framed, view = await asks.read(load)
    headers = {"Cache-Control": "no-store"}
    return page("review_link.html", framed, view, status=problem.status if problem else 200, headers=headers)


def _view(seen: PostSeen, link: ReviewLink, *, done: bool) -> ReviewLinkPage:
    return ReviewLinkPage(
        action=link.action,
        what="Thread" if seen.reply is None else "Reply",
        title=seen.thread.title,
        author=seen.author_name or "Somebody",
        at=seen.post.created_at,
        body_html=trusted(seen.post.body_html),
        done=done,
        current=seen.review is not None and seen.review.version == link.version,
        moderation=seen.post.moderation,
    )
