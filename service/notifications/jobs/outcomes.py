"""Telling what was decided: the jobs, and the letter, which says all that a statement of reasons has to say."""

from dataclasses import dataclass
from typing import Final

from service.kit.database import Session
from service.kit.mailer import mail_domain
from service.kit.outgoing import Outgoing
from service.kit.queue import Run
from service.kit.text import plain
from service.moderation.queries import reasons
from service.moderation.queries.stating import Statement
from service.notifications.jobs.bodies import quoted
from service.notifications.jobs.drafts import Draft, count, in_words
from service.notifications.models import APPEAL, DECISION
from service.notifications.operations.outcomes import Means
from service.notifications.operations.outcomes import tell_appeal as tell_one_appeal
from service.notifications.operations.outcomes import tell_decision as tell_one_decision
from service.notifications.operations.outcomes import tell_flag as tell_one_flag
from service.notifications.policy.statement_links import statement_link
from service.notifications.queries import Item, Letter, shown_in

EXCERPT: Final = 300
"""Characters of the person's own text that the letter shows."""

NO_SIGN_IN: Final = "The link needs no signing in; keep it to yourself."


@dataclass(frozen=True, slots=True)
class Entry:
    """One outcome as a template shows it: the sentence, when, the beginning of the person's own text, what else is to
    be said (`words`), the `reason` that was given and by whom (`said_by`), and where it is read and appealed.
    """

    sentence: str
    when: str
    excerpt: str
    words: tuple[str, ...]
    said_by: str
    reason: str
    redress: tuple[str, ...]
    url: str


def means_of(run: Run[Outgoing]) -> Means:
    """How this site brings what it tells."""
    context = run.context
    return Means(context.mail_delay, mail_domain(context.base_url), context.pusher is not None)


def tell_decision(session: Session, run: Run[Outgoing]) -> None:
    """Tell a decision to whom it is about, or that it was undone; payload `{decision}`."""
    tell_one_decision(session, run.payload["decision"], means_of(run))


def tell_flag(session: Session, run: Run[Outgoing]) -> None:
    """Tell a flagger the outcome; payload `{flag, decision, event}`."""
    asked = run.payload
    tell_one_flag(session, asked["flag"], asked["decision"], asked["event"], means_of(run))


def tell_appeal(session: Session, run: Run[Outgoing]) -> None:
    """Tell who appealed the outcome; payload `{appeal, event}`."""
    tell_one_appeal(session, run.payload["appeal"], run.payload["event"], means_of(run))


def draft(letter: Letter, outgoing: Outgoing) -> Draft:
    """What a letter about decisions says."""
    items = shown_in(letter.kind, letter.items)
    entries = [entry(item, letter, outgoing) for item in items]
    alone = len(letter.items) == 1
    headline = entries[0].sentence if alone else count(len(letter.items), "decision", "decisions")
    facts = {
        "headline": headline,
        "entries": entries,
        "alone": alone,
        "more": len(letter.items) - len(entries),
        "url": entries[0].url if alone or letter.suspended else f"{outgoing.base_url}/notifications",
        "hint": NO_SIGN_IN if "/statement/" in entries[0].url else "",
        "invitation": "Read the whole decision" if alone or letter.suspended else "See them all on the site",
        "kinds": {item.notice.kind for item in items},
    }
    return Draft("decisions", headline if alone else f"{letter.site}: {headline}", facts)


def entry(item: Item, letter: Letter, outgoing: Outgoing) -> Entry:
    """One outcome for the template."""
    notice, seen = item.notice, item.notice.outcome.statement if item.notice.outcome else None
    full = seen if seen and notice.kind == DECISION and seen.decision.undone_at is None else None
    by, reason = said_of(notice.kind, seen if full or notice.kind == APPEAL else None)
    return Entry(
        sentence=notice.sentence,
        when=in_words(notice.created_at, letter.zone),
        excerpt=plain(full.text, most=EXCERPT) if full and full.about != "account" else "",
        words=words_of(full, letter) if full else (),
        said_by=by,
        reason=reason,
        redress=redress_of(full, letter) if full else (),
        url=outgoing.base_url + place(item, letter, outgoing),
    )


def words_of(seen: Statement, letter: Letter) -> tuple[str, ...]:
    """How far it goes and how long, the ground, the rule, and by what means it was found and decided."""
    if not seen.decision.restricts:
        return ()
    ends = in_words(seen.ends_at, letter.zone) if seen.ends_at else ""
    rule = f"The rule: {seen.rule_reason}" if seen.rule_reason else ""
    duration = reasons.duration_of(seen, ends)
    said = (reasons.scope_of(seen), duration, reasons.grounds_of(seen), rule, *reasons.means_of(seen))
    return tuple(each for each in said if each)


def said_of(kind: str, seen: Statement | None) -> tuple[str, str]:
    """The reason that was given, and what to say before it."""
    if seen is None:
        return "", ""
    if kind == APPEAL:
        return "The moderator who looked at it wrote:", seen.appeal.reason if seen.appeal else ""
    return "The reason given:", seen.decision.reason


def redress_of(seen: Statement, letter: Letter) -> tuple[str, ...]:
    """What the person can do about it."""
    if not seen.decision.restricts:
        return ()
    until = f"You can appeal until {in_words(seen.appeal_until, letter.zone)}; another moderator then looks at it."
    contact = f"Beside that you can turn to: {seen.contact}" if seen.contact else ""
    return tuple(each for each in (until if seen.can_appeal else "", contact) if each)


def place(item: Item, letter: Letter, outgoing: Outgoing) -> str:
    """Where it is read: for who cannot sign in, by a link that needs no signing in."""
    notice = item.notice
    seen = notice.outcome.statement if notice.outcome else None
    if seen is not None and (letter.suspended or seen.decision.action == "suspend"):
        return statement_link(outgoing.secret, letter.account_id, seen.id, letter.now)
    return quoted(notice.url)
