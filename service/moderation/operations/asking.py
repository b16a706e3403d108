"""What follows from asking a program elsewhere about a post that waits: a step, or none; and when it is not asked."""

from typing import Any, Final

from sqlmodel import Session

from service.kit.actor import SYSTEM
from service.kit.clock import now
from service.kit.errors import NotFound
from service.kit.queue import enqueue
from service.moderation.events import ReviewDecided
from service.moderation.operations.deciding import Decision, Locked, lock_post, review_of, take_step
from service.moderation.queries.asking import held_by, judged_by
from service.replies.events import ReplyHeld
from service.screening.models import Rule
from service.screening.policy.asking import ACTION_OF, Judgement, rest_after
from service.threads.events import ThreadHeld

ASK: Final = "moderation.ask_outside"
TELL: Final = "moderation.tell_outside"
LEARNT_FROM: Final = {"approve": "pass", "restore": "pass", "reject": "reject", "hide": "reject", "spam": "spam"}
"""What a person's decision says of a post, in the words of the program's own answers."""


def ask_program(session: Session, event: ReplyHeld | ThreadHeld, event_id: int) -> None:
    """Listener: a rule holds a post until the program elsewhere has been asked about it; a job asks."""
    verdict = event.verdict
    if verdict is None or verdict.to_ask is None:
        return
    rule, reply_id = verdict.to_ask, event.reply_id if isinstance(event, ReplyHeld) else None
    asked = {"thread": event.thread_id, "reply": reply_id, "version": event.version}
    enqueue(session, ASK, {"rule": rule.id, "rule_version": rule.version} | asked)


def follow_judgement(session: Session, payload: dict[str, Any], judgement: Judgement) -> None:
    """Do what the program's answer says to a post that still waits; `hold` leaves it to a moderator.

    Its labels are kept with the record. A post that somebody decided about meanwhile, or changed, stays as it is.
    """
    _note_success(session, payload["rule"])
    found = {"result": judgement.result, "labels": list(judgement.labels)}
    _settle(session, payload, ACTION_OF[judgement.result], found)


def do_without(session: Session, payload: dict[str, Any], *, publishes: bool, why: str) -> None:
    """There is no answer: a rule that fails open publishes the post, one that fails closed leaves it to a moderator."""
    _settle(session, payload, "approve" if publishes else None, {"failed": why})


def note_failure(session: Session, rule_id: int) -> bool:
    """Count a failure of the program; after five in a row it is left in peace for a while, which this returns."""
    rule = session.get(Rule, rule_id, with_for_update=True, populate_existing=True)
    if rule is None:
        return True
    rule.failures += 1
    rule.resting_until = rest_after(rule.failures, now(session))
    session.add(rule)
    return rule.resting_until is not None


def _note_success(session: Session, rule_id: int) -> None:
    rule = session.get(Rule, rule_id, with_for_update=True, populate_existing=True)
    if rule is not None and rule.failures:
        rule.failures, rule.resting_until = 0, None
        session.add(rule)


def _settle(session: Session, payload: dict[str, Any], action: Any, found: dict[str, Any]) -> None:
    try:
        locked = lock_post(session, SYSTEM, payload["thread"], payload["reply"])
    except NotFound:
        return
    if locked.moderation != "pending" or locked.post.version != payload["version"]:
        return
    if action is None:
        _note(session, locked, payload["rule"], found)
        return
    decided = Decision(action, override=True)
    kept = take_step(session, SYSTEM, locked, review_of(session, locked), decided)
    kept.rule_id, kept.rule_version, kept.ground = payload["rule"], payload.get("rule_version"), "rules"
    kept.automated, kept.evidence = True, {"inputs": found}
    session.add(kept)
    if action == "spam":
        locked.post.is_quiet = True  # a rule took it for spam: it still waits, as far as its author knows
        session.add(locked.post)


def _note(session: Session, locked: Locked, rule_id: int, found: dict[str, Any]) -> None:
    """Keep with the hold what the program said, or that it did not answer: the moderator who decides reads it."""
    held = held_by(session, locked.subject, rule_id)
    if held is not None:
        held.evidence = {**held.evidence, "inputs": {**held.evidence.get("inputs", {}), **found}}
        session.add(held)


def teach(session: Session, event: ReviewDecided, event_id: int) -> None:
    """Listener: what a person decided about a post is told to the program that judged it, so that it can learn."""
    result = LEARNT_FROM.get(event.action)
    is_of_edit = event.before == event.after  # the text that was judged is not the one that was decided about
    if result is None or is_of_edit or not event.actor.signed_in:
        return
    subject = f"reply:{event.reply_id}" if event.reply_id else f"thread:{event.thread_id}"
    rule_id = judged_by(session, subject)
    if rule_id is not None:
        told = {"rule": rule_id, "thread": event.thread_id, "reply": event.reply_id, "result": result}
        enqueue(session, TELL, told)
