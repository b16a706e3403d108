"""The pipeline, pure: what each kind of rule catches, in which order, and whom it lets pass."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from pydantic import ValidationError

from service.kit.actor import Actor
from service.kit.sender import Sender
from service.screening.models import Rule
from service.screening.policy import (
    TERMS,
    VERDICTS,
    Facts,
    InForce,
    Submission,
    evaluate,
    in_order,
    parse_terms,
    role_in,
    terms_json,
    to_rule,
)

pytestmark = pytest.mark.no_database
MINUTE = timedelta(minutes=1)
REPLY = Submission(kind="reply", category_id=1, thread_id=1, body="A casino.", username="bob")
WORDS = {"lines": ["casino"]}


def rule(kind: str, terms: dict[str, Any] | None = None, verdict: str = "", **more: Any) -> InForce:
    """A rule made ready."""
    given: dict[str, Any] = {"id": 1, "name": kind, "version": 1, "exempt_roles": [], "category_id": None, "place": 0}
    said = verdict or VERDICTS[kind][0]  # type: ignore[index]
    return to_rule(
        Rule(kind=kind, terms=terms or {}, verdict=said, public_reason=f"Because of {kind}.", **given | more)
    )


def sent(**more: Any) -> Submission:
    """A reply from somewhere."""
    return Submission(kind="reply", category_id=1, sender=Sender(**more))


def linked(*hosts: str) -> Submission:
    """A reply with links."""
    return Submission(kind="reply", category_id=1, hosts=hosts)


KNOWN = Facts(age=MINUTE, made=2, published=1, recent=60, first_url="/t/1/x#reply-1", mail_domain="mail.example")


HOURS = [timedelta(hours=1), timedelta(hours=2)]
YOUNG = Facts(age=timedelta(minutes=1), host_uses={"a.example": HOURS[:1], "b.example": HOURS})
"""Two young accounts have linked to the second host, one to the first."""


@pytest.mark.parametrize(
    ("kind", "terms", "submission", "facts", "inputs"),
    [
        ("hold_all", {}, REPLY, Facts(), {}),
        ("first_posts", {}, REPLY, Facts(), {"posts": 0, "published": 0}),
        ("first_posts", {"approved": 2}, REPLY, KNOWN, {"posts": 2, "published": 1}),
        ("first_posts", {"approved": 1}, REPLY, KNOWN, None),
        ("first_posts", {"approved": 1, "posts": 3}, REPLY, KNOWN, {"posts": 2, "published": 1}),
        ("links", {}, linked("a.example", "a.example"), Facts(), None),
        ("links", {}, linked("a.example", "b.example"), Facts(), {"hosts": 2, "named": ["a.example", "b.example"]}),
        ("links", {"count": "links"}, linked("a.example", "a.example"), Facts(), {"links": 2, "named": ["a.example"]}),
        ("links", {"least": 1, "only_first_posts": 1}, linked("a.example"), KNOWN, None),
        ("links", {"least": 1, "only_first_posts": 2}, linked("a.example"), KNOWN,
         {"hosts": 1, "named": ["a.example"]}),
        ("words", WORDS, REPLY, Facts(), {"line": "casino", "field": "body", "words": "casino"}),
        ("words", WORDS | {"fields": ["title"]}, REPLY, Facts(), None),
        ("words", {"lines": ["B0B"], "fields": ["name"]}, REPLY, KNOWN,
         {"line": "B0B", "field": "username", "words": "bob"}),
        ("words", {"lines": ["mail.example"], "fields": ["mail"]}, REPLY, KNOWN,
         {"line": "mail.example", "field": "mail", "words": "mail.example"}),
        ("words", {"lines": ["~spammer"], "fields": ["agent"]}, sent(agent="Spammer/1"), Facts(),
         {"line": "~spammer", "field": "agent", "words": "Spammer"}),
        ("words", {"lines": ["b.example"], "fields": ["links"]}, linked("a.example", "b.example"), Facts(),
         {"line": "b.example", "field": "links", "words": "b.example"}),
        ("words", WORDS, Submission("reply", 1, body="ca**si**no", html="<p>ca<strong>si</strong>no</p>"), Facts(),
         {"line": "casino", "field": "shown", "words": "casino"}),
        ("words", WORDS, Submission("reply", 1, body="&#99;asino", html="<p>casino</p>"), Facts(),
         {"line": "casino", "field": "shown", "words": "casino"}),
        ("addresses", {"networks": ["192.0.2.7/24"]}, sent(address="192.0.2.200"), Facts(),
         {"network": "192.0.2.0/24"}),
        ("addresses", {"networks": ["192.0.2.0/24"]}, sent(address="::ffff:192.0.2.9"), Facts(),
         {"network": "192.0.2.0/24"}),
        ("addresses", {"networks": ["2001:db8::/32", "192.0.2.1"]}, sent(address="192.0.2.2"), Facts(), None),
        ("addresses", {"networks": ["0.0.0.0/0"]}, sent(address="unknown"), Facts(), None),
        ("account_age", {"younger_than": "PT2M"}, REPLY, KNOWN, {"age_seconds": 60}),
        ("account_age", {"younger_than": "PT1M"}, REPLY, KNOWN, None),
        ("flood", {}, REPLY, KNOWN, {"recent": 60}),
        ("flood", {"posts": 61}, REPLY, KNOWN, None),
        ("duplicate", {}, REPLY, KNOWN, {"url": "/t/1/x#reply-1"}),
        ("duplicate", {}, REPLY, Facts(), None),
        ("honeypot", {}, sent(trapped=True), Facts(), {}),
        ("honeypot", {}, sent(), Facts(), None),
        ("too_fast", {}, sent(seconds=2.96), Facts(), {"seconds": 3.0}),
        ("too_fast", {}, sent(seconds=3.0), Facts(), None),
        ("too_fast", {}, sent(), Facts(), None),
        ("unproven", {"bits": 12}, sent(proven=11), Facts(), {"bits": 11}),
        ("unproven", {"bits": 12}, sent(proven=12), Facts(), None),
        ("unproven", {}, sent(), Facts(), None),
        ("shared_host", {}, linked("a.example", "b.example"), YOUNG, {"host": "b.example", "posts": 3}),
        ("shared_host", {"times": 4}, linked("b.example"), YOUNG, None),
        ("shared_host", {"window": "PT1H"}, linked("b.example"), YOUNG, None),
        ("shared_host", {"younger_than": "PT1M"}, linked("b.example"), YOUNG, None),
        ("external", {"url": "https://judge.example/"}, REPLY, Facts(), {}),
    ],
)  # fmt: skip
def test_what_each_kind_catches(
    kind: str, terms: dict[str, Any], submission: Submission, facts: Facts, inputs: dict[str, Any] | None
) -> None:
    verdict = evaluate([rule(kind, terms)], submission, facts)
    found = dict(verdict.finding.inputs) if verdict.finding else None
    assert found == inputs
    assert (verdict.outcome == "publish") == (inputs is None)


STAGES = (
    ("reject", lambda place: rule("words", WORDS, "reject", place=place)),
    ("refuse", lambda place: rule("duplicate", place=place)),
    ("refuse", lambda place: rule("flood", place=place)),
    ("hold", lambda place: rule("hold_all", place=place)),
    ("hold", lambda place: rule("external", {"url": "https://judge.example/"}, place=place)),
)


def test_of_each_pair_of_rules_the_one_decides_whose_stage_comes_first() -> None:
    """Whatever their places; and of two that find spam and reject, the one with the lower place."""
    for first, second in permutations(range(len(STAGES)), 2):
        rules = [STAGES[first][1](first), STAGES[second][1](-second)]
        earlier = min(first, second)
        verdict = evaluate(in_order(rules), REPLY, KNOWN)
        assert verdict.rule is rules[0 if first == earlier else 1]
        assert verdict.outcome == STAGES[earlier][0]
        assert (verdict.to_ask is not None) == (verdict.rule is not None and verdict.rule.kind == "external")
    assert evaluate(in_order([STAGES[4][1](0)]), REPLY, KNOWN).to_ask is not None
    for place, outcome in ((-1, "spam"), (1, "reject")):
        rules = [rule("words", WORDS, "reject", id=1), rule("words", WORDS, "spam", id=2, place=place)]
        assert evaluate(in_order(rules), REPLY, Facts()).outcome == outcome


def test_spam_is_refused_where_a_held_post_would_be() -> None:
    spam = rule("words", WORDS, "spam")
    for kind in ("duplicate", "flood"):
        assert evaluate(in_order([spam, rule(kind)]), REPLY, KNOWN).outcome == "refuse"
        assert evaluate(in_order([spam, rule(kind)]), REPLY, Facts()).outcome == "spam"
    verdict = evaluate(in_order([spam, rule("hold_all")]), REPLY, KNOWN)
    assert (verdict.outcome, verdict.public_reason) == ("spam", ""), "nobody is told"
    held = evaluate([rule("hold_all")], REPLY, KNOWN)
    assert held.public_reason == "Because of hold_all."


def test_whose_business_a_rule_is() -> None:
    everywhere, here, staff = (
        rule("hold_all"),
        rule("hold_all", category_id=1),
        rule("hold_all", exempt_roles=["moderator"]),
    )
    elsewhere = Submission(kind="thread", category_id=2, role="moderator")
    edit = Submission(kind="edit", category_id=1, role="admin")
    assert [each.is_asked(REPLY) for each in (everywhere, here, staff)] == [True, True, True]
    assert [each.is_asked(elsewhere) for each in (everywhere, here, staff)] == [True, False, False]
    assert [rule(kind).is_asked(edit) for kind in ("hold_all", "duplicate", "flood")] == [True, False, False]
    keeper = Actor(account_id=1, username="kim", role="member", moderated=frozenset({1}))
    assert [role_in(keeper, category) for category in (1, 2)] == ["moderator", "member"]


@pytest.mark.parametrize(
    ("kind", "terms", "said"),
    [
        ("words", {"lines": ["ok", "/(/"]}, "line 2 is no expression of RE2: missing )"),
        ("words", {"lines": ["/a\\1/"]}, "line 1 is no expression of RE2: invalid escape sequence"),
        ("words", {"lines": ["/\\pL{1000}/"]}, "line 1 is no expression of RE2: pattern too large"),
        ("words", {"lines": ["/.{1,100}x.{1,300}y/"]}, "line 1 is too large an expression"),
        ("words", {"lines": ["/[ab]{400}/"] * 100}, "too large together: make a second rule"),
        ("words", {"lines": ["ok", "~\u200b"]}, "line 2 has no letter, digit or sign"),
        ("words", {"lines": ["  "]}, "must have at least one line"),
        ("words", {"lines": ["x"] * 1001}, "at most 1000 items"),
        ("words", {"lines": ["x" * 501]}, "at most 500 characters"),
        ("words", WORDS | {"fields": []}, "at least 1 item"),
        ("words", WORDS | {"more": 1}, "Extra inputs are not permitted"),
        ("addresses", {"networks": ["192.0.2.0/24", "nowhere"]}, "line 2 is no address and no network"),
        ("links", {"least": 0}, "greater than or equal to 1"),
        ("links", {"only_first_posts": True}, "valid integer"),
        ("account_age", {"younger_than": 60}, "must be an ISO 8601 duration"),
        ("account_age", {"younger_than": "PT0S"}, "from PT1S to P3650D"),
        ("flood", {"window": "P2D"}, "from PT1S to P1D"),
        ("too_fast", {"least": "PT11M"}, "from PT1S to PT10M"),
        ("external", {"url": "ftp://judge.example/"}, "match pattern"),
    ],
)
def test_terms_that_break_a_rule_are_refused_with_words(kind: Any, terms: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said.replace("(", r"\(").replace(")", r"\)")):
        parse_terms(kind, terms)


def test_terms_come_back_from_json_as_they_were() -> None:
    needed = {"words": WORDS, "addresses": {"networks": ["192.0.2.1"]}, "external": {"url": "https://judge.example/"}}
    for kind in TERMS:
        terms = parse_terms(kind, needed.get(kind, {}))
        assert parse_terms(kind, terms_json(terms)) == terms
    assert terms_json(parse_terms("flood", {})) == {"posts": 60, "window": "PT1M"}
