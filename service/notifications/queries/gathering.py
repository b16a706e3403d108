"""Letters that gather news, for who has more for them."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import bindparam, select
from sqlmodel import Session

from service.kit.database.rows import table_of
from service.notifications.models import IS_GATHERING, Letter

LETTER: Final = table_of(Letter)

# Built once, because every reply that is told leads here.
GATHERING: Final = (
    select(LETTER.c.id, LETTER.c.account_id, LETTER.c.gather)
    .where(LETTER.c.account_id.in_(bindparam("accounts", expanding=True)))
    .where(LETTER.c.gather.in_(bindparam("keys", expanding=True)), IS_GATHERING)
    .order_by(LETTER.c.account_id, LETTER.c.id)
    .with_for_update(read=True)
)


def hold_gathering(session: Session, account_ids: Collection[int], keys: Collection[str]) -> dict[tuple[int, str], int]:
    """The letters of these people that gather under these keys, by both. None of them is sealed before this transaction
    ends: their rows are held, for sharing, so that many may join at once.
    """
    rows = session.execute(GATHERING, {"accounts": list(account_ids), "keys": sorted(keys)})
    return {(row.account_id, row.gather): row.id for row in rows}
