"""`/settings/notifications`: how somebody is told, by kind of news and channel, and when mail goes."""

from collections.abc import Iterator
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from service.accounts.current import Asking, Asks
from service.kit.actor import Actor
from service.kit.clock import MICROSECOND
from service.kit.database import Session
from service.kit.errors import Invalid, Problem
from service.kit.zones import known_zones
from service.notifications import operations, queries
from service.notifications.models import MODERATION, NotificationPreference
from service.notifications.policy import EVERY_CHANNEL, KINDS
from service.notifications.schemas.preferences import WEEKDAYS, ChangePreferences, clock_time, matrix
from service.pages import forms
from service.pages.frame import Frame, around
from service.pages.rendering import page
from service.pages.views.frame import Choice, Form
from service.pages.views.preferences import Group, KindRow, PreferencesPage
from service.web.answers import Answer, see_other
from service.web.later import LaterRoute

router = APIRouter(route_class=LaterRoute, include_in_schema=False)
HERE: Final = "/settings/notifications"

WORDS: Final = {
    "mention": "Somebody mentions you",
    "answer": "Somebody answers you",
    "quote": "Somebody quotes you",
    "reply": "A new reply in a thread you watch",
    "opening": "A new thread where you watch the category or tag",
    "closed": "A thread you watch is closed",
    "closing_soon": "A thread you watch closes within a day",
    "reminder": "A reminder you asked for",
    "decision": "A decision about you or what you wrote",
    "flag": "What became of a post you flagged",
    "appeal": "What became of your appeal",
    "reviews": "Posts or appeals wait for review",
}
GROUPS: Final = (
    ("About you", ("mention", "answer", "quote")),
    ("What you watch", ("reply", "opening", "closed", "closing_soon", "reminder")),
    ("Moderation", MODERATION),
    ("For moderators", ("reviews",)),
)
ALWAYS: Final = frozenset((kind, "site") for kind in MODERATION)
"""What nobody can switch off."""

CHANNELS: Final = {"site": "Here", "mail": "Mail", "push": "Push"}
DELAYS: Final = (
    Choice("", "As long as the site says"), Choice("PT0S", "Not at all"), Choice("PT5M", "5 minutes"),
    Choice("PT10M", "10 minutes"), Choice("PT15M", "15 minutes"), Choice("PT30M", "30 minutes"),
    Choice("PT60M", "An hour"),
)  # fmt: skip
DIGESTS: Final = (Choice("off", "One mail for each thread"), Choice("daily", "A digest each day"),
                  Choice("weekly", "A digest each week"))  # fmt: skip
HOURS: Final = tuple(Choice(str(hour), f"{hour:02}:00") for hour in range(24))
DAYS: Final = tuple(Choice(day, day.capitalize()) for day in WEEKDAYS)
ON_REPLY: Final = (
    Choice("watching", "Watch it"),
    Choice("tracking", "Count its new replies"),
    Choice("normal", "Neither"),
)
AFTER_READING: Final = (Choice("tracking", "Count its new replies"), Choice("normal", "Nothing"))
LABELS: Final = {
    "mail_delay": "How long mail waits", "time_zone": "Time zone", "from": "Quiet from",
    "until": "Quiet until", "digest_hour": "Hour of the digest",
}  # fmt: skip
ZONES: Final = tuple(sorted(zone for zone in known_zones() if "/" in zone or zone == "UTC"))
SAME: Final = ("digest", "digest_weekday", "time_zone", "on_reply", "after_reading")


@router.get(HERE)
async def show_preferences(asks: Asking, saved: bool = False) -> Response:
    """The form; a guest is sent to sign in."""
    return await _show(asks, saved=saved)


@router.post(HERE)
async def change_preferences(request: Request, asks: Asking) -> Response:
    """Store all of the form."""
    sent = await forms.read(request, most=80)
    push = request.app.state.pusher is not None

    def work(session: Session, actor: Actor) -> Answer:
        draft = sent.model(ChangePreferences, _fields(sent, actor.moderates_some, push))
        operations.change_preferences(session, actor, draft if isinstance(draft, Invalid) else draft.changes())
        return see_other(f"{HERE}?saved=true#preferences")

    outcome = await forms.attempt(asks, sent, work)
    return outcome if isinstance(outcome, Response) else await _show(asks, sent, outcome)


def _fields(sent: forms.Sent, moderates: bool, push: bool) -> dict[str, Any]:
    """The form as the JSON door has it; a box that is not there was not ticked, a choice not shown is not changed."""
    channels = [each for each in EVERY_CHANNEL if push or each != "push"]
    kinds = [each for each in KINDS if moderates or each != "reviews"]
    hour = sent.value("digest_hour")
    quiet = {"from": sent.value("from"), "until": sent.value("until")}
    days = [day for day in WEEKDAYS if sent.value(f"quiet_{day}")]
    return {name: sent.value(name) for name in SAME} | {
        "mail": bool(sent.value("mail")),
        "channels": {
            kind: {each: bool(sent.value(f"{kind}_{each}")) for each in channels if (kind, each) not in ALWAYS}
            for kind in kinds
        },
        "mail_delay": sent.value("mail_delay") or None,
        "digest_hour": int(hour) if hour.isascii() and hour.isdigit() and len(hour) < 4 else hour,
        "quiet_hours": quiet | {"days": days} if any(quiet.values()) else None,
    }


async def _show(
    asks: Asks, sent: forms.Sent | None = None, problem: Problem | None = None, *, saved: bool = False
) -> Response:
    push = asks.request.app.state.pusher is not None

    def load(session: Session, actor: Actor) -> tuple[Frame, PreferencesPage]:
        chosen = queries.own_preferences(session, actor)
        if sent:
            form = sent.again(problem, labels=LABELS)
        else:
            form = forms.fresh(dict(_values(chosen)), notice="That was saved." if saved else None)
        return around(session, actor, HERE), _view(form, chosen, moderates=actor.moderates_some, push=push)

    framed, view = await asks.read(load)
    return page("preferences.html", framed, view, status=problem.status if problem else 200)


def _view(form: Form, chosen: NotificationPreference, *, moderates: bool, push: bool) -> PreferencesPage:
    groups = tuple(
        Group(title, tuple(KindRow(kind, WORDS[kind]) for kind in kinds))
        for title, kinds in GROUPS
        if moderates or kinds != ("reviews",)
    )
    channels = tuple(Choice(name, words) for name, words in CHANNELS.items() if push or name != "push")
    return PreferencesPage(
        form=form, groups=groups, channels=channels, delays=DELAYS, digests=DIGESTS, hours=HOURS, days=DAYS,
        zones=ZONES, on_reply=ON_REPLY, after_reading=AFTER_READING,
        stopped_at=chosen.mail_stopped_at, stopped_because=chosen.mail_stopped_because,
    )  # fmt: skip


def _values(chosen: NotificationPreference) -> Iterator[tuple[str, str]]:
    """What holds, as the form has it."""
    yield from ((name, str(getattr(chosen, name))) for name in SAME if name != "digest_weekday")
    yield "digest_weekday", WEEKDAYS[chosen.digest_weekday]
    yield "digest_hour", str(chosen.digest_hour)
    yield "mail", "on" if chosen.mail else ""
    yield "mail_delay", "" if chosen.mail_delay is None else _delay(chosen.mail_delay)
    for kind, wanted in matrix(chosen).items():
        yield from ((f"{kind}_{channel}", "on" if on else "") for channel, on in wanted.items())
    if chosen.quiet_from is not None and chosen.quiet_until is not None:
        yield "from", clock_time(chosen.quiet_from)
        yield "until", clock_time(chosen.quiet_until)
    yield from ((f"quiet_{WEEKDAYS[day]}", "on") for day in chosen.quiet_days)


def _delay(micros: int) -> str:
    seconds = micros * MICROSECOND.microseconds // 1_000_000
    return "PT0S" if seconds == 0 else f"PT{seconds // 60}M" if seconds % 60 == 0 else f"PT{seconds}S"
