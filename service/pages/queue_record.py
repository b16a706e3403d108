"""The record of decisions about a post as the queue shows it: who or which rule, when, and what made it so."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from service.moderation.queries import PostSeen, Record
from service.pages import moderating
from service.pages.views.queue import Match, RecordLine
from service.screening.models import Decision, HeldEdit

AROUND: Final = 80
"""Characters that are shown on each side of the words that a rule found."""

LONGEST: Final = 200
"""Characters of an input, or of matched words, that are shown."""

WHERE: Final = {"body": "in the text", "title": "in the title", "name": "in the author’s name"}
DONE: Final = {"hold": "Held", "edit": "Reworded", "pending": "Held", "published": "Let through"}
"""What rules do, beside the steps of moderators."""

UNSAID: Final = ("span", "inputs", "rule")


def lines_of(seen: PostSeen, edit: HeldEdit | None, records: Sequence[Record]) -> tuple[RecordLine, ...]:
    """The decisions about a post, the newest first."""
    return tuple(line_of(seen, edit, record) for record in records)


def ground_of(seen: PostSeen, edit: HeldEdit | None, records: Sequence[Record]) -> RecordLine | None:
    """The decision that brought the post into the queue: the newest one, where a rule took it and it stands."""
    newest = next((record for record in records if record.decision.undone_at is None), None)
    if newest is None or not newest.decision.automated or newest.decision.decided_by_id is not None:
        return None
    return line_of(seen, edit, newest)


def line_of(seen: PostSeen, edit: HeldEdit | None, record: Record) -> RecordLine:
    """One decision."""
    kept = record.decision
    return RecordLine(
        words=f"{_done(kept)} {_by(record)}".strip(),
        at=kept.decided_at,
        change=_change(kept),
        reason=kept.reason,
        match=match_of(seen, edit, kept),
        inputs=inputs_of(kept.evidence),
        undone=f"undone by {record.undoer or 'Parley'}" if kept.undone_at else "",
        url=f"/decisions/{kept.id}" if kept.account_id else "",
    )


def _done(kept: Decision) -> str:
    return moderating.DONE.get(kept.action) or DONE.get(kept.action, kept.action.capitalize())


def _by(record: Record) -> str:
    """Who decided, as a phrase behind the verb."""
    kept = record.decision
    if record.said is not None:
        return f"by the rule “{record.said.get('name', kept.rule_id)}” (version {kept.rule_version})"
    if named := facts_of(kept.evidence).get("rule"):
        return f"by the rule “{said(named)}”"
    if record.decider:
        return f"by {record.decider}"
    return "by Parley" if kept.automated else ""


def _change(kept: Decision) -> str:
    """What it changed: `pending → published`; empty where the post's state stayed."""
    if not kept.state_after or kept.state_before in ("", kept.state_after):
        return ""
    return f"{kept.state_before} → {kept.state_after}"


def match_of(seen: PostSeen, edit: HeldEdit | None, kept: Decision) -> Match | None:
    """The words that matched, with some around them; None where none did, or the text was edited since."""
    span = span_of(kept.evidence)
    if span is None or (seen.post.edited_at is not None and seen.post.edited_at > kept.decided_at):
        return None
    if kept.subject.startswith("edit:") and (edit is None or edit.made_at > kept.decided_at):
        return None  # it matched another text than the one that is known
    field, start, end = span
    text = _texts(seen, edit if kept.subject.startswith("edit:") else None).get(field, "")
    if end > len(text):
        return None
    return Match(
        before=text[:start] if start <= AROUND else f"…{text[start - AROUND : start].partition(' ')[2]}",
        words=text[start:end] if end - start <= LONGEST else f"{text[start : start + LONGEST]}…",
        after=text[end:] if len(text) - end <= AROUND else f"{text[end : end + AROUND].rpartition(' ')[0]}…",
        where=WHERE.get(field, ""),
    )


def span_of(evidence: Mapping[str, Any]) -> tuple[str, int, int] | None:
    """The field and the two places in it between which a rule found something; None where it was not words."""
    match evidence.get("span"):
        case [str() as field, int() as start, int() as end] if 0 <= start < end:
            return field, start, end
        case _:
            return None


def _texts(seen: PostSeen, edit: HeldEdit | None) -> Mapping[str, str]:
    """What a rule read of the post, by field, as it was typed."""
    if edit is not None:
        return {"body": edit.body, "title": edit.title, "name": seen.author_name or ""}
    return {"body": seen.post.body, "title": seen.thread.title, "name": seen.author_name or ""}


def inputs_of(evidence: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The facts that were looked at, by name, in a reader's words."""
    unsaid = UNSAID if span_of(evidence) is None else (*UNSAID, "field", "words")  # the match itself says these
    return tuple(
        (name.replace("_", " "), said(value))
        for name, value in facts_of(evidence).items()
        if name not in unsaid and value not in (None, "", [])
    )


def facts_of(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that was looked at, by name."""
    looked_at = evidence.get("inputs")
    return {**evidence, **(looked_at if isinstance(looked_at, dict) else {})}


def said(value: Any) -> str:
    """A fact in words: lists with commas, yes and no; never longer than a line or two."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
