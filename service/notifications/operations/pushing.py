"""Bring push messages: put them into the queue, then take, send (jobs/pushing.py) and record, as letters are.

What waits for one person when a message is sent goes with it: after quiet hours, or a worker's absence, a browser shows
one message and not twenty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import insert, update
from sqlmodel import Session, col

from service.devices.operations import note_push
from service.devices.queries import devices_of, with_devices
from service.kit.clock import now
from service.kit.database.rows import changed, stored_id, table_of
from service.kit.push import PushAddress, PushOutcome
from service.kit.queue import enqueue, enqueue_many
from service.notifications.models import DEAD, FAILED, PUSH, SENDING, SENT, SKIPPED, WAITING, Delivery
from service.notifications.policy import DEFAULTS, why_not
from service.notifications.policy.timing import quiet_until, times_of
from service.notifications.queries.items import Item, Post, posts_of
from service.notifications.queries.preferences import preferences_of
from service.notifications.queries.pushes import items_pushed, lock_receiver, waiting_with

BRING_PUSH: Final = "notifications.push"
"""The kind of job that sends one push message."""

TOGETHER: Final = "told in one message with delivery {}"
"""The last word about a delivery that went along with another."""

ADD_PUSH: Final = insert(table_of(Delivery)).returning(table_of(Delivery).c.id)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one message tells, in the order of its events; the text of the last post, by notification; and the browsers
    that it is for, by device.
    """

    items: tuple[Item, ...]
    posts: dict[int, Post]
    addresses: dict[int, PushAddress]


def add_pushes(session: Session, notifications: dict[int, int]) -> None:
    """A delivery by push for each of these notifications (by account) whose person has a browser for it, and the job
    that brings it: at once, or when their quiet hours end.
    """
    reached = with_devices(session, notifications)
    if not reached:
        return
    at = now(session)
    same = {"channel": PUSH, "state": WAITING, "attempts": 0, "answer": "", "created_at": at}
    preferences = preferences_of(session, reached)
    due: dict[datetime, list[int]] = {}
    for account_id in sorted(reached):
        quiet = quiet_until(times_of(preferences.get(account_id, DEFAULTS), timedelta(0)), at)
        due.setdefault(quiet or at, []).append(notifications[account_id])
    for run_at, ids in due.items():
        found = session.scalars(ADD_PUSH, [same | {"notification_id": each} for each in ids]).all()
        enqueue_many(session, BRING_PUSH, [{"delivery": each} for each in found], run_at=run_at)


def take_push(session: Session, delivery_id: int, token: str, *, push_is_on: bool) -> Parcel | None:
    """Claim a delivery for the holder of the job's fence; what waits with it goes along. None when there is nothing to
    send now: what is not wanted any more is recorded as skipped, with the reason; quiet hours put it off to their end.
    """
    claim = (
        update(Delivery)
        .where(col(Delivery.id) == delivery_id, col(Delivery.channel) == PUSH)
        .where(col(Delivery.state).in_((WAITING, SENDING, DEAD)))
        .values(state=SENDING, token=token, attempts=Delivery.attempts + 1, ended_at=None)
    )
    receiver = lock_receiver(session, delivery_id)
    if receiver is None or changed(session, claim) != 1:
        return None
    quiet = quiet_until(times_of(receiver.preference, timedelta(0)), now(session))
    if quiet is not None:
        _put_off(session, delivery_id, quiet)
        return None
    company = waiting_with(session, receiver, delivery_id, TOGETHER.format(delivery_id))
    items = items_pushed(session, receiver, [delivery_id, *company])
    addresses = {stored_id(device.id): device.address for device in devices_of(session, receiver.id)}
    why = _why_none(items, delivery_id, addresses, push_is_on=push_is_on)
    if why is not None:
        end_push(session, delivery_id, token, SKIPPED, why)
        return None
    wanted = _take_along(session, delivery_id, items)
    return Parcel(wanted, dict(posts_of(session, [item.notice for item in wanted[-1:]])), addresses)


def _why_none(
    items: Sequence[Item], delivery_id: int, addresses: dict[int, PushAddress], *, push_is_on: bool
) -> str | None:
    """Why this delivery is not sent; None when it is."""
    if not push_is_on:
        return "this site sends no push messages"
    why = next((why_not(item.standing) for item in items if item.delivery_id == delivery_id), "nothing is left to tell")
    return why or (None if addresses else "no browser is left for it")


def _put_off(session: Session, delivery_id: int, until: datetime) -> None:
    """Send it when the quiet hours end; the attempt does not count. Its job ends, and another begins then."""
    values = {"state": WAITING, "token": None, "attempts": Delivery.attempts - 1}
    session.execute(update(Delivery).where(col(Delivery.id) == delivery_id).values(**values))
    enqueue(session, BRING_PUSH, {"delivery": delivery_id}, run_at=until)


def _take_along(session: Session, delivery_id: int, items: Sequence[Item]) -> tuple[Item, ...]:
    """Those that are still wanted, in one message; all but this delivery end here, each with its reason."""
    verdicts = [(item, why_not(item.standing)) for item in items]
    ends: dict[str, list[int]] = {}
    for item, why in verdicts:
        if item.delivery_id != delivery_id:
            ends.setdefault(why or TOGETHER.format(delivery_id), []).append(item.delivery_id)
    for words, ids in ends.items():
        ended = {"state": SKIPPED, "answer": words, "token": None, "ended_at": now(session)}
        session.execute(update(Delivery).where(col(Delivery.id).in_(ids)).values(**ended))
    return tuple(item for item, why in verdicts if why is None)


def note_pushes(
    session: Session, delivery_id: int, token: str, parcel: Parcel, outcomes: dict[int, PushOutcome]
) -> str:
    """Record what the push services made of a message, by device; returns the delivery's state.

    One browser that has it is enough (SENT), also for what went along. Where none has, but one may yet, it is tried
    again (WAITING).
    """
    for device_id, outcome in outcomes.items():
        note_push(session, device_id, outcome.ending)
    endings = [outcome.ending for outcome in outcomes.values()]
    words = summed_up(list(outcomes.values()))
    if "later" in endings and "sent" not in endings:
        mine = col(Delivery.id) == delivery_id, col(Delivery.token) == token
        session.execute(update(Delivery).where(*mine).values(state=WAITING, answer=words, token=None))
        return WAITING
    state = SENT if "sent" in endings else FAILED
    along = [item.delivery_id for item in parcel.items if item.delivery_id != delivery_id]
    if along and state == SENT:
        session.execute(update(Delivery).where(col(Delivery.id).in_(along)).values(state=SENT, ended_at=now(session)))
    end_push(session, delivery_id, token, state, words)
    return state


def summed_up(outcomes: Sequence[PushOutcome]) -> str:
    """What became of a message in all browsers, in one line: `2 sent, 1 gone (answered 410)`."""
    parts = []
    for ending in ("sent", "later", "refused", "gone"):
        of_these = [outcome for outcome in outcomes if outcome.ending == ending]
        if of_these:
            parts.append(f"{len(of_these)} {ending} ({of_these[0].words[:120]})")
    return ", ".join(parts)[:500]


def end_push(session: Session, delivery_id: int, token: str, state: str, answer: str) -> None:
    """Record how a delivery ended, by the holder of the fence, and the last word about it."""
    mine = col(Delivery.id) == delivery_id, col(Delivery.token) == token
    session.execute(
        update(Delivery).where(*mine).values(state=state, answer=answer[:500], token=None, ended_at=now(session))
    )


def bury_push(session: Session, delivery_id: int) -> None:
    """Give a delivery up after the last attempt; its last answer stays."""
    unfinished = col(Delivery.id) == delivery_id, col(Delivery.state).in_((WAITING, SENDING))
    session.execute(update(Delivery).where(*unfinished).values(state=DEAD, token=None, ended_at=now(session)))
