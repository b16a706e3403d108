"""Numbers that travel in an address and come back unchanged: for links in letters, which nobody signs in to follow."""

import base64
import hashlib
import hmac
import re
from typing import Final

SEALED: Final = re.compile(r"([1-9][0-9]{0,18}(?:\.[1-9][0-9]{0,18})*)\.([A-Za-z0-9_-]{32})")
MAC_BYTES: Final = 24
"""192 bits of the HMAC, as 32 characters."""


def seal(secret: str, purpose: str, *numbers: int) -> str:
    """The numbers (from 1) with the proof that whoever knows `secret` has written them, for this purpose only.

    They can be read by everybody and never expire: `12.345.` and 32 characters of HMAC-SHA-256 (RFC 2104).
    """
    plainly = ".".join(str(number) for number in numbers)
    return f"{plainly}.{_proof(secret, purpose, plainly)}"


def unseal(secret: str, purpose: str, token: str) -> tuple[int, ...] | None:
    """The numbers that were sealed for this purpose; None for a token that this secret has not made."""
    found = SEALED.fullmatch(token)
    if found is None or not hmac.compare_digest(found[2], _proof(secret, purpose, found[1])):
        return None
    return tuple(int(part) for part in found[1].split("."))


def _proof(secret: str, purpose: str, plainly: str) -> str:
    mac = hmac.new(secret.encode(), f"{purpose}\0{plainly}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:MAC_BYTES]).decode("ascii")
