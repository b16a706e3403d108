"""The links that letters carry: they work without signing in, for one person and one thread or list. Pure."""

from typing import Final

from service.kit.errors import NotFound
from service.kit.signing import seal, unseal
from service.notifications.models import DECISIONS, DIGEST, REVIEWS, SUMMARY

UNSUBSCRIBE: Final = "unsubscribe"
LEAVE: Final = "unsubscribe-list"
"""The purposes that the links of letters are sealed for: out of one thread, out of one list."""

LISTS: Final = (DIGEST, SUMMARY, REVIEWS, DECISIONS)
"""The lists beside threads; a link names one by its place, from 1, so their order stays as long as letters are kept."""


def unsubscribe_path(secret: str, account_id: int, thread_id: int) -> str:
    """The page that mutes one thread for one person, signed in or not: whoever has the letter may."""
    return f"/unsubscribe/{seal(secret, UNSUBSCRIBE, account_id, thread_id)}"


def list_path(secret: str, account_id: int, kind: str) -> str:
    """The page that ends one kind of letter (one of LISTS) for one person, signed in or not."""
    return f"/unsubscribe/{seal(secret, LEAVE, account_id, LISTS.index(kind) + 1)}"


def read_list_token(secret: str, token: str) -> tuple[int, str] | None:
    """The account's id and the list that a link was made for; None for any other token."""
    numbers = unseal(secret, LEAVE, token)
    if numbers is None or len(numbers) != 2 or numbers[1] > len(LISTS):
        return None
    return numbers[0], LISTS[numbers[1] - 1]


def read_token(secret: str, token: str) -> tuple[int, int]:
    """The account's id and the thread's that a link was made for. Raises NotFound for a token that is not ours."""
    numbers = unseal(secret, UNSUBSCRIBE, token)
    if numbers is None or len(numbers) != 2:
        raise NotFound("This link is not whole. Copy it once more from the letter")
    return numbers[0], numbers[1]
