"""The form that replies, on a thread's page; or what was typed into it, where the thread takes no replies any more."""

from service.drafts.models import Draft
from service.drafts.queries import own_draft
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import NotFound, RateLimited
from service.pages import forms, openness_views, thread_views
from service.pages.asked import Asked
from service.pages.quoting import quotation
from service.pages.views.frame import Person
from service.pages.views.thread import Answering, Composer, Kept, Saved
from service.replies import queries
from service.threads import policy
from service.threads.policy.turns import Turn
from service.threads.queries import ThreadSeen


def composer(session: Session, actor: Actor, seen: ThreadSeen, asked: Asked, turn: Turn) -> Composer | None:
    """The form that replies: for those who may now, and for one whose sign-in ended while they wrote. It holds what
    the reader has begun here, on whatever device, unless a refused form or a preview brought something newer.
    """
    code = policy.cannot_reply_code(actor, seen, now(session), turn)
    refused = asked.form_of("reply")
    lost = refused is not None and code == "not-signed-in" and not seen.closing.is_closed(now(session))
    if code not in (None, RateLimited.code) and not lost:  # who waits for slow mode may write meanwhile
        return None
    grace = openness_views.grace_until(seen, turn, now(session))
    closed = grace is None and seen.closing.is_closed(now(session))
    if closed and not asked.anyway and refused is None:
        return None
    begun = own_draft(session, actor, seen.id)
    answering = _answering(session, actor, seen, asked.reply_to)
    if asked.reply_to is None and refused is None:
        answering = _begun_answer(session, actor, seen, begun)
    quoted = quotation(session, actor, seen, asked.quote)
    form = refused or forms.fresh(_begin(begun, quoted))
    saved = _saved(actor, seen, begun, shown=refused is None)
    return Composer(form, draft_name(seen.id), asked.drawn, answering, closed, saved, grace, quoted)


def _begin(begun: Draft | None, quoted: str) -> dict[str, str] | None:
    """What stands in the form at first: what was begun, and the quotation that was asked for behind it."""
    before = f"{begun.body.rstrip()}\n\n" if begun and begun.body and quoted else begun.body if begun else ""
    return {"body": before + quoted} if begun or quoted else None


def _saved(actor: Actor, seen: ThreadSeen, begun: Draft | None, *, shown: bool) -> Saved | None:
    """Where the script keeps the text; nowhere for a guest."""
    if not actor.signed_in:
        return None
    return Saved(f"/api/v1/threads/{seen.id}/draft", begun.updated_at if begun else None, shown and begun is not None)


def _begun_answer(session: Session, actor: Actor, seen: ThreadSeen, begun: Draft | None) -> Answering | None:
    """The reply that the draft answers, where it is still there to be answered."""
    if begun is None or begun.parent_id is None:
        return None
    return _answering(session, actor, seen, queries.numbers_of(session, [begun.parent_id]).get(begun.parent_id))


def _answering(session: Session, actor: Actor, seen: ThreadSeen, number: int | None) -> Answering | None:
    """The reply that is being answered, if it is there to be answered."""
    if number is None:
        return None
    try:
        found = queries.get_reply_by_number(session, actor, seen.id, number)
    except NotFound:
        return None
    if found.is_stub:
        return None
    author = Person(found.author_username, found.author_name or "Anonymous")
    return Answering(found.id, number, author, thread_views.reply_url(seen, number))


def kept(session: Session, actor: Actor, seen: ThreadSeen, asked: Asked) -> Kept | None:
    """Where a text that found the thread closed is given back: the refused one, or what the reader had begun; hidden
    until the browser finds one in its storage where there is neither.
    """
    refused = asked.form_of("reply")
    if refused is None and not actor.signed_in:
        return None
    begun = own_draft(session, actor, seen.id)
    saved = _saved(actor, seen, begun, shown=refused is None)
    if refused is None:
        return Kept(draft_name(seen.id), begun.body if begun else "", None, saved)
    return Kept(draft_name(seen.id), refused.value("body"), refused.refusal, saved)


def draft_name(thread_id: int) -> str:
    """The name of the reply that is being written, in the browser's storage."""
    return f"reply-{thread_id}"
