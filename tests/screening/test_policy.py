"""The states of posts, pure: every pair of states against the table, and what each state lets whom read."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

import pytest

from service.kit.actor import GUEST, Actor
from service.kit.errors import InvalidTransition
from service.screening.policy import ACTIONS, STATES, State, has_been_public, may_read, possible, transition

pytestmark = pytest.mark.no_database
NOW = datetime(2026, 11, 23, tzinfo=UTC)
MEMBER = Actor(account_id=1, username="bob", role="member")
STRANGER = Actor(account_id=2, username="charlie", role="member")
MODERATOR = Actor(account_id=3, username="mona", role="moderator")
SCRIPT = Actor(account_id=3, username="mona", role="moderator", scopes=frozenset({"read", "write"}))

ALLOWED: dict[State, set[State]] = {
    "pending": {"published", "rejected", "spam", "trashed"},
    "published": {"hidden", "trashed", "spam"},
    "hidden": {"published", "trashed"},
    "rejected": {"pending"},
    "spam": {"pending", "published"},
    "trashed": {"pending", "published", "hidden"},
}
"""REQUIREMENTS 4.0: from each state, where a step leads; `spam` and `trashed` lead back to where they came from."""


@dataclass
class Row:
    """What a post's row is to the policy."""

    moderation: str
    previous_moderation: str | None = None
    trashed_at: datetime | None = None
    purged_at: datetime | None = None
    version: int = 1
    is_quiet: bool = False


def came_from(state: str) -> list[str | None]:
    """Where a post in this state may have come from."""
    origins: dict[str, list[str | None]] = {
        "spam": ["pending", "published"],
        "trashed": ["pending", "published", "hidden"],
    }
    return origins.get(state, [None])


@pytest.mark.parametrize(("before", "after"), list(product(STATES, STATES)))
def test_of_every_pair_of_states_there_is_a_step_or_there_is_none(before: State, after: State) -> None:
    reached = set()
    for previous, action in product(came_from(before), ACTIONS):
        row = Row(before, previous)
        try:
            step = transition(row, action, NOW)
        except InvalidTransition:
            assert row == Row(before, previous), "a refusal changes nothing"
            continue
        assert (step.before, step.after, row.moderation, row.version) == (before, row.moderation, row.moderation, 2)
        assert row.trashed_at == (NOW if row.moderation == "trashed" else None)
        assert row.previous_moderation == (before if row.moderation in ("spam", "trashed") else None)
        if before in ("spam", "trashed"):
            assert row.moderation == previous, "it goes back to where it came from"
        reached.add(row.moderation)
    assert (after in reached) == (after in ALLOWED[before])


@pytest.mark.parametrize(("state", "action"), list(product(STATES, ACTIONS)))
def test_a_purged_post_takes_no_step(state: State, action: str) -> None:
    row = Row(state, came_from(state)[0], purged_at=NOW)
    assert possible(row) == ()
    with pytest.raises(InvalidTransition):
        transition(row, action, NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", STATES)
def test_the_possible_actions_are_those_that_work(state: State) -> None:
    for action in ACTIONS:
        row = Row(state, came_from(state)[0])
        offered = action in possible(row)
        if offered:
            transition(row, action, NOW)
        else:
            with pytest.raises(InvalidTransition):
                transition(row, action, NOW)


@pytest.mark.parametrize(
    ("state", "guest", "stranger", "author", "script", "moderator"),
    [
        ("pending", False, False, True, False, True),
        ("published", True, True, True, True, True),
        ("hidden", False, False, True, False, True),
        ("rejected", False, False, True, False, True),
        ("spam", False, False, False, False, True),
        ("trashed", False, False, False, False, False),
    ],
)
def test_who_may_read_what(
    state: str, guest: bool, stranger: bool, author: bool, script: bool, moderator: bool
) -> None:
    people = (GUEST, STRANGER, MEMBER, SCRIPT, MODERATOR)
    assert [may_read(actor, Row(state), 1) for actor in people] == [guest, stranger, author, script, moderator]
    assert may_read(GUEST, Row(state), None) == (state == "published"), "nobody's post is not every guest's"


@pytest.mark.parametrize(
    ("state", "previous", "public"),
    [
        ("pending", None, False), ("published", None, True), ("hidden", None, True), ("rejected", None, False),
        ("spam", "pending", False), ("spam", "published", True), ("trashed", "pending", False),
        ("trashed", "hidden", True), ("trashed", "published", True),
    ],
)  # fmt: skip
def test_what_has_been_public(state: str, previous: str | None, public: bool) -> None:
    assert has_been_public(Row(state, previous)) == public
