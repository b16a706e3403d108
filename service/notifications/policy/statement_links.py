"""The links to a statement of reasons that need no signing in: for one person and one decision, for half a year. Pure.

Who is suspended reads by it why, and appeals. The Digital Services Act (article 20) has half a year for complaints;
the time for an appeal here ends before, and the page says so.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from service.kit.clock import MICROSECOND, from_micros, to_micros
from service.kit.errors import NotFound
from service.kit.signing import seal, unseal

STATEMENT: Final = "statement"
"""The purpose that these links are sealed for."""

LASTS: Final = timedelta(days=180)
SECOND: Final = timedelta(seconds=1) // MICROSECOND


@dataclass(frozen=True, slots=True)
class StatementLink:
    """What a link was made for: the person affected, and the decision."""

    account_id: int
    decision_id: int


def statement_link(secret: str, account_id: int, decision_id: int, now: datetime) -> str:
    """The path of the page that shows this decision to this person, signed in or not, for half a year from now."""
    until = to_micros(now + LASTS) // SECOND
    return f"/statement/{seal(secret, STATEMENT, account_id, decision_id, until)}"


def read_statement_link(secret: str, token: str, now: datetime) -> StatementLink:
    """What the link was made for. Raises NotFound for a token that is not ours, or that has expired."""
    numbers = unseal(secret, STATEMENT, token)
    if numbers is None or len(numbers) != 3:
        raise NotFound("This link is not whole. Copy it once more from the letter")
    account_id, decision_id, until = numbers
    if now >= from_micros(until * SECOND):
        raise NotFound("This link has expired")
    return StatementLink(account_id, decision_id)
