"""The links that every letter carries: they work without signing in, for one person and one thread. Pure."""

from typing import Final

from service.kit.errors import NotFound
from service.kit.signing import seal, unseal

UNSUBSCRIBE: Final = "unsubscribe"
"""The purpose that the links of letters are sealed for."""


def unsubscribe_path(secret: str, account_id: int, thread_id: int) -> str:
    """The page that mutes one thread for one person, signed in or not: whoever has the letter may."""
    return f"/unsubscribe/{seal(secret, UNSUBSCRIBE, account_id, thread_id)}"


def read_token(secret: str, token: str) -> tuple[int, int]:
    """The account's id and the thread's that a link was made for. Raises NotFound for a token that is not ours."""
    numbers = unseal(secret, UNSUBSCRIBE, token)
    if numbers is None or len(numbers) != 2:
        raise NotFound("This link is not whole. Copy it once more from the letter")
    return numbers[0], numbers[1]
