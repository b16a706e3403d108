"""Every SELECT of devices."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import bindparam
from sqlmodel import Session, col, or_, select

from service.accounts.models import SignedIn
from service.devices.models import PushDevice
from service.kit.actor import Actor
from service.kit.clock import clock_of

# Built once, because every reply that is told leads to it.
REACHED: Final = (
    select(col(PushDevice.account_id))
    .where(col(PushDevice.account_id).in_(bindparam("accounts", expanding=True)))
    .distinct()
)


def list_devices(session: Session, actor: Actor) -> Sequence[PushDevice]:
    """The actor's own devices, newest first; nobody has more than `operations.MOST`."""
    return devices_of(session, actor.account_id)


def devices_of(session: Session, account_id: int | None) -> Sequence[PushDevice]:
    """Where this person is reached by push now: a device whose session has ended counts no more."""
    alive = or_(col(PushDevice.session_id).is_(None), col(SignedIn.expires_at) > clock_of(session).now())
    query = select(PushDevice).outerjoin(SignedIn, col(SignedIn.id) == col(PushDevice.session_id))
    mine = query.where(col(PushDevice.account_id) == account_id, alive)
    return session.scalars(mine.order_by(col(PushDevice.id).desc())).all()


def with_devices(session: Session, account_ids: Iterable[int]) -> set[int]:
    """Those of these people who are reached by push in any browser."""
    asked = list(account_ids)
    if not asked:
        return set()
    return set(session.scalars(REACHED, {"accounts": asked}))
