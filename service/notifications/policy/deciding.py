"""Who is told of some news, why, and by which channels. Pure: everything it looks at is handed in."""

from dataclasses import dataclass
from typing import Any, Final

from service.notifications.models import (
    CHANNELS,
    CLOSED,
    CLOSING_SOON,
    MAIL,
    MODERATION,
    OPENING,
    PUSH,
    REMINDER,
    REPLY,
    NotificationPreference,
)
from service.subscriptions.models import MUTED, WATCHING, WATCHING_FIRST
from service.subscriptions.policy import CATEGORY, CHOSEN, TAG, Effective, effective
from service.subscriptions.queries import Reader

MENTIONED: Final = "mentioned"
ANSWERED: Final = "answered"
QUOTED: Final = "quoted"
"""The reasons that come from a post itself, the most personal first."""

PERSONAL: Final = (MENTIONED, ANSWERED, QUOTED)
"""Reasons for which one is told without watching the thread."""

ASKED: Final = "asked"
"""The reason of a reminder."""

AFFECTED: Final = "affected"
FLAGGED: Final = "flagged"
APPEALED: Final = "appealed"
"""The reasons of notices about decisions: it is about the person; they flagged the post; they appealed."""

SITE: Final = "site"
EVERY_CHANNEL: Final = (SITE, *CHANNELS)

KINDS: Final = (
    "mention", "answer", "quote", "reply", "opening", "closed", "closing_soon", "reminder", *MODERATION, "reviews",
)  # fmt: skip
"""What people choose their channels for."""

OFF_BY_DEFAULT: Final = frozenset(
    {
        ("closing_soon", SITE),
        ("closing_soon", MAIL),
        ("closing_soon", PUSH),
        ("closed", PUSH),
        ("reviews", PUSH),
        *((kind, PUSH) for kind in MODERATION),
    }
)
"""What nobody gets who did not ask for it: that a thread will close, and on the telephone what can wait."""

WATCHED: Final = {
    REPLY: (WATCHING,), OPENING: (WATCHING, WATCHING_FIRST), CLOSED: (WATCHING,), CLOSING_SOON: (WATCHING,),
}  # fmt: skip
"""The levels at which one is told of each kind of news without being named in it."""

CHOICE_FOR: Final = {MENTIONED: "mention", ANSWERED: "answer", QUOTED: "quote"}
"""The choice that holds for a personal reason; for the others the news itself says which."""

CHOICE_OF: Final = {
    REPLY: "reply", OPENING: "opening", CLOSED: "closed", CLOSING_SOON: "closing_soon", REMINDER: "reminder",
} | {kind: kind for kind in MODERATION}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """What comes of some news for one person: `reason` why they are told (None: they are not), by which `channels`,
    and `considered`, the facts and choices behind it: small, without texts or names, fit to be stored.
    """

    reason: str | None
    channels: tuple[str, ...]
    considered: dict[str, Any]

    @property
    def told(self) -> bool:
        """Whether they hear of it at all."""
        return self.reason is not None


DEFAULTS: Final = NotificationPreference(account_id=0)
"""What holds for who has no row."""


def wants(preference: NotificationPreference, choice: str, channel: str) -> bool:
    """Whether somebody wants news of a kind (one of KINDS) by a channel. No mail goes where all of it is off.

    What was decided about somebody is always said on the site: nobody can choose not to know.
    """
    if channel == SITE and choice in MODERATION:
        return True
    if channel == MAIL and mail_is_off(preference):
        return False
    by_default = (choice, channel) not in OFF_BY_DEFAULT
    return bool(preference.channels.get(choice, {}).get(channel, by_default))


def mail_is_off(preference: NotificationPreference) -> str | None:
    """Why somebody gets no mail of any kind: `off` (they said so), `stopped` (it came back); None when they do."""
    if not preference.mail:
        return "off"
    return "stopped" if preference.mail_stopped_at is not None else None


def choice_of(kind: str, reason: str) -> str:
    """Which of KINDS a notification of this kind falls under, for this reason."""
    return CHOICE_FOR.get(reason) or CHOICE_OF[kind]


def reasons(reader: Reader, kind: str, *, followers: bool = True) -> tuple[str, ...]:
    """Every reason that holds for telling somebody of a kind of news, the most personal first; none for who muted it.

    Without `followers` the news are for those alone whom the post names, answers or quotes, as those of an edit are.
    """
    level = effective(reader.bearings)
    if level.level == MUTED:
        return ()
    if reader.asked:
        return (ASKED,)
    personal = zip(PERSONAL, (reader.mentioned, reader.answered, reader.quoted), strict=True)
    found = [reason for reason, holds in personal if holds]
    # Who has a level on the thread itself was in it before they could be told that it was opened.
    news = kind != OPENING or level.reason in (TAG, CATEGORY)
    if followers and news and level.level in WATCHED.get(kind, ()):
        found.append(level.reason or CHOSEN)
    return tuple(found)


def decide(
    reader: Reader, kind: str, preference: NotificationPreference = DEFAULTS, *, followers: bool = True
) -> Decision:
    """Whether, why and how one person is told of some news of a `kind` (see the models).

    Each channel is used when any reason that holds is wanted there; the reason given is the most personal of those
    that are wanted anywhere. So who wants no word of mentions, but watches the thread, is told of a reply.
    """
    found = reasons(reader, kind, followers=followers)
    wanted = {
        reason: [channel for channel in EVERY_CHANNEL if wants(preference, choice_of(kind, reason), channel)]
        for reason in found
    }
    channels = tuple(each for each in EVERY_CHANNEL if any(each in of for of in wanted.values()))
    reason = next((each for each in found if wanted[each]), None)
    facts = considered(reader, effective(reader.bearings))
    choices = {"mail": mail_is_off(preference), "reasons": list(found), "channels": list(channels)}
    return Decision(reason, channels, facts | {name: value for name, value in choices.items() if value is not None})


def considered(reader: Reader, level: Effective) -> dict[str, Any]:
    """The facts that a decision rests on; those that are not so are left out."""
    of = reader.bearings
    facts: dict[str, Any] = {
        "level": level.level, "from": level.reason, "tag": level.tag, "own": of.own, "own_reason": of.own_reason,
        "author": of.is_author, "tags": {str(tag): at for tag, at in sorted(of.tags.items())}, "category": of.category,
        "mentioned": reader.mentioned, "answered": reader.answered, "quoted": reader.quoted,
        "asked": reader.asked,
    }  # fmt: skip
    return {name: value for name, value in facts.items() if value}
