"""What the worker does about notifications: tell an audience chunk by chunk, and bring each letter."""

import asyncio
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

from service.kit.database import Database, Session
from service.kit.mailer import Mail, MailFailed, MailRefused, Templates, mail_domain
from service.kit.outgoing import Outgoing
from service.kit.queue import JobFailure, Run
from service.kit.text import mentioned_in, plain, render
from service.kit.text.mailing import for_mail
from service.notifications.models import CLOSED, FAILED, OPENING, SENT
from service.notifications.operations import bury_letter, end_letter, put_back, take_letter, tell_chunk
from service.notifications.policy import unsubscribe_path
from service.notifications.queries import Letter, NoticeSeen
from service.replies.models import address

RETRIES: Final = (30.0, 120.0, 600.0, 3600.0, 21600.0)
"""Seconds before each retry of a letter; after the fifth it is dead."""

TEMPLATES: Final = Templates(Path(__file__).parent / "templates")

MOST_QUOTED: Final = 4_000
"""Characters of a post that its letter shows; the rest is read on the site."""

MOST_DRAWN: Final = 60_000
"""Characters of a post's HTML in a letter: a mail program that shows 100 KB cuts off what comes after (the way out)."""

SUBJECTS: Final = {CLOSED: "Closed: {}", OPENING: "{}"}
"""A letter's subject, where it is not the answer to a thread's opening."""

CLOSED_BECAUSE: Final = {
    "manual": "",
    "scheduled": "Its closing time has come.",
    "age": "It has reached the age at which threads here close.",
    "idle": "Nobody has replied for as long as threads here stay open.",
    "replies": "It has as many replies as threads here may have.",
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
    """Bring one letter; payload `{letter}`. Sent again after a crash it has the same Message-ID."""
    letter = await database.write(take, run)
    if letter is None:
        return
    try:
        mail = await asyncio.to_thread(compose, letter, run.context)  # some milliseconds; others are being answered
        answer = await run.context.mailer.send(mail)
    except MailRefused as refusal:
        await database.write(end, run, FAILED, str(refusal))
    except MailFailed as failure:
        await database.write(put_back, run.payload["letter"], run.claim.token, str(failure))
        raise JobFailure("the letter was not taken; its row says why") from failure
    else:
        await database.write(end, run, SENT, answer)


def take(session: Session, run: Run[Outgoing]) -> Letter | None:
    """Claim the letter; if there is nothing to send, the job ends in the same unit of work."""
    letter = take_letter(session, run.payload["letter"], run.claim.token)
    if letter is None:
        run.finish(session)
    return letter


def end(session: Session, run: Run[Outgoing], state: str, answer: str) -> None:
    """Record how the letter ended and end its job: both or neither."""
    end_letter(session, run.payload["letter"], run.claim.token, state, answer)
    run.finish(session)


def give_up(session: Session, payload: dict[str, Any], error: str) -> None:
    """The job is dead, and so is its letter."""
    bury_letter(session, payload["letter"])


def compose(letter: Letter, outgoing: Outgoing) -> Mail:
    """The letter as it is sent: text and HTML of the same words, in one conversation per thread in the reader's mail.

    The headers follow RFC 5322 (References), RFC 3834 (Auto-Submitted), RFC 2919 (List-Id) and RFC 8058
    (List-Unsubscribe by one click).
    """
    notice, base_url, host = letter.notice, outgoing.base_url, urlsplit(outgoing.base_url).hostname or "localhost"
    mute_url = base_url + unsubscribe_path(outgoing.secret, letter.account_id, notice.thread_id)
    text, html = TEMPLATES.draw(
        "closed" if notice.kind == CLOSED else "post",
        site=letter.site,
        notice=notice,
        body=cut(source_of(letter)),
        sanitised=draw_body(letter, base_url),
        because=CLOSED_BECAUSE.get(letter.closing_reason or "", ""),
        words=letter.closure_words,
        closed_at=letter.closed_at,
        is_closed=letter.standing.closed,
        url=base_url + quoted(notice.url),
        mute_url=mute_url,
        settings_url=f"{base_url}/settings",
    )
    return Mail(
        to=letter.to,
        subject=SUBJECTS.get(notice.kind, "Re: {}").format(notice.thread_title),
        text=text,
        html=html,
        message_id=letter.message_id,
        from_name=f"{notice.actor_name} ({letter.site})" if notice.actor_name else letter.site,
        headers=threading(letter, base_url)
        | {
            "Auto-Submitted": "auto-generated",
            "List-Id": f"{letter.site.translate(NOT_IN_A_PHRASE)} <parley.{host}>",
            "List-Unsubscribe": f"<{mute_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )


def threading(letter: Letter, base_url: str) -> dict[str, str]:
    """What makes all letters about a thread one conversation: an id for the thread itself, which no letter has, and
    the id of this person's letter about the reply that was answered, where they had one.
    """
    root = f"<thread-{letter.notice.thread_id}@{mail_domain(base_url)}>"
    chain = [root, letter.answers] if letter.answers else [root]
    return {"In-Reply-To": chain[-1], "References": " ".join(chain)}


def source_of(letter: Letter) -> str:
    """The post's text for the text part: as it was typed, or the words of one that an import brought in HTML."""
    return letter.body if letter.body_format == "markdown" else plain(letter.body_html)


def cut(body: str) -> str:
    """As much of a text as a letter shows, whole words; "…" says that there is more."""
    if len(body) <= MOST_QUOTED:
        return body
    return (body[:MOST_QUOTED].rpartition(" ")[0] or body[:MOST_QUOTED]).rstrip() + " …"


def draw_body(letter: Letter, base_url: str) -> str:
    """The post's text for the HTML part: as the site shows it; of a long one the beginning, sanitised like the whole.

    What would still be too long, such as a table of empty cells, is shown as it was typed.
    """
    drawn, resolve = letter.body_html, resolver(letter.notice, base_url)
    if len(letter.body) > MOST_QUOTED or len(drawn) > MOST_DRAWN:
        drawn = render(cut(source_of(letter)), "letter", known=frozenset(mentioned_in(drawn)))
    fit = for_mail(drawn, resolve) if len(drawn) <= MOST_DRAWN else None
    if fit is None or len(fit) > MOST_DRAWN:
        return for_mail(f"<pre>{escape(cut(source_of(letter)))}</pre>", resolve)
    return fit


def resolver(notice: NoticeSeen, base_url: str) -> Callable[[str], str]:
    """What makes links within the site whole: paths, other replies of the thread, and places in the post itself."""

    def resolve(link: str) -> str:
        if link.startswith("/"):
            return base_url + link
        number = link.removeprefix("#reply-")
        path = address(notice.thread_id, notice.thread_slug, int(number)) if number.isdecimal() else notice.url
        return base_url + quoted(path)

    return resolve


def quoted(path: str) -> str:
    """A path of the site as an address has it: slugs may be in any script."""
    return quote(path, safe="/?=#")


NOT_IN_A_PHRASE: Final = str.maketrans("", "", '<>"\\()[],;:@')
