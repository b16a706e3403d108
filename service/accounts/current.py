"""Who is asking: from a request's credential to an Actor, and the two ways on into the rooms, `read` and `write`."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from service.accounts import queries
from service.kit.actor import GUEST, Actor
from service.kit.database import Database, Session
from service.kit.errors import NotSignedIn, settled
from service.web import idempotency
from service.web.answers import Answer

T = TypeVar("T")
SECURE_COOKIE, PLAIN_COOKIE = "__Host-parley", "parley"


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request brought: the SHA-256 of a token or of a session's secret, or nothing."""

    token_hash: str | None = None
    session_hash: str | None = None

    def identify(self, session: Session) -> Actor:
        """The actor. An unknown or revoked token is refused (NotSignedIn); an ended session makes a guest."""
        if self.token_hash:
            actor = queries.actor_by_token(session, self.token_hash)
            if actor is None:
                raise NotSignedIn("This token is not valid", headers={"WWW-Authenticate": "Bearer"})
            return actor
        return (queries.actor_by_session(session, self.session_hash) if self.session_hash else None) or GUEST


def hash_secret(secret: str) -> str:
    """How a secret of 256 random bits is kept (no salt or stretching is needed for what cannot be guessed)."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def credential_of(request: Request) -> Credential:
    """The credential of a request: a bearer token (RFC 6750) before the session cookie."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return Credential(token_hash=hash_secret(token.strip()))
    secret = request.cookies.get(SECURE_COOKIE if request.app.state.settings.secure else PLAIN_COOKIE)
    return Credential(session_hash=hash_secret(secret)) if secret else Credential()


class Asks:
    """One request's way into the rooms. A door takes it as a dependency and never touches a session itself."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.database = cast(Database, request.app.state.database)
        self.credential = credential_of(request)

    async def prepare(self, work: Callable[..., T], *values: Any) -> T:
        """Run slow pure work (Markdown, hashing) off the event loop, before any session is open."""
        return await run_in_threadpool(work, *values)

    async def read(self, work: Callable[[Session, Actor], T]) -> T:
        """Run `work(session, actor)` in a read-only unit of work."""
        return await self.database.read(lambda session: work(session, self.credential.identify(session)))

    async def answer(self, work: Callable[[Session, Actor], Answer]) -> Response:
        """As `read`, for work that returns an Answer."""
        return (await self.read(work)).response()

    async def write(self, work: Callable[[Session, Actor], Answer], *, key: str | None = None) -> Response:
        """Run `work(session, actor)` as one unit of work, committed before this returns.

        An Idempotency-Key (the header, or `key` from a form) makes it happen at most once. `work` may run again after
        a deadlock, so it must have no effect outside its session.
        """
        found = idempotency.check_key(key or self.request.headers.get("idempotency-key"))
        mark = await self._fingerprint() if found else ""

        def unit(session: Session) -> Answer:
            actor = self.credential.identify(session)
            if found is None:
                return work(session, actor)
            return idempotency.once(session, self._principal(actor), cast(str, settled(found)), mark, lambda: work(session, actor))

        return (await self.database.write(unit)).response()

    async def _fingerprint(self) -> str:
        url = self.request.url
        return idempotency.fingerprint(self.request.method, f"{url.path}?{url.query}", await self.request.body())

    def _principal(self, actor: Actor) -> str:
        host = self.request.client.host if self.request.client else ""
        return actor.principal() or f"guest:{host}:{self.request.method}:{self.request.url.path}"[:200]


Asking = Annotated[Asks, Depends(Asks)]
"""The dependency a door declares: `asks: Asking`."""
