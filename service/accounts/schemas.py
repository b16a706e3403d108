"""The shapes of people, sessions and tokens on the wire, and the rules of each field."""

import re
from collections.abc import Sequence
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from service.accounts.models import Account, ApiToken, SignedIn
from service.accounts.operations import Newcomer, OwnChange, TokenWish
from service.kit.actor import SCOPES
from service.kit.credentials import hash_password
from service.kit.database.rows import stored_id
from service.kit.errors import Invalid
from service.kit.text import check_text
from service.site.schemas import Moment
from service.web.bodies import RequestModel, invalid_fields

EMAIL: Final = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
"""A valid e-mail address as WHATWG HTML section 4.10.5.1.5 has it: what browsers accept in `input type=email`."""

USERNAME: Final = re.compile(r"[A-Za-z0-9_.-]+")

Role = Literal["member", "moderator", "admin"]
Scope = Literal["read", "write", "moderate", "admin"]


def username_text(value: str) -> str:
    """A username; a ValueError names the rule. Its length is the schema's."""
    if not USERNAME.fullmatch(value):
        raise ValueError("may have letters A to Z, digits, dots, hyphens and underscores only")
    return value


def email_text(value: str) -> str:
    """A mail address without blank edges; a ValueError names the rule."""
    address = value.strip("\t\n\f\r ")
    if not EMAIL.fullmatch(address):
        raise ValueError("must be a mail address, such as alice@example.org")
    return address


def name_text(value: str) -> str:
    """A display name, cleaned; empty for none."""
    return check_text(value, name="the name", lines=False, least=0, most=60)


def token_text(value: str) -> str:
    """A token's name, cleaned."""
    return check_text(value, name="the name", lines=False, most=60)


def in_order(values: Sequence[Scope]) -> list[Scope]:
    """Scopes, each once, in the order of the documentation."""
    return [scope for scope in SCOPES if scope in values]


Username = Annotated[
    str,
    Field(min_length=3, max_length=30, json_schema_extra={"pattern": "^[A-Za-z0-9_.-]+$"}),
    AfterValidator(username_text),
]
Email = Annotated[str, Field(max_length=254, json_schema_extra={"format": "email"}), AfterValidator(email_text)]
NewPassword = Annotated[str, Field(min_length=10, max_length=200, json_schema_extra={"format": "password"})]
AnyPassword = Annotated[str, Field(max_length=200, json_schema_extra={"format": "password"})]
DisplayName = Annotated[str, Field(max_length=60), AfterValidator(name_text)]


class Register(RequestModel):
    """Who wants an account. The username is unique also among its look-alikes, and some names are reserved."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "username": "dorothea",
                    "email": "dorothea@example.org",
                    "password": "middlemarch, 1871",
                    "display_name": "Dorothea Brooke",
                }
            ]
        }
    )
    username: Username
    email: Email
    password: NewPassword
    display_name: DisplayName = ""


def registration(username: str, email: str, password: str) -> Register | Invalid:
    """The same rules for the operator's command as for a stranger's request."""
    try:
        return Register(username=username, email=email, password=password)
    except ValidationError as error:
        return invalid_fields(error)


async def newcomer_of(draft: Register | Invalid) -> Newcomer | Invalid:
    """Who wants an account, the password hashed off the event loop; a refusal stays one."""
    if isinstance(draft, Invalid):
        return draft
    return Newcomer(draft.username, draft.email, draft.display_name, await hash_password(draft.password))


class SignIn(RequestModel):
    """A username or a mail address, and its password."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"login": "dorothea", "password": "middlemarch, 1871"}]})
    login: str = Field(min_length=1, max_length=254)
    password: AnyPassword


class ChangeMe(RequestModel):
    """What to change; what is absent or null stays. `email` and `new_password` need `current_password`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"display_name": "Dorothea Ladislaw"}]})
    display_name: DisplayName | None = None
    email: Email | None = None
    current_password: AnyPassword | None = None
    new_password: NewPassword | None = None


async def own_change_of(draft: ChangeMe | Invalid) -> OwnChange | Invalid:
    """The change, the new password hashed off the event loop; a refusal stays one."""
    if isinstance(draft, Invalid):
        return draft
    kept = await hash_password(draft.new_password) if draft.new_password else None
    return OwnChange(draft.display_name, draft.email, kept)


class ChangeAccount(RequestModel):
    """What an admin changes about somebody."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "moderator"}]})
    role: Role


class MakeToken(RequestModel):
    """A token to be made: what it is for, and what it may do at most."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Archive script", "scopes": ["read", "write"]}]})
    name: Annotated[str, AfterValidator(token_text)] = Field(min_length=1, max_length=60)
    scopes: Annotated[list[Scope], AfterValidator(in_order)] = Field(min_length=1, max_length=len(SCOPES))

    def wish(self) -> TokenWish:
        """For the operation."""
        return TokenWish(self.name, frozenset(self.scopes))


class AccountView(BaseModel):
    """A person, as everybody sees them."""

    username: str
    display_name: str
    role: Role
    url: str
    created_at: Moment

    @classmethod
    def of(cls, account: Account) -> "AccountView":
        """The wire form of the row; `url` is the path of the person's page."""
        return cls.model_validate(shown(account))


class MeView(AccountView):
    """A person, as they see themselves."""

    id: int
    email: str

    @classmethod
    def of(cls, account: Account) -> "MeView":
        """The wire form of the row, with what is private."""
        return cls.model_validate(shown(account) | {"id": account.id, "email": account.email})


def shown(account: Account) -> dict[str, object]:
    """What everybody may see of an account."""
    public = account.model_dump(include={"username", "display_name", "role", "created_at"})
    return public | {"url": f"/u/{account.username}"}


class SessionView(BaseModel):
    """A signed-in browser; `current` is the one that asks."""

    id: int
    user_agent: str
    created_at: Moment
    last_used_at: Moment
    expires_at: Moment
    current: bool

    @classmethod
    def of(cls, session: SignedIn, current: int | None) -> "SessionView":
        """The wire form of the row; `current` is the id of the session that asks."""
        return cls(**session.model_dump(include=set(cls.model_fields)), current=session.id == current)


class SignedInView(BaseModel):
    """Who signed in, and the new session, whose secret is in the cookie alone."""

    account: MeView
    session: SessionView


class TokenView(BaseModel):
    """An API token without its secret; `hint` is how the secret begins."""

    id: int
    name: str
    hint: str
    scopes: list[Scope]
    created_at: Moment
    last_used_at: Moment | None

    @classmethod
    def of(cls, token: ApiToken) -> "TokenView":
        """The wire form of the row."""
        return cls(**token.model_dump(include=set(cls.model_fields)))


class NewTokenView(TokenView):
    """A token just made: `token` is shown this once. A replayed answer (Idempotency-Key) comes without it."""

    token: str | None = Field(default=None, description="The secret, for `Authorization: Bearer`; shown this once.")


def session_key(session: SignedIn) -> tuple[int]:
    """What the list of sessions is ordered by."""
    return (stored_id(session.id),)


def token_key(token: ApiToken) -> tuple[int]:
    """What the list of tokens is ordered by."""
    return (stored_id(token.id),)
