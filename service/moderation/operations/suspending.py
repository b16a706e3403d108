"""Suspending and silencing people, and ending that before its time.

Who is suspended is a guest to whom every door says why; who is silenced reads, and may not write. Both end at their
instant without a job: whoever asks is compared with the clock. For moderators of the whole site, about people below
them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session

from service.accounts.events import AccountRestored, AccountSilenced, AccountSuspended
from service.accounts.models import Account
from service.accounts.policy import SILENCE, SUSPENSION, sanction
from service.accounts.queries import get_account, lock_account
from service.kit import events
from service.kit.actor import Actor
from service.kit.clock import now, utc_text
from service.kit.database.rows import stored_id
from service.kit.errors import Problem, invalid, settled
from service.moderation.models import Suspension
from service.moderation.operations.restoring import OF_SUSPENSION
from service.moderation.policy import check_may_suspend
from service.moderation.queries.suspensions import running_suspension
from service.screening.operations import keep_step, snapshot

ENDED: Final = ("lifted_at", "lifted_by_id")
"""What ending a suspension changes in its row."""


@dataclass(frozen=True, slots=True)
class SuspensionWish:
    """A suspension to be, or with `silences` a silence: until when (None: for ever), the reason that the person reads,
    and a note that only staff does.
    """

    until: datetime | None
    reason: str
    note: str = ""
    silences: bool = False

    @property
    def kind(self) -> str:
        """Which entry of the account's standing it is."""
        return SILENCE if self.silences else SUSPENSION


def suspend(session: Session, actor: Actor, username: str, wish: SuspensionWish | Problem) -> Suspension:
    """Suspend or silence somebody from now on; one that runs is replaced, and the very same again changes nothing.

    Raises NotFound, NotSignedIn, NotAllowed (their role is not below the actor's, which every admin's is not),
    Invalid (an end that is not to come).
    """
    account = _hold(session, actor, username)
    ready, at = settled(wish), now(session)
    if ready.until is not None and ready.until <= at:
        raise invalid("/until", "must be later than now")
    running = running_suspension(session, account, ready.kind, at)
    if running is not None and _says_the_same(running, ready):
        return running
    before = _before(account, ready.kind) | _end(session, actor, running, at)
    made = Suspension(
        account_id=stored_id(account.id), silences=ready.silences, begins_at=at, until=ready.until,
        reason=ready.reason, note=ready.note, made_by_id=actor.account_id,
    )  # fmt: skip
    session.add(made)
    session.flush()
    until = utc_text(ready.until) if ready.until else None
    _stand(session, account, ready.kind, {"until": until, "reason": ready.reason, "id": stored_id(made.id)})
    kind = AccountSilenced if ready.silences else AccountSuspended
    event = kind(actor=actor, account_id=stored_id(account.id), suspension_id=stored_id(made.id), until=until)
    before |= {f"{OF_SUSPENSION}{made.id}": None}
    _keep(session, actor, account, ready, before, events.record(session, event))
    return made


def lift(session: Session, actor: Actor, username: str, *, silences: bool | None = None) -> None:
    """End somebody's suspension, or their silence (None: both), at once; where none runs, nothing happens.

    Raises NotFound, NotSignedIn, NotAllowed.
    """
    account, at = _hold(session, actor, username), now(session)
    for kind in (SUSPENSION, SILENCE):
        running = running_suspension(session, account, kind, at)
        if running is None or silences not in (None, running.silences):
            continue
        before = _before(account, kind) | _end(session, actor, running, at)
        _stand(session, account, kind, None)
        event = AccountRestored(
            actor=actor, account_id=stored_id(account.id), suspension_id=stored_id(running.id), silence=running.silences
        )
        keep_step(
            session, actor, "lift", subject_of(account, kind), account_id=account.id, before=before,
            event_id=events.record(session, event),
        )  # fmt: skip


def subject_of(account: Account, kind: str) -> str:
    """What a decision about somebody's suspension or silence is about."""
    return f"account:{account.id}:{kind}"


def _hold(session: Session, actor: Actor, username: str) -> Account:
    """The account, held to the end of the transaction, for who may suspend it."""
    account = lock_account(session, get_account(session, actor, username).id)
    check_may_suspend(actor, account)
    return account


def _says_the_same(running: Suspension, wish: SuspensionWish) -> bool:
    return (running.until, running.reason, running.note) == (wish.until, wish.reason, wish.note)


def _before(account: Account, kind: str) -> dict[str, Any]:
    """The account's entry of this kind as it stands, for whoever undoes what is to come."""
    return {"standing": (account.standing or {}).get(kind)}


def _end(session: Session, actor: Actor, running: Suspension | None, at: datetime) -> dict[str, Any]:
    """End the one that runs, if one does; returns how its row was."""
    if running is None:
        return {}
    before = snapshot(running, ENDED)
    running.lifted_at, running.lifted_by_id = at, actor.account_id
    session.add(running)
    session.flush()
    return {f"{OF_SUSPENSION}{running.id}": before}


def _stand(session: Session, account: Account, kind: str, said: dict[str, Any] | None) -> None:
    """Write into the account what is in force; what has ended meanwhile leaves it."""
    at, standing = now(session), account.standing or {}
    others = {each: entry for each, entry in standing.items() if each != kind and sanction(standing, each, at)}
    account.standing = (others | ({kind: said} if said else {})) or None
    session.add(account)
    session.flush()


def _keep(
    session: Session, actor: Actor, account: Account, wish: SuspensionWish, before: dict[str, Any], event_id: int
) -> None:
    keep_step(
        session, actor, "silence" if wish.silences else "suspend", subject_of(account, wish.kind),
        account_id=account.id, before=before, reason=wish.reason, event_id=event_id,
    )  # fmt: skip
