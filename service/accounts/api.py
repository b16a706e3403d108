"""The JSON door of accounts: registering, profiles, oneself, sessions and API tokens.

Sessions and tokens are seen and changed with a browser session, or with a token of the scope `admin`.
"""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.accounts import operations, policy, queries
from service.accounts.current import Asking, Asks, change_own
from service.accounts.current import sign_in as open_session_for
from service.accounts.errors import LastAdmin, RegistrationIsClosed, WrongCredentials
from service.accounts.models import Account, SignedIn
from service.accounts.schemas import (
    AccountView,
    ChangeAccount,
    ChangeMe,
    MakeToken,
    MeView,
    NewTokenView,
    Register,
    SessionView,
    SignedInView,
    SignIn,
    TokenView,
    newcomer_of,
    own_change_of,
    session_key,
    token_key,
)
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import Invalid, NotAllowed, NotFound, NotReady, NotSignedIn, RateLimited, Suspended, settled
from service.web.answers import Answer, created, json_answer, no_content, without_secret
from service.web.bodies import Deferred, StrictRoute
from service.web.paging import Cursor, Limit, Page, from_cursor, page_answer
from service.web.problems import declare

router = APIRouter(route_class=StrictRoute, tags=["accounts"])
Name = Annotated[str, Path(max_length=100, description="The username, in any case.", examples=["dorothea"])]
Id = Annotated[int, Path(ge=1, le=2**63 - 1, description="The id in the list.", examples=[1])]
OWN_CREDENTIALS = (NotSignedIn, NotAllowed, NotReady)


def own(account: Account) -> Answer:
    """The answer that shows people themselves."""
    return json_answer(MeView.of(account), Cache_Control="no-store")


@router.post(
    "/accounts", operation_id="register", status_code=201, response_model=MeView,
    responses=declare(RegistrationIsClosed, Invalid, NotSignedIn, NotReady),
)  # fmt: skip
async def register(draft: Deferred[Register], asks: Asking) -> Response:
    """Make an account. It is not signed in yet."""
    newcomer = await newcomer_of(draft)

    def work(session: Session, actor: Actor) -> Answer:
        account = operations.register(session, newcomer)
        return created(MeView.of(account), f"/api/v1/accounts/{account.username}", Cache_Control="no-store")

    return await asks.write(work)


@router.get(
    "/accounts/{username}", operation_id="get_account", response_model=AccountView,
    responses=declare(NotFound, NotSignedIn, NotReady),
)  # fmt: skip
async def get_account(username: Name, asks: Asking) -> Response:
    """A person's profile."""
    return await asks.answer(
        lambda session, actor: json_answer(AccountView.of(queries.get_account(session, actor, username)))
    )


@router.patch(
    "/accounts/{username}", operation_id="change_account", response_model=AccountView,
    responses=declare(NotFound, NotSignedIn, NotAllowed, Invalid, LastAdmin, NotReady),
)  # fmt: skip
async def change_account(username: Name, draft: Deferred[ChangeAccount], asks: Asking) -> Response:
    """Give somebody another role (admins). It holds from that person's next request on."""
    role = draft if isinstance(draft, Invalid) else draft.role
    return await asks.write(
        lambda session, actor: json_answer(AccountView.of(operations.change_role(session, actor, username, role)))
    )


@router.get("/me", operation_id="get_me", response_model=MeView, responses=declare(NotSignedIn, NotAllowed, NotReady))
async def get_me(asks: Asking) -> Response:
    """Yourself (scope `read`)."""

    def work(session: Session, actor: Actor) -> Answer:
        policy.check_signed_in(actor, "read")
        return own(queries.own_account(session, actor))

    return await asks.answer(work)


@router.patch(
    "/me", operation_id="change_me", response_model=MeView,
    responses=declare(NotSignedIn, NotAllowed, Invalid, RateLimited, NotReady),
)  # fmt: skip
async def change_me(draft: Deferred[ChangeMe], asks: Asking) -> Response:
    """Change your name, address or password. A new password ends all your other sessions at once; tokens stay."""
    current_password = "" if isinstance(draft, Invalid) else draft.current_password or ""
    return await change_own(asks, await own_change_of(draft), current_password, own)


@router.post(
    "/sessions", operation_id="sign_in", status_code=201, response_model=SignedInView,
    responses=declare(WrongCredentials, Suspended, Invalid, RateLimited, NotReady),
)  # fmt: skip
async def sign_in(draft: Deferred[SignIn], asks: Asking) -> Response:
    """Sign in: the answer sets the session's cookie. At most 10 attempts a minute for one login and address.

    Ten wrong passwords within 15 minutes lock the account out for that address; the answer does not say so.
    """
    wanted = settled(draft)

    def present(account: Account, opened: SignedIn) -> Answer:
        view = SignedInView(account=MeView.of(account), session=SessionView.of(opened, opened.id))
        return json_answer(view, 201, Cache_Control="no-store")

    return await open_session_for(asks, wanted.login, wanted.password, present)


@router.get(
    "/sessions", operation_id="list_sessions", response_model=Page[SessionView],
    responses=declare(*OWN_CREDENTIALS, Invalid),
)  # fmt: skip
async def list_sessions(asks: Asking, limit: Limit = 20, cursor: Cursor = None) -> Response:
    """Where you are signed in, newest first."""

    def work(session: Session, actor: Actor) -> Answer:
        policy.check_owns_credentials(actor)
        before = from_cursor(cursor, 1)
        rows = queries.list_sessions(session, actor, before[0] if before else None, limit)
        return page_answer(
            rows, limit, session_key, lambda row: SessionView.of(row, actor.session_id), "/api/v1/sessions"
        )

    return await asks.answer(work)


@router.delete(
    "/sessions/current", operation_id="sign_out", status_code=204, responses=declare(*OWN_CREDENTIALS, NotFound)
)
async def sign_out(asks: Asking) -> Response:
    """Sign out here: the session ends at once and its cookie goes. A token has no session (404)."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.end_session(session, actor, actor.session_id)
        return without_cookie(asks)

    return await asks.write(work)


@router.delete(
    "/sessions/{session_id}", operation_id="end_session", status_code=204,
    responses=declare(*OWN_CREDENTIALS, NotFound),
)  # fmt: skip
async def end_session(session_id: Id, asks: Asking) -> Response:
    """Sign out one of your browsers, at once."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.end_session(session, actor, session_id)
        return without_cookie(asks) if session_id == actor.session_id else no_content()

    return await asks.write(work)


def without_cookie(asks: Asks) -> Answer:
    """204, and the session's cookie goes."""
    return Answer(204, media_type=None, cookies=(asks.session_cookie(None),))


@router.get(
    "/tokens", operation_id="list_tokens", response_model=Page[TokenView], responses=declare(*OWN_CREDENTIALS, Invalid)
)
async def list_tokens(asks: Asking, limit: Limit = 20, cursor: Cursor = None) -> Response:
    """Your API tokens, newest first, without their secrets."""

    def work(session: Session, actor: Actor) -> Answer:
        policy.check_owns_credentials(actor)
        before = from_cursor(cursor, 1)
        rows = queries.list_tokens(session, actor, before[0] if before else None, limit)
        return page_answer(rows, limit, token_key, TokenView.of, "/api/v1/tokens")

    return await asks.answer(work)


@router.post(
    "/tokens", operation_id="make_token", status_code=201, response_model=NewTokenView,
    responses=declare(*OWN_CREDENTIALS, Invalid),
)  # fmt: skip
async def make_token(draft: Deferred[MakeToken], asks: Asking) -> Response:
    """Make an API token. Its secret is in this answer only; it never does more than your role allows."""
    wish = draft if isinstance(draft, Invalid) else draft.wish()

    def work(session: Session, actor: Actor) -> Answer:
        token, secret = operations.make_token(session, actor, wish)
        view = NewTokenView(**TokenView.of(token).model_dump(), token=secret)
        return without_secret(json_answer(view, 201, Cache_Control="no-store"), "token")

    return await asks.write(work)


@router.delete(
    "/tokens/{token_id}", operation_id="revoke_token", status_code=204, responses=declare(*OWN_CREDENTIALS, NotFound)
)
async def revoke_token(token_id: Id, asks: Asking) -> Response:
    """Revoke one of your tokens, at once."""

    def work(session: Session, actor: Actor) -> Answer:
        operations.revoke_token(session, actor, token_id)
        return no_content()

    return await asks.write(work)
