"""What each kind of rule looks for: from its terms to a pure function of a submission and the facts about its author.

A look is made once for each version of a rule, so that what can be worked out beforehand is.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any, Final

from service.screening.policy.submission import Facts, Finding, Span, Submission
from service.screening.policy.terms import (
    AccountAge,
    Addresses,
    Duplicate,
    External,
    FirstPosts,
    Flood,
    HoldAll,
    Honeypot,
    Links,
    Place,
    RuleKind,
    SharedHost,
    TooFast,
    Unproven,
    Words,
)
from service.screening.policy.words import Hit, WordList, to_list

Look = Callable[[Submission, Facts], Finding | None]
"""What a rule finds in a submission; None: nothing."""

SHOWN: Final = "shown"
"""The field of a finding in the rendered text."""

WITHIN_LINE: Final = re.compile(r"</?(?:a|strong|em|del|code|span|sup)\b[^>]*>")
TAG: Final = re.compile(r"<[^>]*>")

MOST_HOSTS: Final = 10
"""Hosts that a finding names."""


def is_newcomer(facts: Facts, fewer_than: int | None) -> bool:
    """Whether a rule that is for first posts alone is meant for this author; one for all is."""
    return fewer_than is None or (facts.published or 0) < fewer_than


def hold_all(terms: HoldAll) -> Look:
    """Every post is caught."""
    return lambda submission, facts: Finding()


def first_posts(terms: FirstPosts) -> Look:
    """Caught while the author's posts, or those of them that were published, are too few; of a stranger none is."""

    def look(submission: Submission, facts: Facts) -> Finding | None:
        made, published = facts.made or 0, facts.published or 0
        if made >= terms.posts and published >= terms.approved:
            return None
        return Finding(inputs={"posts": made, "published": published})

    return look


def links(terms: Links) -> Look:
    """Caught from so many links, or hosts that are linked to, on."""

    def look(submission: Submission, facts: Facts) -> Finding | None:
        found = submission.hosts if terms.count == "links" else tuple(dict.fromkeys(submission.hosts))
        if len(found) < terms.least or not is_newcomer(facts, terms.only_first_posts):
            return None
        return Finding(inputs={terms.count: len(found), "named": list(dict.fromkeys(found))[:MOST_HOSTS]})

    return look


def words(terms: Words) -> Look:
    """Caught where a line of the list stands in one of the fields."""
    lines = to_list(tuple(terms.lines))

    def look(submission: Submission, facts: Facts) -> Finding | None:
        if not is_newcomer(facts, terms.only_first_posts):
            return None
        for name in terms.fields:
            for field, text in texts_of(name, submission, facts):
                if text and (hit := lines.find(submission.disguised(text))):
                    return _word_found(field, text, hit)
        return _hidden(lines, submission) if "body" in terms.fields else None

    return look


def texts_of(name: Place, submission: Submission, facts: Facts) -> Iterator[tuple[str, str]]:
    """The texts of a field, each with the name under which a finding has it."""
    if name in ("title", "body"):
        yield name, submission.title if name == "title" else submission.body
    elif name == "name":
        yield "username", submission.username
        yield "display_name", facts.display_name
    elif name == "links":
        yield "links", "\n".join(submission.hosts)
    else:
        yield name, facts.mail_domain if name == "mail" else submission.sender.agent


def _hidden(lines: WordList, submission: Submission) -> Finding | None:
    """A line that stands in what is shown, though not in what was typed: `via**gra**`, `&#118;iagra`."""
    if not submission.html or not any(sign in submission.body for sign in "*_&~`[\\<"):
        return None
    text = shown_words(submission.html)
    hit = lines.find(submission.disguised(text))
    return Finding(inputs={"line": hit.line, "field": SHOWN, "words": text[hit.start : hit.end]}) if hit else None


def shown_words(html: str) -> str:
    """The words of sanitised HTML, quickly: what is marked within a line stays one word."""
    return unescape(TAG.sub("\n", WITHIN_LINE.sub("", html)))


def _word_found(field: str, text: str, hit: Hit) -> Finding:
    inputs = {"line": hit.line, "field": field, "words": text[hit.start : hit.end]}
    return Finding(Span(field, hit.start, hit.end), inputs)


def addresses(terms: Addresses) -> Look:
    """Caught where the post comes from one of the networks; an IPv4 address within IPv6 is looked at as IPv4."""
    networks = [ipaddress.ip_network(line) for line in terms.networks]

    def look(submission: Submission, facts: Facts) -> Finding | None:
        try:
            address = ipaddress.ip_address(submission.sender.address)
        except ValueError:
            return None
        address = getattr(address, "ipv4_mapped", None) or address
        found = next((network for network in networks if address in network), None)
        if found is None or not is_newcomer(facts, terms.only_first_posts):
            return None
        return Finding(inputs={"network": str(found)})  # the address itself is kept nowhere

    return look


def account_age(terms: AccountAge) -> Look:
    """Caught while the account is young."""

    def look(submission: Submission, facts: Facts) -> Finding | None:
        if facts.age is None or facts.age >= terms.younger_than:
            return None
        return Finding(inputs={"age_seconds": int(facts.age.total_seconds())})

    return look


def flood(terms: Flood) -> Look:
    """Refused when the author has posted so often within the window already."""

    def look(submission: Submission, facts: Facts) -> Finding | None:
        return Finding(inputs={"recent": facts.recent}) if (facts.recent or 0) >= terms.posts else None

    return look


def duplicate(terms: Duplicate) -> Look:
    """Refused when the author has posted the same text there within the window."""
    return lambda submission, facts: Finding(inputs={"url": facts.first_url}) if facts.first_url else None


def honeypot(terms: Honeypot) -> Look:
    """Caught when the field was filled in that people do not see."""
    return lambda submission, facts: Finding() if submission.sender.trapped else None


def too_fast(terms: TooFast) -> Look:
    """Caught when the form was sent sooner than people type; what came without a form is not."""

    def look(submission: Submission, facts: Facts) -> Finding | None:
        seconds = submission.sender.seconds
        if seconds is None or seconds >= terms.least.total_seconds() or not is_newcomer(facts, terms.only_first_posts):
            return None
        return Finding(inputs={"seconds": round(seconds, 1)})

    return look


def unproven(terms: Unproven) -> Look:
    """Caught when a form came with too small a proof, or none; what came without a form is not."""

    def look(submission: Submission, facts: Facts) -> Finding | None:
        proven = submission.sender.proven
        if proven is None or proven >= terms.bits or not is_newcomer(facts, terms.only_first_posts):
            return None
        return Finding(inputs={"bits": proven})

    return look


def shared_host(terms: SharedHost) -> Look:
    """Caught when young accounts linked to one of the hosts so often within the window, this post among them."""

    def look(submission: Submission, facts: Facts) -> Finding | None:
        if facts.age is None or facts.age >= terms.younger_than:
            return None
        for host in dict.fromkeys(submission.hosts):
            uses = 1 + sum(ago <= terms.window for ago in facts.host_uses.get(host, ()))
            if uses >= terms.times:
                return Finding(inputs={"host": host, "posts": uses})
        return None

    return look


def external(terms: External) -> Look:
    """Every post is held until the program elsewhere has answered."""
    return lambda submission, facts: Finding()


LOOKS: Final[dict[RuleKind, Callable[[Any], Look]]] = {
    "hold_all": hold_all, "first_posts": first_posts, "links": links, "words": words, "addresses": addresses,
    "account_age": account_age, "flood": flood, "duplicate": duplicate, "honeypot": honeypot, "too_fast": too_fast,
    "unproven": unproven, "shared_host": shared_host, "external": external,
}  # fmt: skip
