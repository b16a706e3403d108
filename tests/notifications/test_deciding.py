"""Who is told of what, and why: every combination of levels and reasons against an oracle that is written otherwise."""

from collections.abc import Iterator
from itertools import product

import pytest

from service.notifications.policy.deciding import WATCHED, decide, reasons
from service.subscriptions.models import LEVELS
from service.subscriptions.policy import Bearings
from service.subscriptions.queries import Reader

pytestmark = pytest.mark.no_database

OWN = [(None, None), *product(LEVELS, ["chosen"]), ("watching", "replied"), ("tracking", "read")]
ON_TAGS = [{}, *({3: level} for level in LEVELS), *({3: one, 4: other} for one, other in product(LEVELS, LEVELS))]
FLAGS = list(product([False, True], repeat=3))


def everybody() -> Iterator[Reader]:
    """Every person there can be, as far as a decision can tell them apart: 17,856 of them."""
    for (own, why), author, tags, category, flags in product(OWN, [False, True], ON_TAGS, [None, *LEVELS], FLAGS):
        bearings = Bearings(own, why, author, tags, category)
        yield Reader(1, bearings, mentioned=flags[0], answered=flags[1], quoted=flags[2])


def said(reader: Reader) -> list[tuple[str, str]]:
    """The oracle: each thing that somebody said or did as (level, because), the strongest word last."""
    of, words = reader.bearings, [("normal", "")]
    if of.category:
        words.append((of.category, "category"))
    for level in ("normal", "tracking", "watching_first", "watching", "muted"):
        if level in of.tags.values():
            words.append((level, "tag"))
    if of.is_author:
        words.append(("watching", "opened"))
    if of.own:
        words.append((of.own, str(of.own_reason)))
    return words


def expected(reader: Reader, kind: str, *, followers: bool) -> list[str]:
    """The oracle: why somebody is told, as a person would tell it."""
    level, because = said(reader)[-1]
    if level == "muted":
        return []
    found = ["mentioned"] * reader.mentioned + ["answered"] * reader.answered + ["quoted"] * reader.quoted
    follows = level == "watching" or (level == "watching_first" and kind == "thread")
    if kind == "thread":  # that it was opened is no news to somebody who has been in it
        follows = follows and because in ("tag", "category")
    return found + [because] * (follows and followers)


@pytest.mark.parametrize("kind", sorted(WATCHED))
@pytest.mark.parametrize("followers", [True, False])
def test_every_person_is_told_as_the_oracle_says(kind: str, followers: bool) -> None:
    seen = set()
    for reader in everybody():
        found = list(reasons(reader, kind, followers=followers))
        assert found == expected(reader, kind, followers=followers), (reader, kind)
        seen |= set(found)
    assert {"mentioned", "answered", "quoted"} <= seen
    followed = {"tag", "category"} if kind == "thread" else {"opened", "replied", "chosen", "tag", "category"}
    assert seen - {"mentioned", "answered", "quoted"} == (followed if followers else set())


@pytest.mark.parametrize("kind", sorted(WATCHED))
def test_who_muted_it_hears_nothing_and_a_tag_mutes_as_much(kind: str) -> None:
    for flags in FLAGS:
        for bearings in (
            Bearings("muted", "chosen", True, {3: "watching"}, "watching"),
            Bearings(tags={3: "watching", 4: "muted"}, category="watching"),
            Bearings(category="muted"),
        ):
            reader = Reader(1, bearings, mentioned=flags[0], answered=flags[1], quoted=flags[2])
            assert not decide(reader, kind).told


def test_what_was_considered_is_kept_small_and_without_words() -> None:
    bearings = Bearings("normal", "chosen", True, {4: "watching", 3: "tracking"}, "muted")
    decision = decide(Reader(1, bearings, mentioned=True), "reply")
    assert decision.told
    assert decision.reason == "mentioned"
    assert decision.considered == {
        "level": "normal", "from": "chosen", "own": "normal", "own_reason": "chosen", "author": True,
        "tags": {"3": "tracking", "4": "watching"}, "category": "muted", "mentioned": True,
        "reasons": ["mentioned"], "channels": ["site", "mail", "push"],
    }  # fmt: skip
    from_tag = decide(Reader(1, Bearings(tags={4: "watching", 3: "watching"})), "reply").considered
    assert (from_tag["from"], from_tag["tag"], from_tag["level"]) == ("tag", 3, "watching")
