"""Asking a program elsewhere about a post: what it is sent, how its answer is read, and when it is left in peace. Pure.

Two protocols. `parley`: a signed JSON object (see `kit.webhooks`), answered by `{"result": "pass"|"hold"|"reject"|
"spam", "labels": […]}`. `akismet`: the form of Akismet's `comment-check` (version 1.1 of its API), answered by `true`
(spam, with `X-akismet-pro-tip: discard` for the worst) or `false`; other services speak it too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import urlencode

from service.kit.clock import utc_text
from service.kit.outbound import Outcome, Sending
from service.kit.webhooks import signed_headers

Result = Literal["pass", "hold", "reject", "spam"]
RESULTS: Final[tuple[Result, ...]] = ("pass", "hold", "reject", "spam")
ACTION_OF: Final[dict[Result, Literal["approve", "reject", "spam"] | None]] = {
    "pass": "approve", "hold": None, "reject": "reject", "spam": "spam",
}  # fmt: skip
"""The step that follows an answer; none leaves the post to a moderator."""

MOST_LABELS: Final = 20
LONGEST_LABEL: Final = 60
FAILURES_TO_REST: Final = 5
"""Failures in a row after which nobody asks for a while: a service that is down is not knocked at by every post."""
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A post as the program sees it; `id` is the same however often it is asked about this text of this post."""

    id: str
    kind: Literal["thread", "reply"]
    title: str
    body: str
    url: str
    category: str
    author: str
    author_name: str
    mail_domain: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the program said. `labels` are its own words for it, kept with the decision."""

    result: Result
    labels: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)


def request_of(protocol: str, url: str, secret: str, question: Question, now: datetime) -> Sending:
    """The request that asks, in this protocol."""
    if protocol == "akismet":
        return Sending(url, urlencode(akismet_form(secret, question)).encode(), FORM)
    body = json.dumps({"type": "post.screened", "post": as_json(question)}, ensure_ascii=False).encode()
    return Sending(url, body, signed_headers(secret, question.id, int(now.timestamp()), body))


def feedback_of(protocol: str, url: str, secret: str, question: Question, result: Result, now: datetime) -> Sending:
    """The request that tells what a person decided about a post, so that the program can learn."""
    if protocol == "akismet":
        place = url.rsplit("/", 1)[0] + ("/submit-spam" if result == "spam" else "/submit-ham")
        return Sending(place, urlencode(akismet_form(secret, question)).encode(), FORM)
    said = {"type": "post.decided", "post": as_json(question), "result": result}
    body = json.dumps(said, ensure_ascii=False).encode()
    return Sending(url, body, signed_headers(secret, f"{question.id}-{result}", int(now.timestamp()), body))


FORM: Final = {"content-type": "application/x-www-form-urlencoded"}


def as_json(question: Question) -> dict[str, Any]:
    """The post in the protocol `parley`."""
    names = ("id", "kind", "title", "body", "url", "category")
    author = {
        "username": question.author, "display_name": question.author_name, "mail_domain": question.mail_domain,
    }  # fmt: skip
    return {name: getattr(question, name) for name in names} | {"author": author, "at": utc_text(question.at)}


def akismet_form(key: str, question: Question) -> dict[str, str]:
    """The post as Akismet's parameters; `blog` is the site's address."""
    site = "/".join(question.url.split("/")[:3])
    return {
        "api_key": key, "blog": site, "permalink": question.url, "comment_author": question.author_name,
        "comment_type": "forum-post" if question.kind == "thread" else "reply", "blog_charset": "UTF-8",
        "comment_content": f"{question.title}\n\n{question.body}".strip(), "comment_date_gmt": utc_text(question.at),
    }  # fmt: skip


def read_answer(protocol: str, outcome: Outcome) -> Judgement | str:
    """The judgement in an answer; or, in words, why it is none: then the check has failed."""
    if not outcome.accepted:
        return outcome.words
    text = outcome.body.decode("utf-8", "replace").strip()
    if protocol == "akismet":
        found: dict[str, Result] = {"true": "spam", "false": "pass"}
        return Judgement(found[text]) if text in found else "answered neither true nor false"
    try:
        said = json.loads(text)
    except ValueError:
        return "answered something that is no JSON"
    result = said.get("result") if isinstance(said, dict) else None
    if result not in RESULTS:
        return "answered without a result that is pass, hold, reject or spam"
    return Judgement(result, _labels(said.get("labels")))


def _labels(said: Any) -> tuple[str, ...]:
    """The labels as far as they are short plain words: they are shown to moderators, and kept."""
    words = [word for word in said if isinstance(word, str) and word.isprintable()] if isinstance(said, list) else []
    return tuple(word[:LONGEST_LABEL] for word in words[:MOST_LABELS])


def rest_after(failures: int, now: datetime) -> datetime | None:
    """Until when a program that failed so often in a row is not asked; None while it still is."""
    if failures < FAILURES_TO_REST:
        return None
    return now + min(LONGEST_REST, FIRST_REST * (1 << min(failures - FAILURES_TO_REST, 10)))
