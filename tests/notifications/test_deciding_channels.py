"""By which channels somebody is told: every choice of channels, against the rule in one line."""

from itertools import product
from typing import Any

import pytest

from service.kit.clock import EPOCH
from service.notifications.models import MODERATION, NotificationPreference
from service.notifications.policy import DEFAULTS, EVERY_CHANNEL, KINDS, choice_of, decide, mail_is_off, wants
from service.subscriptions.policy import Bearings
from service.subscriptions.queries import Reader

pytestmark = pytest.mark.no_database

WATCHER = Bearings("watching", "chosen")
SWITCHES = [dict(zip(EVERY_CHANNEL, row, strict=True)) for row in product([True, False], repeat=3)]


def prefers(**more: Any) -> NotificationPreference:
    return NotificationPreference(account_id=1, **more)


def test_by_default_everything_comes_but_what_can_wait() -> None:
    off = {(kind, channel) for kind, channel in product(KINDS, EVERY_CHANNEL) if not wants(DEFAULTS, kind, channel)}
    soon = {("closing_soon", channel) for channel in EVERY_CHANNEL}
    assert off == soon | {(kind, "push") for kind in ("closed", "reviews", "decision", "flag", "appeal")}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("channel", EVERY_CHANNEL)
def test_a_choice_holds_for_its_kind_and_channel_alone(kind: str, channel: str) -> None:
    """And that the site says what is decided about somebody is nobody's choice."""
    for wanted in (True, False):
        chosen = prefers(channels={kind: {channel: wanted}})
        for other, by in product(KINDS, EVERY_CHANNEL):
            here = (other, by) == (kind, channel) and (kind not in MODERATION or channel != "site")
            assert wants(chosen, other, by) == (wanted if here else wants(DEFAULTS, other, by))


@pytest.mark.parametrize(
    ("more", "why"),
    [({"mail": False}, "off"), ({"mail_stopped_at": EPOCH}, "stopped"), ({}, None)],
)  # fmt: skip
def test_no_mail_of_any_kind_where_it_is_off_or_came_back(more: dict[str, Any], why: str | None) -> None:
    preference = prefers(channels={kind: {"mail": True} for kind in KINDS}, **more)
    assert mail_is_off(preference) == why
    for kind in KINDS:
        assert wants(preference, kind, "mail") == (why is None)
        assert wants(preference, kind, "site") == wants(DEFAULTS, kind, "site")
    decision = decide(Reader(1, WATCHER), "reply", preference)
    assert ("mail" in decision.channels) == (why is None)
    assert decision.considered.get("mail") == why


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("mention", SWITCHES)
@pytest.mark.parametrize("reply", SWITCHES)
def test_a_channel_is_used_when_any_reason_is_wanted_there(
    mention: dict[str, bool], reply: dict[str, bool], named: bool
) -> None:
    preference = prefers(channels={"mention": mention, "reply": reply})
    decision = decide(Reader(1, WATCHER, mentioned=named), "reply", preference)
    used = {channel for channel in EVERY_CHANNEL if reply[channel] or (named and mention[channel])}
    assert set(decision.channels) == used
    assert decision.told == bool(used)
    first = "mentioned" if named and any(mention.values()) else "chosen"
    assert decision.reason == (first if used else None)


@pytest.mark.parametrize(
    ("kind", "reason", "choice"),
    [
        ("reply", "mentioned", "mention"), ("thread", "mentioned", "mention"), ("reply", "answered", "answer"),
        ("reply", "quoted", "quote"), ("reply", "opened", "reply"), ("reply", "tag", "reply"),
        ("thread", "category", "opening"), ("closed", "opened", "closed"), ("closing_soon", "chosen", "closing_soon"),
        ("reminder", "asked", "reminder"),
    ],
)  # fmt: skip
def test_which_choice_a_notification_falls_under(kind: str, reason: str, choice: str) -> None:
    assert choice_of(kind, reason) == choice
    assert choice in KINDS
