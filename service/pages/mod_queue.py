"""`/mod/queue`: what waits for a moderator, what readers flagged, and what was put out of sight; a form for every deed.

For moderators, and for those of a category what lies in it. The address says which list, what is looked for in it and
which page (`queue_place`); `queue_page` draws it; a form is about one item, or about all that are ticked
(`queue_many`).
"""

from fastapi import APIRouter, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor, check_moderates_some
from service.kit.database import Session
from service.kit.errors import Invalid, Problem, invalid
from service.moderation.operations import Undone, claim_review, note_review, release_review, undo_event
from service.moderation.queries import PostSeen
from service.moderation.schemas import MakeNote, to_note
from service.moderation.schemas.many import MOST
from service.pages import forms, moderating, queue_frame, queue_many, queue_page, undoing
from service.pages.queue_place import At, Just, Place, Told
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
MOST_FIELDS = MOST + 20


@router.get("/mod/queue")
async def show_queue(asks: Asking, place: At, told: Just) -> Response:
    """One list of the queue."""
    return await queue_page.show(asks, place, told)


@router.post("/mod/queue")
async def act(request: Request, asks: Asking, place: At) -> Response:
    """What the button says, to one item or to all that are ticked; 303 to the list it was pressed in."""
    sent = await forms.read(request, most=MOST_FIELDS)
    if sent.deed == queue_many.PREVIEW:
        return await preview(asks, place, sent)

    def work(session: Session, actor: Actor) -> Answer:
        check_moderates_some(actor)
        return see_other(do(session, actor, place, sent))

    outcome = await forms.attempt(asks, sent, work)
    if isinstance(outcome, Response):
        return outcome
    if queue_many.is_deed(sent):
        return await preview(asks, place, sent, outcome)
    return await queue_page.show(asks, place, Told(), sent=sent, problem=outcome)


async def preview(asks: Asks, place: Place, sent: forms.Sent, problem: Problem | None = None) -> Response:
    """What would happen to those that are ticked; the list again where that cannot be said."""
    try:
        return await queue_many.preview(asks, place, sent, problem)
    except Invalid as refused:
        return await queue_page.show(asks, place, Told(), sent=sent, problem=refused)


def do(session: Session, actor: Actor, place: Place, sent: forms.Sent) -> str:
    """Do what the form asks for; returns where to go. Raises Invalid for a button that the page does not have."""
    if moderating.is_step(sent):
        return done_url(place, sent.deed, moderating.take_step(session, actor, sent))
    if queue_many.is_deed(sent):
        return queue_many.decide(session, actor, place, sent)
    if sent.deed == undoing.DEED:
        return undone_url(place, undo_event(session, actor, sent.number("event") or 0))
    review_id = sent.number("review") or 0
    if sent.deed == "claim":
        claim_review(session, actor, review_id)
    elif sent.deed == "release":
        release_review(session, actor, review_id)
    elif sent.deed == "note":
        note_review(session, actor, review_id, to_note(sent.model(MakeNote, {"body": sent.values.get("note", "")})))
    else:
        raise invalid("/do", "must be one of this page's buttons")
    return f"{place.url()}#case-{review_id}"


def undone_url(place: Place, undone: Undone) -> str:
    """The list, with the notice of what was undone."""
    decision = undone.decision
    post = {"thread": decision.thread_id} | ({"reply": decision.reply_id} if decision.reply_id else {})
    about = post if decision.thread_id else {"count": undone.undone, "left": undone.left}
    return f"{place.url(done=queue_frame.UNDONE, **about)}#queue"


def done_url(place: Place, action: str, seen: PostSeen) -> str:
    """The list, with the notice of what was done to a post."""
    post = {"thread": seen.thread_id} | ({"reply": seen.reply_id} if seen.reply_id else {})
    return f"{place.url(done=action, **post)}#queue"
