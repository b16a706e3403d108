"""On a person's page, for moderators: suspending and silencing them, ending that, and what there was before."""

from datetime import timedelta
from typing import Final

from fastapi import Response

from service.accounts.current import Asks
from service.accounts.models import Account
from service.accounts.policy import SILENCE, SUSPENSION
from service.kit.actor import Actor
from service.kit.clock import now
from service.kit.database import Session
from service.kit.errors import Invalid, Problem, invalid
from service.moderation.operations.suspending import SuspensionWish, lift, suspend
from service.moderation.policy import check_may_suspend, suggested_days
from service.moderation.queries.suspensions import SuspensionSeen, count_suspensions, list_suspensions
from service.moderation.schemas.suspensions import SuspendAccount, to_wish
from service.pages import forms
from service.pages.thread_views import allowed
from service.pages.views.frame import Choice, Form
from service.pages.views.suspending import Suspending, SuspensionLine
from service.web.answers import Answer, see_other

STOP: Final = "stop"
LIFT: Final = "lift:"
"""The buttons; behind the second stands which of both ends."""

MOST_SHOWN: Final = 50
FOR_EVER: Final = "ever"
SPANS: Final = {"1": "1 day", "3": "3 days", "7": "7 days", "30": "30 days", "365": "A year", FOR_EVER: "For ever"}
KINDS: Final = (
    Choice(SILENCE, "Silence: may read, and not write"),
    Choice(SUSPENSION, "Suspend: may not sign in"),
)
WORDS: Final = {SILENCE: "silenced", SUSPENSION: "suspended"}
SAVED: Final = {
    "silenced": "They may read, and not write, from now on.",
    "suspended": "They are signed out everywhere, and may not sign in.",
    "lifted": "It has ended.",
}
LABELS: Final = {"until": "How long", "reason": "Reason", "note": "Note"}


def is_about_suspending(deed: str) -> bool:
    """Whether the button is one of these forms'."""
    return deed == STOP or deed.startswith(LIFT)


async def change(asks: Asks, sent: forms.Sent, username: str, here: str) -> Response | Problem:
    """What the button says; 303 to the person's page at `here`."""
    kind = sent.deed.removeprefix(LIFT) if sent.deed != STOP else sent.value("kind")
    if kind not in WORDS:
        return invalid("/kind", "must be one of the choices")
    draft = sent.model(SuspendAccount, {"reason": sent.value("reason"), "note": sent.value("note")})

    def work(session: Session, actor: Actor) -> Answer:
        if sent.deed == STOP:
            suspend(session, actor, username, _timed(session, sent, draft, kind))
            return see_other(f"{here}?saved={WORDS[kind]}#suspending")
        lift(session, actor, username, silences=kind == SILENCE)
        return see_other(f"{here}?saved=lifted#suspending")

    return await forms.attempt(asks, sent, work)


def _timed(session: Session, sent: forms.Sent, draft: SuspendAccount | Invalid, kind: str) -> SuspensionWish | Invalid:
    """The wish that the form states, its span from now on."""
    wish, span = to_wish(draft), sent.value("span")
    if isinstance(wish, Invalid):
        return wish
    if span not in SPANS:
        return invalid("/span", "must be one of the choices")
    until = None if span == FOR_EVER else now(session) + timedelta(days=int(span))
    return SuspensionWish(until, wish.reason, wish.note, kind == SILENCE)


def suspending(session: Session, actor: Actor, account: Account, refused: Form | None, saved: str) -> Suspending | None:
    """The part of the page; None for who moderates not the whole site. The span that is chosen at first grows with
    how often there was something before.
    """
    if not actor.moderates_all:
        return None
    rows, at = list_suspensions(session, account.id, None, MOST_SHOWN)[:MOST_SHOWN], now(session)
    may = allowed(check_may_suspend, actor, account)
    days = suggested_days(count_suspensions(session, account.id)) if may else 0
    fresh = forms.fresh({"kind": SILENCE, "span": str(days)}, notice=SAVED.get(saved))
    form = (refused or fresh) if may else None
    return Suspending(
        form=form,
        kinds=KINDS,
        spans=tuple(Choice(value, words) for value, words in SPANS.items()),
        history=tuple(_line(seen, ends=may and seen.runs(at)) for seen in rows),
        is_open=bool(form and (form.refusal or form.notice)),
    )


def _line(seen: SuspensionSeen, *, ends: bool) -> SuspensionLine:
    row = seen.row
    kind = SILENCE if row.silences else SUSPENSION
    return SuspensionLine(
        WORDS[kind].capitalize(), row.begins_at, row.until, seen.made_by, row.reason, row.note, row.lifted_at,
        seen.lifted_by, f"{LIFT}{kind}" if ends else None,
    )  # fmt: skip
