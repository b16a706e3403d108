"""What the worker does about notifications: tell an audience chunk by chunk, and bring each letter."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from service.kit.database import Database, Session
from service.kit.mailer import Mail, MailFailed, MailRefused, Templates, mail_domain
from service.kit.outgoing import Outgoing
from service.kit.queue import JobFailure, Run
from service.notifications.models import CLOSED, FAILED, SENT
from service.notifications.operations import bury_delivery, end_delivery, put_back, take_delivery, tell_chunk
from service.notifications.queries import Letter

RETRIES: Final = (30.0, 120.0, 600.0, 3600.0, 21600.0)
"""Seconds before each retry of a letter; after the fifth it is dead."""

TEMPLATES: Final = Templates(Path(__file__).parent / "templates")

MOST_QUOTED: Final = 4_000
"""Characters of a reply that its letter shows; the rest is read on the site."""

CLOSED_BECAUSE: Final = {
    "manual": "",
    "scheduled": "Its closing time has come.",
    "age": "It has reached the age at which threads here close.",
    "idle": "Nobody has replied for as long as threads here stay open.",
    "archived": "It was archived.",
}
"""Why a thread closed, by the code of the reason, for people."""


def notify(session: Session, run: Run[Outgoing]) -> None:
    """Tell the next people of an event's audience; payload `{event, after}`."""
    payload, context = run.payload, run.context
    tell_chunk(
        session, payload["event"], payload["after"], delay=context.mail_delay, domain=mail_domain(context.base_url)
    )


async def deliver(database: Database, run: Run[Outgoing]) -> None:
    """Bring one letter; payload `{delivery}`. Sent again after a crash it has the same Message-ID."""
    letter = await database.write(take, run)
    if letter is None:
        return
    try:
        answer = await run.context.mailer.send(compose(letter, run.context.base_url))
    except MailRefused as refusal:
        await database.write(end, run, FAILED, str(refusal))
    except MailFailed as failure:
        await database.write(put_back, run.payload["delivery"], run.claim.token, str(failure))
        raise JobFailure("the letter was not taken; the delivery says why") from failure
    else:
        await database.write(end, run, SENT, answer)


def take(session: Session, run: Run[Outgoing]) -> Letter | None:
    """Claim the letter; if there is nothing to send, the job ends in the same unit of work."""
    letter = take_delivery(session, run.payload["delivery"], run.claim.token)
    if letter is None:
        run.finish(session)
    return letter


def end(session: Session, run: Run[Outgoing], state: str, answer: str) -> None:
    """Record how the letter ended and end its job: both or neither."""
    end_delivery(session, run.payload["delivery"], run.claim.token, state, answer)
    run.finish(session)


def give_up(session: Session, payload: dict[str, Any], error: str) -> None:
    """The job is dead, and so is its letter."""
    bury_delivery(session, payload["delivery"])


def compose(letter: Letter, base_url: str) -> Mail:
    """The letter as it is sent: text and HTML of the same words, in one conversation per thread in the reader's mail.

    The headers follow RFC 5322 (References), RFC 3834 (Auto-Submitted) and RFC 2919 (List-Id).
    """
    notice, host = letter.notice, urlsplit(base_url).hostname or "localhost"
    root = f"<thread-{notice.thread_id}@{mail_domain(base_url)}>"
    body = letter.body if len(letter.body) <= MOST_QUOTED else letter.body[:MOST_QUOTED].rstrip() + " …"
    text, html = TEMPLATES.draw(
        notice.kind,
        site=letter.site,
        notice=notice,
        body=body,
        because=CLOSED_BECAUSE.get(letter.closing_reason or "", ""),
        words=letter.closure_words,
        closed_at=letter.closed_at,
        url=base_url + quote(notice.url, safe="/?=#"),
        settings_url=f"{base_url}/settings",
    )
    return Mail(
        to=letter.to,
        subject=f"Closed: {notice.thread_title}" if notice.kind == CLOSED else f"Re: {notice.thread_title}",
        text=text,
        html=html,
        message_id=letter.message_id,
        from_name=f"{notice.actor_name} ({letter.site})" if notice.actor_name else letter.site,
        headers={
            "In-Reply-To": root,
            "References": root,
            "Auto-Submitted": "auto-generated",
            "List-Id": f"{letter.site.translate(NOT_IN_A_PHRASE)} <parley.{host}>",
        },
    )


NOT_IN_A_PHRASE: Final = str.maketrans("", "", '<>"\\()[],;:@')
