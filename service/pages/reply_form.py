"""The form that replies, on a thread's page; or what was typed into it, where the thread takes no replies any more."""

from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import NotFound
from service.pages import forms, thread_views
from service.pages.asked import Asked
from service.pages.views.frame import Person
from service.pages.views.thread import Answering, Composer, Kept
from service.replies import queries
from service.threads import policy
from service.threads.queries import ThreadSeen


def composer(session: Session, actor: Actor, seen: ThreadSeen, asked: Asked) -> Composer | None:
    """The form that replies: for those who may now, and for one whose sign-in ended while they wrote."""
    code = policy.cannot_reply_code(actor, seen.thread, seen.closing, now(session))
    refused = asked.form_of("reply")
    lost = refused is not None and code == "not-signed-in" and not seen.closing.is_closed(now(session))
    if code is not None and not lost:
        return None
    closed = seen.closing.is_closed(now(session))
    if closed and not asked.anyway and refused is None:
        return None
    answering = _answering(session, actor, seen, asked.reply_to)
    return Composer(refused or forms.fresh(), draft_name(seen.id), asked.drawn, answering, closed)


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


def kept(actor: Actor, seen: ThreadSeen, asked: Asked) -> Kept | None:
    """Where a text that found the thread closed is given back; hidden until the browser finds one in its storage."""
    refused = asked.form_of("reply")
    if refused is None and not actor.signed_in:
        return None
    if refused is None:
        return Kept(draft_name(seen.id), "", None)
    return Kept(draft_name(seen.id), refused.value("body"), refused.refusal)


def draft_name(thread_id: int) -> str:
    """The name of the reply that is being written, in the browser's storage."""
    return f"reply-{thread_id}"
