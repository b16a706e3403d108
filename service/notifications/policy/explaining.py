"""Why somebody was told of a post, or was not, in sentences for people. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from service.notifications.policy.deciding import EVERY_CHANNEL
from service.notifications.policy.words import WHY

UNTOLD: Final = {
    "own": "It is their own post, or their own deed.",
    "not_shown": "It is not shown: nobody is told of what waits for a moderator, was hidden or was deleted.",
    "not_allowed": "They may not see its category.",
    "imported": "It was imported: nobody is told of what comes from elsewhere.",
    "pending": "It is being told now: the work waits in the queue.",
    "later": "Their account is younger than the post.",
    "muted": "They muted it, and are told of nothing in it.",
    "level": "At this level one is told when one is mentioned, answered or quoted, and none of that is so.",
    "choices": "There is a reason, but they chose to hear of it by no channel.",
    "changed": "As things stand now they would be told; when it happened, they were not as they are now.",
}
"""Why somebody was not told, by code."""

LEVELS: Final = {
    "watching": "watching", "watching_first": "watching for new threads", "tracking": "tracking", "normal": "normal",
    "muted": "muted",
}  # fmt: skip
SOURCES: Final = {
    "opened": "they opened the thread",
    "replied": "they replied in it",
    "read": "they read it for a while",
    "chosen": "they chose it",
    "tag": "their level on one of its tags",
    "category": "their level on its category",
}
DEEDS: Final = {"mentioned": "mentions", "answered": "answers", "quoted": "quotes"}
CHANNELS: Final = {"site": "on the site", "mail": "by mail", "push": "by push"}


@dataclass(frozen=True, slots=True)
class ChannelState:
    """What became of one channel. `state` is `unread`, `read`, `waiting`, `sending`, `sent`, `failed`, `dead`,
    `skipped` or `not_wanted`; `words` say the rest: the server's answer, or why it was skipped. `at` is when that
    state was reached, `due_at` when it is tried next, `attempts` how often it was tried.
    """

    channel: str
    state: str
    words: str = ""
    at: Any = None
    due_at: Any = None
    attempts: int = 0
    message_id: str | None = None


def steps(considered: Mapping[str, Any], tags: Mapping[int, str]) -> tuple[str, ...]:
    """The facts that were looked at, in the order in which they decide; `tags` are the names of tags by id."""
    return (*_levels(considered, tags), *_reasons(considered), *_choices(considered))


def steps_of_decision(considered: Mapping[str, Any]) -> tuple[str, ...]:
    """The same for what is told of decisions: levels are of no account to it, and the site always tells it."""
    told = "People are told what is decided about them, and what became of what they flagged or appealed."
    return told, "On the site nobody can switch that off.", *_choices(considered)


def _levels(considered: Mapping[str, Any], tags: Mapping[int, str]) -> Iterator[str]:
    if own := considered.get("own"):
        source = SOURCES.get(considered.get("own_reason", ""), "")
        yield f"Own level on the thread: {LEVELS[own]}{f', because {source}' if source else ''}."
    else:
        yield "Own level on the thread: none."
    if considered.get("author"):
        yield "They opened the thread."
    for tag, level in considered.get("tags", {}).items():
        yield f"Level on the tag “{tags.get(int(tag), tag)}”: {LEVELS[level]}."
    if category := considered.get("category"):
        yield f"Level on the category: {LEVELS[category]}."
    level, source = considered.get("level", "normal"), SOURCES.get(considered.get("from", ""), "nothing says otherwise")
    yield f"So the level is {LEVELS[level]}: {source}."


def _reasons(considered: Mapping[str, Any]) -> Iterator[str]:
    for name, deed in DEEDS.items():
        if considered.get(name):
            yield f"The post {deed} them."
    found = [WHY[reason] for reason in considered.get("reasons", ())]
    yield f"Reasons to tell them: {'; '.join(found)}." if found else "Reasons to tell them: none."


def _choices(considered: Mapping[str, Any]) -> Iterator[str]:
    if (mail := considered.get("mail")) is not None:
        yield "Mail was switched off." if mail == "off" else "Mail was stopped, because it came back."
    chosen = [CHANNELS[each] for each in EVERY_CHANNEL if each in considered.get("channels", ())]
    if considered.get("reasons"):
        yield f"Chosen for that: {', '.join(chosen)}." if chosen else "Chosen for that: no channel."
