"""Who is asking: from a request's credential to an Actor; the two ways on into the rooms, `read` and `write`; and the
two deeds with a password, which take argon2's time between two units of work: signing in, and changing oneself.
"""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Annotated, Any, Final, TypeVar, cast
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from service.accounts import operations, queries
from service.accounts.models import Account, SignedIn
from service.kit.actor import GUEST, Actor
from service.kit.credentials import hash_secret, is_password
from service.kit.database import Database, Session
from service.kit.database.rows import stored_id
from service.kit.errors import NotReady, NotSignedIn, Problem, settled
from service.kit.kept import Terms
from service.kit.sender import Sender
from service.kit.text import typed_names
from service.kit.text.hosts import host_of
from service.web import idempotency
from service.web.answers import Answer
from service.web.keeping import Drawing, begin, keep, keep_nothing
from service.web.limits import hashed, neighbourhood

T = TypeVar("T")
D = TypeVar("D")
Work = Callable[[Session, Actor], Answer | Problem]
"""A unit of work of a door: its answer, or a refusal that keeps what was stored until then (a raise keeps nothing)."""

SECURE_COOKIE, PLAIN_COOKIE = "__Host-parley", "parley"
COOKIE_LASTS: Final = timedelta(days=400)
"""As long as browsers keep a cookie (RFC 6265bis section 5.5); the session behind it ends as its row says."""

SHORT: Final = 2_000
"""Bytes of a request's body whose preparation takes less than sending it to another thread."""

LONGEST_AGENT: Final = 500
"""Characters of a program's name that rules look at."""

_touching: set[asyncio.Task[None]] = set()


@dataclass(frozen=True, slots=True)
class Credential:
    """What a request brought: the SHA-256 of a token or of a session's secret, or nothing."""

    token_hash: str | None = None
    session_hash: str | None = None

    def __bool__(self) -> bool:
        """Whether anything was shown, valid or not."""
        return bool(self.token_hash or self.session_hash)

    def known(self, session: Session) -> queries.Known | None:
        """Its owner; None for a guest or an ended session. Raises NotSignedIn for an unknown or revoked token."""
        if self.token_hash:
            if (known := queries.by_token(session, self.token_hash)) is None:
                raise NotSignedIn("This token is not valid")
            return known
        return queries.by_session(session, self.session_hash) if self.session_hash else None

    def identify(self, session: Session) -> Actor:
        """The actor: as `known`, and a guest for nobody."""
        known = self.known(session)
        return known.actor if known else GUEST


def credential_of(request: Request) -> Credential:
    """The credential of a request: a bearer token (RFC 6750) before the session cookie."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return Credential(token_hash=hash_secret(token.strip()))
    secret = request.cookies.get(cookie_name(request.app.state.settings.secure))
    return Credential(session_hash=hash_secret(secret)) if secret else Credential()


@cache
def own_host(base_url: str) -> str:
    """The host of the site's own links."""
    return host_of(urlsplit(base_url).netloc)


def cookie_name(secure: bool) -> str:
    """The session cookie's name: over https one that only this host can have set (RFC 6265bis section 4.1.3.2)."""
    return SECURE_COOKIE if secure else PLAIN_COOKIE


class Asks:
    """One request's way into the rooms. A door takes it as a dependency and never touches a session itself."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.settings = request.app.state.settings
        self.database = cast(Database, request.app.state.database)
        self.credential = credential_of(request)
        if self.credential:
            keep_nothing(request)
        self._stale: Actor | None = None

    async def prepare(self, work: Callable[..., T], *values: Any) -> T:
        """Run slow pure work (Markdown) before any session is open, and off the event loop where it may take long.

        A short body takes less time (50 µs for 600 characters, 3 ms for the worst that is known) than the way there.
        """
        length = self.request.headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:9]) <= SHORT:
            return work(*values)
        return await run_in_threadpool(work, *values)

    async def prepare_text(self, work: Callable[[D, frozenset[str]], T], draft: D) -> T:
        """As `prepare`, for a post's text, or what has one as its `body`: `work(draft, known)`, where `known` are the
        usernames that exist among those that the text may mention. Read before rendering, where it may mention any.
        """
        text = draft if isinstance(draft, str) else getattr(draft, "body", None)  # a refusal has none
        names = typed_names(text or "")
        known = await self.database.read(queries.known_names, names) if names else frozenset()
        return await self.prepare(work, draft, known)

    async def read(self, work: Callable[[Session, Actor], T]) -> T:
        """Run `work(session, actor)` in a read-only unit of work. A guest's may run on a replica; whoever shows a
        credential reads what is stored now: their own writes, and their suspension.
        """
        read = self.database.read if self.credential else self.database.read_shared
        result = await read(lambda session: work(session, self._who(session)))
        self._note_use()
        return result

    async def answer(self, work: Callable[[Session, Actor], Answer]) -> Response:
        """As `read`, for work that returns an Answer."""
        return (await self.read(work)).response()

    async def draw(self, work: Callable[[Session, Actor, Drawing | None], tuple[Answer, Terms | None]]) -> Response:
        """As `answer`, for what may be kept for guests: `work` says under which terms, None where it may not be."""

        def unit(session: Session, actor: Actor) -> tuple[Answer, Terms | None]:
            return work(session, actor, begin(self.request, session))

        answer, terms = await self.read(unit)
        return keep(self.request, answer.response(), terms)

    async def write(self, work: Work, *, key: str | None = None) -> Response:
        """Run `work(session, actor)` as one unit of work, committed before this returns; raises a Problem it returned.

        An Idempotency-Key (the header, or `key` from a form) makes it happen at most once. `work` may run again after
        a deadlock, so it must have no effect outside its session.
        """
        found = idempotency.check_key(key or self.request.headers.get("idempotency-key"))
        mark = await self._fingerprint() if found else ""

        def unit(session: Session) -> Answer | Problem:
            session.info["address_hash"] = self.address_hash()
            actor = self._who(session)
            if found is None:
                return work(session, actor)
            name = settled(found)
            return idempotency.once(session, self._principal(actor), name, mark, lambda: work(session, actor))

        result = await self.database.write(unit)
        self._note_use()
        return settled(result).response()

    def place(self) -> operations.Place:
        """Where an attempt at a password comes from."""
        limited = self.settings.rate_limits == "on"
        return operations.Place(neighbourhood(self._address()), self.request.app.state.secret, limited)

    def address_hash(self) -> str | None:
        """A keyed hash of the address that the request came from, as it is kept beside what is recorded."""
        address = self._address()
        return hashed(self.request.app.state.secret, "address", neighbourhood(address)) if address else None

    def sender(self, *, trapped: bool = False, seconds: float | None = None, proven: int | None = None) -> Sender:
        """Where a post comes from, for the rules that it passes; a form adds what it knows of how it was filled in."""
        settings, agent = self.settings, self.request.headers.get("user-agent", "")
        return Sender(
            address=self._address(), agent=agent[:LONGEST_AGENT], trapped=trapped, seconds=seconds,
            proven=proven,
            limited=settings.rate_limits == "on", secret=self.request.app.state.secret,
            own_host=own_host(settings.base_url),
        )  # fmt: skip

    def session_cookie(self, secret: str | None) -> str:
        """The Set-Cookie value that signs in with `secret`, or out with None."""
        lasts = int(COOKIE_LASTS.total_seconds()) if secret else 0
        secure = "; Secure" if self.settings.secure else ""
        name = cookie_name(self.settings.secure)
        return f"{name}={secret or ''}; Path=/; Max-Age={lasts}; HttpOnly; SameSite=Lax{secure}"

    def enter(self, session: Session, account: Account, present: Callable[[SignedIn], Answer]) -> Answer:
        """Open a session for `account`; the answer is `present`'s, with the cookie."""
        agent = self.request.headers.get("user-agent", "")
        opened, secret = operations.open_session(session, stored_id(account.id), agent)
        answer = present(opened)
        return replace(answer, cookies=(*answer.cookies, self.session_cookie(secret)))

    def _who(self, session: Session) -> Actor:
        """The actor; remembers when the use of the credential is due to be noted."""
        known = self.credential.known(session)
        if known is None:
            return GUEST
        self._stale = known.actor if operations.is_stale(known.last_used_at, self.database.clock.now()) else None
        return known.actor

    def _note_use(self) -> None:
        """Note the use of the credential, once an hour, without the answer waiting for it."""
        if self._stale is not None:
            task = asyncio.create_task(self._touch(self._stale))
            _touching.add(task)
            task.add_done_callback(_touching.discard)
            self._stale = None

    async def _touch(self, actor: Actor) -> None:
        with contextlib.suppress(NotReady):
            await self.database.write(operations.touch, actor)

    async def _fingerprint(self) -> str:
        """What makes two requests the same; keyed, because the body may hold a password."""
        url = self.request.url
        mark = idempotency.fingerprint(self.request.method, f"{url.path}?{url.query}", await self.request.body())
        return hashed(self.request.app.state.secret, mark)

    def _address(self) -> str:
        return self.request.client.host if self.request.client else ""

    def _principal(self, actor: Actor) -> str:
        guest = f"guest:{self._address()}:{self.request.method}:{self.request.url.path}"
        return actor.principal() or guest[:200]


async def ask(request: Request) -> Asks:
    """The dependency itself: a coroutine, because FastAPI calls what is none, a class too, in another thread."""
    return Asks(request)


Asking = Annotated[Asks, Depends(ask)]
"""The dependency a door declares: `asks: Asking`."""


async def sign_in(
    asks: Asks, login: str, password: str, present: Callable[[Account, SignedIn], Answer], *, key: str | None = None
) -> Response:
    """Open a session for whoever knows the password: `present`'s answer with the cookie and the limit's headers.

    Raises WrongCredentials, RateLimited. The headers of a refusal tell nothing, so the limit is not among them.
    """
    attempt = await asks.database.write(operations.begin_sign_in, login, asks.place())
    right = await is_password(password, attempt.password_hash)

    def finish(session: Session, actor: Actor) -> Answer | Problem:
        account = operations.end_sign_in(session, attempt, right)
        if isinstance(account, Problem):
            return account
        answer = asks.enter(session, account, lambda opened: present(account, opened))
        return replace(answer, headers=answer.headers | attempt.headers)

    return await asks.write(finish, key=key)


async def change_own(
    asks: Asks,
    change: operations.OwnChange | Problem,
    current_password: str,
    present: Callable[[Account], Answer],
    *,
    key: str | None = None,
) -> Response:
    """Change one's own account; a new address or password needs the present password.

    Raises NotSignedIn, NotAllowed, Invalid, RateLimited.
    """

    def begin(session: Session) -> operations.Attempt | None:
        actor = asks.credential.identify(session)
        return operations.begin_own_change(session, actor, change, current_password, asks.place())

    attempt = await asks.database.write(begin)
    right = attempt is not None and await is_password(current_password, attempt.password_hash)

    def finish(session: Session, actor: Actor) -> Answer | Problem:
        account = operations.end_own_change(session, actor, settled(change), attempt, right)
        return account if isinstance(account, Problem) else present(account)

    return await asks.write(finish, key=key)
