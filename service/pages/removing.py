"""On a person's page, for moderators: taking away all that a new account has posted, with what that would be."""

from typing import Final

from starlette.responses import Response

from service.accounts.current import Asks
from service.accounts.models import Account
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Problem
from service.moderation.operations import foresee_removal, remove_posts, undo_event
from service.moderation.operations.removing import MOST
from service.moderation.schemas.removing import RemovePosts, to_removal
from service.pages import forms, undoing
from service.pages.views.frame import Form
from service.pages.views.removing import Removing
from service.web.answers import Answer, see_other

REMOVE: Final = "remove-posts"
LABELS: Final = {"reason": "Reason"}


def is_about_removing(deed: str) -> bool:
    """Whether the button is one of this form's."""
    return deed in (REMOVE, undoing.DEED)


async def change(asks: Asks, sent: forms.Sent, username: str, here: str) -> Response | Problem:
    """Take the posts away, or bring them back; 303 to the person's page at `here`."""
    silence = bool(sent.value("silence"))
    removal = to_removal(sent.model(RemovePosts, {"reason": sent.value("reason"), "silence": silence}))

    def work(session: Session, actor: Actor) -> Answer:
        if sent.deed == undoing.DEED:
            undo_event(session, actor, sent.number("event") or 0)
            return see_other(f"{here}?saved=brought-back#removing")
        done = remove_posts(session, actor, username, removal)
        entry = done.batch.event_id if done.batch else ""
        return see_other(f"{here}?saved=removed-{done.removed}&entry={entry}#removing")

    return await forms.attempt(asks, sent, work)


def removing(
    session: Session, actor: Actor, account: Account, refused: Form | None, saved: str, entry: int | None
) -> Removing | None:
    """The part of the page; None for who may not, and where the account is not new."""
    if not actor.moderates_all or account.id == actor.account_id:
        return None
    try:
        counts = foresee_removal(session, actor, account.username)
    except Problem:
        return None
    kinds = {kind: sum(count for (each, _), count in counts.items() if each == kind) for kind in ("reply", "thread")}
    total = sum(kinds.values())
    form = refused or forms.fresh(notice=_notice(saved))
    return Removing(
        form=form,
        there_is=" and ".join(_so_many(count, kind) for kind, count in kinds.items() if count),
        button=f"Move {_so_many(min(total, MOST), 'post')} to the spam",
        undo=undoing.undo_at(session, actor, entry),
        is_open=bool(form.refusal or form.notice),
    )


def _notice(saved: str) -> str | None:
    if saved == "brought-back":
        return "Everything is back as it was."
    said, _, count = saved.partition("-")
    if said != "removed" or not (count.isascii() and count.isdigit() and len(count) < 5):
        return None
    return f"{_so_many(int(count), 'post')} {'is' if int(count) == 1 else 'are'} in the spam now."


def _so_many(count: int, kind: str) -> str:
    many = {"reply": "replies", "thread": "threads", "post": "posts"}
    return f"{count} {kind if count == 1 else many[kind]}"
