"""What the log shows of an entry: to whom, to what, with which facts."""

from typing import Any, Final

from service.audit.queries import Entry
from service.pages.log_words import phrase
from service.pages.views.frame import Person
from service.pages.views.log import LogLine

LEFT_OUT: Final = frozenset(
    ("thread_id", "reply_id", "category_id", "version", "review_id", "is_public", "before", "after", "action", "number")
)
"""Facts that the line says in another way, or that say nothing to people."""


def line_of(entry: Entry, title: str, undo: int | None, same_address: str | None) -> LogLine:
    """An entry as a line of the log, of the thread with this `title`; `undo`: its event's id, if it can be undone."""
    event, made = entry.event, entry.decision
    by = None if event.actor_role == "system" else person_of(entry)
    before, after = _states(entry)
    return LogLine(
        position=entry.position, at=event.at, by=by, role="" if event.actor_role == "member" else event.actor_role,
        phrase=_said(entry),
        subject=title or _subject(entry), url=_url(entry), change=f"{before} → {after}" if before != after else "",
        reason=made.reason if made else "", details=_details(event.facts), same_address=same_address, undo=undo,
        undone_at=made.undone_at if made else None,
    )  # fmt: skip


def person_of(entry: Entry) -> Person:
    """Who did it, by name."""
    return Person(entry.username, entry.username or ("A guest" if entry.event.actor_role == "guest" else "Somebody"))


def _said(entry: Entry) -> str:
    """What was done, with the action of a decision, and whether it was to a reply."""
    action, said = entry.event.facts.get("action"), phrase(entry.event.kind)
    if isinstance(action, str):
        verb, _, rest = said.partition(" ")
        said = f"{verb} ({action}) {rest}"
    return f"{said} a reply in" if said.endswith("about") and entry.event.facts.get("reply_id") else said


def _states(entry: Entry) -> tuple[str, str]:
    facts = entry.event.facts
    return str(facts.get("before") or ""), str(facts.get("after") or "")


def _subject(entry: Entry) -> str:
    """What it was done to: for a review, the post."""
    facts, event = entry.event.facts, entry.event
    if event.subject_type in ("review", "appeal", "flag"):
        for name in ("reply", "thread"):
            if isinstance(facts.get(f"{name}_id"), int):
                return f"{name} {facts[f'{name}_id']}"
    return f"{event.subject_type} {event.subject_id}"


def _url(entry: Entry) -> str | None:
    """Where the subject can be seen."""
    if entry.thread_id is None:
        return None
    number = entry.event.facts.get("number")
    return f"/t/{entry.thread_id}" + (f"#reply-{number}" if isinstance(number, int) else "")


def _details(facts: dict[str, Any]) -> str:
    """Further facts, as `fields: name, registration`."""
    told = ((name, value) for name, value in facts.items() if name not in LEFT_OUT and value not in (None, [], {}, ""))
    return " · ".join(f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in told)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(inner) for inner in value)
    return "yes" if value is True else "no" if value is False else str(value)
