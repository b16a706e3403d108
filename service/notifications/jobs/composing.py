"""The letter as it is sent: what it says, and its headers."""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from service.kit.mailer import Mail, Templates, mail_domain
from service.kit.outgoing import Outgoing
from service.notifications.jobs.bodies import cut, draw_body, quoted, source_of
from service.notifications.models import CLOSED, OPENING
from service.notifications.policy import unsubscribe_path
from service.notifications.queries import Letter

TEMPLATES: Final = Templates(Path(__file__).parent.parent / "templates")

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

NOT_IN_A_PHRASE: Final = str.maketrans("", "", '<>"\\()[],;:@')


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
