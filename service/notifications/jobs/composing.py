"""The letter as it is sent: what it says, by its kind, and its headers."""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from service.kit.mailer import Mail, Templates, mail_domain
from service.kit.outgoing import Outgoing
from service.notifications.jobs import digests, outcomes, reviews, threads
from service.notifications.jobs.drafts import Draft
from service.notifications.models import DECISIONS, REVIEWS, THREAD
from service.notifications.policy import list_path, unsubscribe_path
from service.notifications.queries import Letter

TEMPLATES: Final = Templates(Path(__file__).parent.parent / "templates")

NOT_IN_A_PHRASE: Final = str.maketrans("", "", '<>"\\()[],;:@')


def compose(letter: Letter, outgoing: Outgoing) -> Mail:
    """The letter as it is sent: text and HTML of the same words.

    The headers follow RFC 5322 (References), RFC 3834 (Auto-Submitted), RFC 2919 (List-Id) and RFC 8058
    (List-Unsubscribe by one click).
    """
    base_url = outgoing.base_url
    draft = draft_of(letter, outgoing)
    way_out = base_url + way_out_of(letter, outgoing.secret)
    around = {
        "site": letter.site, "site_url": base_url, "subject": draft.subject, "way_out": way_out,
        "settings_url": f"{base_url}/settings",
    }  # fmt: skip
    text, html = TEMPLATES.draw(draft.template, sanitised=draft.sanitised, **draft.facts, **around)
    return Mail(
        to=letter.to,
        subject=draft.subject,
        text=text,
        html=html,
        message_id=letter.message_id,
        from_name=f"{draft.sender} ({letter.site})" if draft.sender else letter.site,
        headers=threading(letter, base_url) | list_headers(letter.site, base_url, way_out),
    )


def draft_of(letter: Letter, outgoing: Outgoing) -> Draft:
    """What the letter says."""
    if letter.kind == THREAD:
        return threads.draft(letter, outgoing.base_url)
    if letter.kind == DECISIONS:
        return outcomes.draft(letter, outgoing)
    if letter.kind == REVIEWS:
        return reviews.draft(letter, outgoing)
    return digests.draft(letter, outgoing.base_url)


def way_out_of(letter: Letter, secret: str) -> str:
    """The page that ends letters like this one: the thread's is muted, a digest is given up, and so on."""
    if letter.kind == THREAD:
        return unsubscribe_path(secret, letter.account_id, letter.items[0].notice.thread_id)
    return list_path(secret, letter.account_id, letter.kind)


def list_headers(site: str, base_url: str, way_out: str) -> dict[str, str]:
    """That a program wrote this, for which list, and how one leaves it with one click."""
    host = urlsplit(base_url).hostname or "localhost"
    return {
        "Auto-Submitted": "auto-generated",
        "List-Id": f"{site.translate(NOT_IN_A_PHRASE)} <parley.{host}>",
        "List-Unsubscribe": f"<{way_out}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def threading(letter: Letter, base_url: str) -> dict[str, str]:
    """What makes all letters about a thread one conversation: an id for the thread itself, which no letter has, and
    the id of this person's letter about the reply that was answered, where they had one. Other letters stand alone.
    """
    if letter.kind != THREAD:
        return {}
    root = f"<thread-{letter.items[0].notice.thread_id}@{mail_domain(base_url)}>"
    chain = [root, letter.answers] if letter.answers else [root]
    return {"In-Reply-To": chain[-1], "References": " ".join(chain)}
