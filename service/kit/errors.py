"""The errors a caller may see, drawn once.

    Problem
    ├── NotFound 404            (also: what you may not see)
    ├── NotSignedIn 401
    ├── NotAllowed 403 ── CrossOrigin 403 · Suspended 403 · Silenced 403
    ├── Conflict 409  ── each room names its own (ThreadIsClosed, …)
    ├── Invalid 422   ── IdempotencyConflict 422
    ├── EditConflict 412 · PreconditionRequired 428
    ├── RateLimited 429 · InProgress 409
    ├── BodyTooLarge 413 · BadRequest 400
    └── NotReady 503

`web.problems` turns them into RFC 9457 answers, `pages.forms` into a page that keeps what was typed.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: `pointer` is an RFC 6901 JSON pointer (`/body`), `detail` names the rule in a sentence."""

    pointer: str
    detail: str


class Problem(Exception):
    """An error a caller may see (RFC 9457).

    `code` is stable and `status` is HTTP's; `detail` is a sentence for this occurrence; `errors` name fields;
    `extra` are further members of the JSON object; `headers` go on the answer.
    """

    code: ClassVar[str] = "problem"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong"

    def __init__(
        self,
        detail: str = "",
        *,
        errors: tuple[FieldError, ...] = (),
        extra: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = errors
        self.extra = extra or {}
        self.headers = headers or {}


class BadRequest(Problem):
    """The request cannot be read at all: broken framing, broken JSON, an impossible encoding."""

    code, status, title = "bad-request", 400, "The request could not be read"


class NotSignedIn(Problem):
    """The deed needs an account, and nobody is signed in (or the token, or the password, is not valid)."""

    code, status, title = "not-signed-in", 401, "Sign in first"

    def __init__(self, detail: str = "") -> None:
        # RFC 9110 section 15.5.2: a 401 names a scheme; Bearer (RFC 6750) opens no password window in browsers.
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class NotAllowed(Problem):
    """The actor may see the subject but may not do this to it."""

    code, status, title = "not-allowed", 403, "This is not allowed"


class CrossOrigin(NotAllowed):
    """A browser sent an unsafe request from another site's page."""

    code, title = "cross-origin", "The request came from another site"


class Suspended(NotAllowed):
    """The account may not be used for the time being; `until` (null: for ever) and `reason` say how long and why."""

    code, title = "suspended", "This account is suspended"


class Silenced(NotAllowed):
    """The account may read and not write for the time being; `until` (null: for ever) and `reason` say more."""

    code, title = "silenced", "This account is silenced: it may read, and not write"


class NotFound(Problem):
    """There is no such thing, or the actor may not know that there is."""

    code, status, title = "not-found", 404, "Not found"


class MethodNotAllowed(Problem):
    """The address exists, the method does not (RFC 9110 section 15.5.6)."""

    code, status, title = "method-not-allowed", 405, "This method is not allowed here"


class Conflict(Problem):
    """The state of the subject forbids the deed now. Rooms name their own conflicts."""

    code, status, title = "conflict", 409, "This conflicts with the present state"


class InProgress(Conflict):
    """Another request with the same Idempotency-Key has not been answered yet."""

    code, title = "in-progress", "The same request is still in progress"


class InvalidTransition(Conflict):
    """The state machine has no such step."""

    code, title = "invalid-transition", "This step is not possible from the present state"


class EditConflict(Problem):
    """`If-Match` named an older version than the stored one (RFC 9110 section 13.1.1)."""

    code, status, title = "edit-conflict", 412, "Somebody else changed this meanwhile"


class PreconditionRequired(Problem):
    """The edit needs an `If-Match` header (RFC 6585 section 3)."""

    code, status, title = "precondition-required", 428, "Say which version you are changing"


class BodyTooLarge(Problem):
    """The request body is over the limit of 1 MB."""

    code, status, title = "body-too-large", 413, "The request is too large"


class Invalid(Problem):
    """Fields break their rules; `errors` names each field and its rule."""

    code, status, title = "invalid", 422, "Some fields are not valid"


class IdempotencyConflict(Invalid):
    """The Idempotency-Key was used before with another request."""

    code, title = "idempotency-conflict", "This Idempotency-Key belongs to another request"


class RateLimited(Problem):
    """Too many requests (RFC 6585 section 4); `Retry-After` says how many seconds to wait."""

    code, status, title = "rate-limited", 429, "Too many requests"


class NotReady(Problem):
    """The database cannot be used now; try again after `Retry-After` seconds."""

    code, status, title = "not-ready", 503, "The service is not ready"

    def __init__(self, detail: str = "The database cannot be used at the moment; nothing was stored.") -> None:
        super().__init__(detail, headers={"Retry-After": "5"})


def invalid(pointer: str, detail: str) -> Invalid:
    """The problem for one wrong field: `invalid("/body", "must not be empty")`."""
    return Invalid(f"{pointer.lstrip('/') or 'The request'}: {detail}", errors=(FieldError(pointer, detail),))


def settled(value: T | Problem) -> T:
    """The value; or, when `prepare` found a problem instead, raise it: now it is its turn in the order of checks."""
    if isinstance(value, Problem):
        raise value
    return value
