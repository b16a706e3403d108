"""Passwords and random secrets: how they are made, kept and compared.

Passwords are kept as argon2id (RFC 9106) with the parameters of OWASP's Password Storage Cheat Sheet (19 MiB, 2 passes,
1 lane; about 20 ms). They are derived on a few threads of their own, off the event loop, so that a crowd at the sign-in
waits in a queue instead of taking 19 MiB each. Secrets that Parley makes have 256 random bits and are kept as SHA-256:
what cannot be guessed needs neither salt nor stretching.
"""

import asyncio
import hashlib
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Final

from service.kit.lines import Line

if TYPE_CHECKING:
    from pwdlib import PasswordHash

AT_ONCE: Final = 4
"""Derivations that may run at the same time: 4 × 19 MiB at most."""

MOST_WAITING: Final = 256
"""People who may wait for a derivation: about three seconds. One more is answered 503 at once."""

NOBODYS: Final = "$argon2id$v=19$m=19456,t=2,p=1$qP8aa7qK74qOBJi1tLpEag$PLNVE9IhUF6I/2kROeLQklV/Ln45Y5nnmC75HN7ApeI"
"""The hash of a password that nobody has, of the same cost as a real one: what an unknown login is compared with."""

_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="parley-argon2")
deriving: Final = Line("a password to be looked at", MOST_WAITING)


@cache
def hasher() -> "PasswordHash":
    """What derives; loaded with the first password."""
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    return PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1),))


def new_secret() -> str:
    """A fresh secret of 256 random bits, as 43 characters fit for addresses and cookies."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """How a secret that Parley made is kept: its SHA-256 (FIPS 180-4) as 64 hex digits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def derive(password: str) -> str:
    """The argon2id hash of a password. Takes 20 ms: on the event loop, await `hash_password` instead."""
    return hasher().hash(_typed(password))


def compare(password: str, kept: str) -> bool:
    """Whether a password is the one that was kept. Takes 20 ms: on the event loop, await `is_password` instead."""
    return hasher().verify(_typed(password), kept)


async def hash_password(password: str) -> str:
    """`derive`, off the event loop. Raises NotReady when too many wait."""
    with deriving.place():
        return await asyncio.get_running_loop().run_in_executor(_threads, lambda: derive(password))


async def is_password(password: str, kept: str) -> bool:
    """`compare`, off the event loop: one derivation, whatever the answer. Raises NotReady when too many wait."""
    with deriving.place():
        return await asyncio.get_running_loop().run_in_executor(_threads, lambda: compare(password, kept))


def _typed(password: str) -> str:
    """The password in one spelling, whatever keyboard it came from: Unicode NFC (RFC 8265 section 4.2.2)."""
    return unicodedata.normalize("NFC", password)
