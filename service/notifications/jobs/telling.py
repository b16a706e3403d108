"""Tell an audience of what happened, chunk by chunk."""

from service.kit.database import Session
from service.kit.mailer import mail_domain
from service.kit.outgoing import Outgoing
from service.kit.queue import Run
from service.notifications.operations import tell_chunk
from service.notifications.operations.reviewing import ask_moderators


def notify(session: Session, run: Run[Outgoing]) -> None:
    """Tell the next people of an event's audience; payload `{event, after}`."""
    payload, context = run.payload, run.context
    tell_chunk(
        session,
        payload["event"],
        payload["after"],
        delay=context.mail_delay,
        domain=mail_domain(context.base_url),
        push=context.pusher is not None,
    )


def ask(session: Session, run: Run[Outgoing]) -> None:
    """See to it that moderators hear of what waits for them; payload `{}`."""
    ask_moderators(session, delay=run.context.mail_delay, domain=mail_domain(run.context.base_url))
