"""Rules in a reader's words: what each kind is called, and what a rule does, in a sentence."""

from collections.abc import Callable
from typing import Any, Final

from service.kit.clock import in_short
from service.kit.outbound import Refused, read_url
from service.pages.views.frame import Choice
from service.screening.policy import VERDICTS, RuleKind, stored_terms

KINDS: Final[dict[RuleKind, str]] = {
    "words": "Words", "links": "Links", "first_posts": "First posts", "account_age": "New accounts",
    "addresses": "Addresses", "hold_all": "Every post", "flood": "Many posts at once",
    "duplicate": "The same text twice", "honeypot": "A hidden field", "too_fast": "Forms sent very fast",
    "unproven": "Forms without a proof of work", "shared_host": "Sites that new accounts share",
    "external": "A check elsewhere",
}  # fmt: skip
VERBS: Final = {"hold": "Holds", "spam": "Takes for spam", "reject": "Rejects", "refuse": "Refuses"}
VERDICT_CHOICES: Final = {
    "hold": "Hold it: a moderator looks first", "spam": "Take it for spam: only moderators learn so",
    "reject": "Reject it: its author is told, and may change it", "refuse": "Refuse it",
}  # fmt: skip
FIELDS: Final = {
    "title": "Title", "body": "Text", "name": "Author’s name", "mail": "Domain of their mail", "agent": "Their program",
    "links": "Sites linked to",
}  # fmt: skip


def says(kind: str, terms: dict[str, Any], verdict: str) -> str:
    """What a rule does, in a sentence."""
    parsed: Any = stored_terms(kind, terms)  # type: ignore[arg-type]
    what = SENTENCES[kind](parsed)
    if kind == "external":
        return f"{what}."
    fewer = getattr(parsed, "only_first_posts", None)
    posts = "no published post" if fewer == 1 else f"fewer than {fewer} published posts"
    of_whom = f", of people with {posts}" if fewer else ""
    return f"{VERBS[verdict]} {what}{of_whom}."


def _first_posts(terms: Any) -> str:
    first = f"a person’s first {count(terms.posts, 'post')}, and all" if terms.posts else "a person’s posts"
    return (
        f"{first} until {count(terms.approved, 'post')} of theirs {'was' if terms.approved == 1 else 'were'} published"
    )


def _links(terms: Any) -> str:
    if terms.count == "links":
        return f"posts with {count(terms.least, 'link')} or more"
    return f"posts that link to {count(terms.least, 'other site')} or more"


def _words(terms: Any) -> str:
    places = [FIELDS[field].lower() for field in terms.fields]
    where = " or ".join([", ".join(places[:-1]), places[-1]] if len(places) > 1 else places)
    found = f"one of {len(terms.lines)} lines" if len(terms.lines) > 1 else f"“{terms.lines[0]}”"
    return f"posts in which {found} is found ({where})"


def _host(url: str) -> str:
    """The host that is asked; of a stored address that is none, the text."""
    try:
        return read_url(url).host
    except Refused:
        return url


SENTENCES: Final[dict[str, Callable[[Any], str]]] = {
    "hold_all": lambda terms: "every post",
    "first_posts": _first_posts,
    "links": _links,
    "words": _words,
    "addresses": lambda terms: (
        f"posts from {count(len(terms.networks), 'address or network', 'addresses or networks')}"
    ),
    "account_age": lambda terms: f"posts of accounts younger than {in_short(terms.younger_than)}",
    "flood": lambda terms: f"posts of a person who made {terms.posts} within {in_short(terms.window)}",
    "duplicate": lambda terms: f"the same text of the same person within {in_short(terms.window)}",
    "honeypot": lambda terms: "forms in which a field is filled in that people do not see",
    "too_fast": lambda terms: f"forms sent within {in_short(terms.least)}",
    "unproven": lambda terms: f"forms without a computation of {terms.bits} bits",
    "shared_host": lambda terms: (
        f"links to a site that accounts younger than {in_short(terms.younger_than)} gave {terms.times} times "
        f"within {in_short(terms.window)}"
    ),
    "external": lambda terms: f"Asks {_host(terms.url)} about each post, while the post waits",
}
"""What each kind catches."""


def count(number: int, one: str, many: str = "") -> str:
    """A number of things."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def verdicts_of(kind: RuleKind) -> tuple[Choice, ...]:
    """The verdicts that a rule of this kind may have."""
    return tuple(Choice(verdict, VERDICT_CHOICES[verdict]) for verdict in VERDICTS[kind])
