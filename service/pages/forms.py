"""Forms, in one place: reading what was sent, trying the deed, and giving everything typed back when it is refused.

A form is sent as `application/x-www-form-urlencoded` (WHATWG HTML, section 4.10.21) to the screen that shows it. When
an operation refuses, nothing was stored; the screen is loaded afresh and shown again with the problem's status, its
sentence at the form, each field's rule beside the field, and every value as it was typed.
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import quote, unquote_to_bytes

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from service.accounts.current import Asks
from service.kit.actor import Actor
from service.kit.database import Session
from service.kit.errors import BadRequest, FieldError, Invalid, NotFound, Problem
from service.pages.views.frame import Form, FormError
from service.web.answers import Answer, see_other
from service.web.bodies import UNSTORABLE, invalid_fields

FORM_TYPE: Final = "application/x-www-form-urlencoded"
MAX_FIELDS: Final = 60
KEY: Final = "idempotency_key"
SECRETS: Final = frozenset(("password", "current_password", "new_password"))
"""Fields that are never written back into a page."""

PLAINLY: Final = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"String should have at least 1 character", "must not be empty"),
        (r"String should have at least (\d+) characters", r"needs at least \1 characters"),
        (r"String should have at most (\d+) characters", r"may have at most \1 characters"),
        (r"String should match pattern .*", "may have small letters, digits and single hyphens only"),
        (r"List should have at least 1 item.*", "choose at least one"),
        (r"List should have at most (\d+) items.*", r"at most \1 are allowed"),
        (r"Input should be a valid integer.*", "must be a whole number"),
        (r"Input should be greater than or equal to (\d+)", r"must be at least \1"),
        (r"Input should be less than or equal to (\d+)", r"must be at most \1"),
        (r"Input should be '.*", "must be one of the choices"),
    )
)
"""What pydantic says of a field, and what the form says instead."""

SAID: Final = {
    "edit-conflict": "Somebody else changed this meanwhile",
    "idempotency-conflict": "This form was sent before, with something else in it. If this is new, send it again",
    "in-progress": "This form is being stored already. Wait a moment, then look whether it is there",
}
"""Problems whose own words are meant for programs."""

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it arrived. `refusal` is set when a field holds what no text may hold (not UTF-8, NUL)."""

    values: Mapping[str, str]
    key: str | None
    refusal: Invalid | None = None

    def value(self, name: str) -> str:
        """What was typed into `name`, without blank edges; empty when the field was not sent."""
        return self.values.get(name, "").strip()

    @property
    def deed(self) -> str:
        """Which button was pressed: the value of `do`."""
        return self.value("do")

    def number(self, name: str) -> int | None:
        """A whole number of at most 18 digits in a hidden field; None for anything else."""
        text = self.value(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None

    def model(self, kind: type[M], fields: Mapping[str, Any]) -> M | Invalid:
        """The request as a room's own request model, or the refusal that the operation raises in its turn."""
        if self.refusal is not None:
            return self.refusal
        try:
            return kind.model_validate(fields)
        except ValidationError as error:
            return invalid_fields(error)

    def again(self, problem: Problem | None = None, *, labels: Mapping[str, str] | None = None) -> Form:
        """The form to show again, filled with what was typed; with the problem's words when there is one."""
        kept = {name: value for name, value in self.values.items() if name not in SECRETS | {KEY}}
        if problem is not None and "version" in problem.extra:
            kept["version"] = str(problem.extra["version"])  # whoever has seen the newer one may save over it
        if problem is None:
            return fresh(kept)
        errors = tuple(_form_error(error, labels or {}) for error in problem.errors)
        refusal = SAID.get(problem.code) or (problem.title if errors else problem.detail)
        return Form(new_key(), kept, errors, refusal.rstrip(".") + ".", problem.code)


async def read(request: Request, *, most: int = MAX_FIELDS) -> Sent:
    """The form in a request's body. Raises BadRequest for another media type or more than `most` fields."""
    if request.headers.get("content-type", FORM_TYPE).partition(";")[0].strip().lower() != FORM_TYPE:
        raise BadRequest(f"A form is sent as {FORM_TYPE}")
    pairs = (await request.body()).split(b"&")
    if len(pairs) > most:
        raise BadRequest(f"A form has at most {most} fields")
    values: dict[str, str] = {}
    wrong: list[FieldError] = []
    for pair in pairs:
        name, _, value = pair.partition(b"=")
        typed = _decode(name), _decode(value)
        label, text = (UNSTORABLE.sub("\ufffd", part) for part in typed)
        if (label, text) != typed or "\ufffd" in label:
            wrong.append(FieldError(f"/{label[:80]}", "must be UTF-8 text without NUL"))
        values.setdefault(label, text)
    refusal = Invalid("Some fields are not text", errors=tuple(wrong)) if wrong else None
    return Sent(values, values.get(KEY) or None, refusal)


def _decode(part: bytes) -> str:
    """One percent-encoded name or value; bytes that are not UTF-8 become lone surrogates, which are refused.

    Forms send every line end as CR LF, which a limit in characters must not count twice (WHATWG HTML 4.10.21.8).
    """
    text = unquote_to_bytes(part.replace(b"+", b" ")).decode("utf-8", "surrogateescape")
    return text.replace("\r\n", "\n")


def _form_error(error: FieldError, labels: Mapping[str, str]) -> FormError:
    """A field's rule as a sentence. The pointer's last part is the input's name (`/closing/closes_at`); behind it may
    stand which of several values in one input is meant (`/tags/2`).
    """
    path, _, last = error.pointer.rpartition("/")
    place = int(last) + 1 if last.isdigit() else None
    name = (last if place is None else path.rpartition("/")[2]) or "main"
    rule = plainly(error.detail.rstrip("."))
    if rule.lower().startswith(("the ", "this ", "a ")):
        return FormError(name, f"{rule[0].upper()}{rule[1:]}.")
    label = labels.get(name, name.replace("_", " ").capitalize())
    return FormError(name, f"{label}: {rule}." if place is None else f"{label.removesuffix('s')} {place}: {rule}.")


def plainly(rule: str) -> str:
    """Pydantic's words for a rule in a reader's; other rules are plain already."""
    for pattern, words in PLAINLY:
        if found := pattern.fullmatch(rule):
            return found.expand(words)
    return rule


def new_key() -> str:
    """A fresh Idempotency-Key, 128 random bits: one for every form that is shown."""
    return secrets.token_urlsafe(16)


def fresh(values: Mapping[str, str] | None = None, *, notice: str | None = None) -> Form:
    """A form that nobody has sent yet, filled with the present values."""
    return Form(new_key(), values or {}, notice=notice)


async def attempt(asks: Asks, sent: Sent, work: Callable[[Session, Actor], Answer | Problem]) -> Response | Problem:
    """Do the deed as one unit of work, at most once for the form's key; the problem, when it was refused.

    What does not exist, or may not be seen, is no form's problem: NotFound is raised on.
    """
    try:
        return await asks.write(work, key=sent.key)
    except NotFound:
        raise
    except Problem as problem:
        return problem


def posted(location: str, draft: str) -> Answer:
    """303 after a post was stored. The cookie tells the browser's script that its saved text may go.

    It names the draft, no secret; the script reads and removes it (`static/drafts.js`).
    """
    answer = see_other(location)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Set-Cookie"] = f"parley-posted={quote(draft, safe='')}; Path=/; Max-Age=600; SameSite=Lax"
    return answer


def local_path(path: str) -> str:
    """`path` when it is a path on this site, else the front page: nobody is sent elsewhere after signing in."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and len(path) <= 500
    return path if safe else "/"
