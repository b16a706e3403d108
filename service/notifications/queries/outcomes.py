"""What notices of decisions say: about the person, about what they flagged, about what they appealed. Read afresh."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlmodel import Session, col

from service.kit.actor import Actor
from service.moderation.models import GONE as AUTHOR_DELETED
from service.moderation.models import OPEN, Flag
from service.moderation.queries.reasons import appeal_of, flag_of, sentence_of, undone_of
from service.moderation.queries.statements import statements_of
from service.moderation.queries.stating import Statement
from service.notifications.models import APPEAL, FLAG
from service.screening.models import EDIT

UNDONE: Final = "undone"
"""What `considered` has under `said` where the notice is that a decision was undone."""

GONE_POST: Final = "gone"
"""The outcome of a flag whose post its author deleted before anybody looked."""

HERE: Final = "/notifications"
GONE: Final = "what was decided is not there any more"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What such a notice says: one sentence, where it leads, and why it is not to be sent any more (None: it is).

    `statement` is the decision that it is about, as its reader may read it; None where they may not: a flagger learns
    what became of their flag, and no more of the decision.
    """

    sentence: str
    url: str
    over: str | None
    statement: Statement | None = None


def outcomes_of(session: Session, reader: Actor, told: Mapping[int, tuple[str, dict[str, Any]]]) -> dict[int, Outcome]:
    """The outcomes that these notices of one person tell, by notification; each is given by its kind and what was
    `considered`.
    """
    if not told:
        return {}
    named = {facts["decision"] for _, facts in told.values() if facts.get("decision")}
    statements = statements_of(session, sorted(named), reader)
    flags = _flags(session, {facts["flag"] for kind, facts in told.values() if kind == FLAG})
    return {
        each: _outcome(kind, facts, statements.get(facts.get("decision") or 0), flags.get(facts.get("flag") or 0))
        for each, (kind, facts) in told.items()
    }


def _flags(session: Session, ids: set[int]) -> dict[int | None, Flag]:
    if not ids:
        return {}
    query = select(Flag).where(col(Flag.id).in_(ids)).execution_options(populate_existing=True)
    return {flag.id: flag for flag in session.scalars(query)}


def _outcome(kind: str, facts: dict[str, Any], seen: Statement | None, flag: Flag | None) -> Outcome:
    if kind == FLAG:
        return _of_flag(facts, seen, flag)
    if seen is None:
        return Outcome("A decision about you", HERE, GONE)
    if kind == APPEAL:
        waits = seen.appeal is None or seen.appeal.state == OPEN
        return Outcome(appeal_of(seen), seen.url, "the appeal waits again" if waits else None, seen)
    if facts.get("said") == UNDONE:
        back = None if seen.decision.undone_at else "the decision stands"
        return Outcome(undone_of(seen), seen.url, back, seen)
    over = "the decision was undone" if seen.decision.undone_at else None if _holds(seen) else "it is so no more"
    return Outcome(sentence_of(seen), seen.url, over, seen)


def _holds(seen: Statement) -> bool:
    """Whether what was decided is so now; what relieved a person is, and that a text was changed, once for all."""
    return seen.in_force or seen.decision.action == EDIT or (seen.about == "account" and not seen.decision.restricts)


def _of_flag(facts: dict[str, Any], seen: Statement | None, flag: Flag | None) -> Outcome:
    outcome = str(facts.get("outcome"))
    decided = flag is not None and flag.resolved_at is not None and flag.outcome == outcome
    over = None if decided else "the flag waits again"
    if outcome == GONE_POST:
        return Outcome("The author of a post that you flagged has deleted it", HERE, over)
    if seen is None:
        became = "was upheld: the post is not shown any more" if outcome == "upheld" else "was not upheld"
        became = "is settled: its author deleted it" if outcome == AUTHOR_DELETED else became
        return Outcome(f"Your flag of a post {became}", HERE, over)
    post = seen.reply or seen.thread
    shown = post is not None and post.moderation == "published" and seen.titled
    return Outcome(flag_of(seen, outcome), (seen.post_url or HERE) if shown else HERE, over)
