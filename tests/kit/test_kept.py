"""What is kept goes when it is not true any more, and what was drawn before a change is never kept after it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from service.kit.clock import Clock
from service.kit.kept import EVERYTHING, LISTS, OVERHEAD, Kept, Subject, Terms, of_thread
from service.live.policy import subjects_of

pytestmark = pytest.mark.no_database
AT = datetime(2026, 11, 23, tzinfo=UTC)


def a_store(room: int = 1_000_000) -> Kept:
    return Kept(room, Clock(), subjects_of)


def put(kept: Kept, key: str, *subjects: Subject, position: int = 10, meanwhile: Callable[[], None] | None = None,
        until: datetime | None = None, size: int = 100) -> bool:  # fmt: skip
    with kept.offer() as offer:
        if meanwhile:
            meanwhile()
        return kept.put(key, key.upper(), size, Terms(frozenset(subjects), position, AT, until), offer)


def test_what_happens_drops_what_it_concerns() -> None:
    for change, left in (
        (("reply.posted", 1), {"two"}), (("site.changed", None), set()), (("account.changed", None), set()),
        (("account.suspended", None), {"one", "two", "list"}), (("rule.changed", None), set()),
        (("thread.edited", 3), {"one", "two"}), (("review.undone", None), set()),
    ):  # fmt: skip
        kept = a_store()
        put(kept, "one", of_thread(1))
        put(kept, "two", of_thread(2))
        put(kept, "list", LISTS)
        kept.changed([change])
        assert {key for key in ("one", "two", "list") if kept.get(key)} == left, change
        assert kept.size == len(left) * (100 + OVERHEAD)


def test_an_event_drops_only_what_was_drawn_before_it() -> None:
    kept = a_store()
    put(kept, "before", of_thread(1), position=10)
    put(kept, "after", of_thread(1), position=12)
    kept.changed([("reply.posted", 1)], position=12)
    assert (kept.get("before"), kept.get("after")) == (None, "AFTER")


def test_what_changed_while_it_was_drawn_is_not_kept() -> None:
    kept = a_store()
    assert put(kept, "first", LISTS, position=10)
    cases: list[tuple[Callable[[], None], int, bool]] = [
        (lambda: kept.changed([("reply.posted", 1)]), 10, False),  # committed here, and not told by the log yet
        (lambda: kept.changed([("reply.posted", 1)], 11), 10, False),
        (lambda: kept.changed([("reply.posted", 1)], 11), 11, True),  # the snapshot had it
        (lambda: kept.changed([("reply.posted", 2)]), 10, True),
        (lambda: kept.changed([("site.changed", None)]), 10, False),
    ]
    for meanwhile, position, stays in cases:
        assert put(kept, "one", of_thread(1), position=position, meanwhile=meanwhile) is stays


def test_a_snapshot_older_than_what_is_known_is_not_kept() -> None:
    """A replica's, say: what happened in between was told before its drawing began."""
    kept = a_store()
    put(kept, "one", of_thread(1), position=10)
    kept.known = 20
    assert not put(kept, "two", of_thread(2), position=15)
    assert put(kept, "two", of_thread(2), position=20)


def test_two_drawings_begin_before_the_log_is_followed() -> None:
    """The log is followed from the first one's position on: the other's is older, and nobody tells what it missed."""
    kept = a_store()
    with kept.offer() as slow:
        assert put(kept, "fast", LISTS, position=10)
        assert not kept.put("slow", "SLOW", 1, Terms(frozenset({of_thread(1)}), 8, AT), slow)
        assert kept.put("slow", "SLOW", 1, Terms(frozenset({of_thread(1)}), 10, AT), slow)
        kept.clear()
        assert not kept.rest(), "something is being drawn: what happens now must be told to it"
    assert kept.rest()
    assert kept.known is None


def test_time_ends_what_it_changes() -> None:
    kept = a_store()
    assert put(kept, "ended", LISTS, until=AT)
    assert put(kept, "lasts", LISTS, until=AT + timedelta(days=1))
    assert (kept.get("ended"), kept.get("lasts")) == (None, "LASTS")
    kept._clock.offset += timedelta(hours=1)
    assert kept.get("lasts") is None, "another clock: the moment is to be asked anew"


def test_the_longest_unused_goes_first_and_nothing_is_kept_without_room() -> None:
    kept = a_store(room=3 * (100 + OVERHEAD))
    for key in ("a", "b", "c"):
        put(kept, key, LISTS)
    kept.get("a")
    put(kept, "d", LISTS)
    assert [key for key in "abcd" if kept.get(key)] == ["a", "c", "d"]
    kept.grow("d", 100)
    assert kept.size <= kept.room
    assert not put(kept, "large", LISTS, size=kept.room)
    assert not put(a_store(room=0), "a", LISTS)
    assert kept.counts.evicted == 2


def test_a_flood_takes_nothing_away_that_was_asked_for_again() -> None:
    """But what was asked for again leaves room for what is new; sizes are counted right through all of it."""
    kept = a_store(room=10 * (100 + OVERHEAD))
    for key in "abcdef":
        put(kept, key, LISTS)
        kept.get(key)
    for number in range(100):
        put(kept, f"flood {number}", of_thread(number))
    assert [key for key in "abcdef" if kept.get(key)] == list("abcdef")
    for key in "ghijkl":  # more than eight tenths of the room: the longest unused of the proven begin anew
        put(kept, key, of_thread(1))
        assert kept.get(key), key
    assert [key for key in "abcdefghijkl" if kept.get(key)] == list("cdefghijkl")
    kept.grow("l", 300)
    kept.changed([("reply.posted", 1)])
    left = [key for key in "abcdefghijkl" if kept.get(key)]
    assert left == []
    for key in "mn":
        put(kept, key, LISTS)
        assert kept.get(key)
    assert (kept.size, kept._again_size, len(kept)) == (2 * (100 + OVERHEAD),) * 2 + (2,)
    kept.clear()
    assert (kept.size, kept._again_size, len(kept)) == (0, 0, 0)


def test_nothing_is_given_while_the_log_is_not_followed() -> None:
    kept = a_store()
    put(kept, "a", LISTS)
    kept.is_followed = lambda: False
    assert kept.get("a") is None
    kept.is_followed = lambda: True
    assert kept.get("a") == "A"


def test_an_offer_that_is_over_keeps_nothing() -> None:
    kept = a_store()
    with kept.offer() as offer:
        pass
    assert not kept.put("a", "A", 1, Terms(frozenset({EVERYTHING}), 1, AT), offer)
