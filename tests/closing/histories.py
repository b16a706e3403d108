"""Random histories for the law of closing: rows as no scenario would think of them, and the instants to ask at.

A *world* is one state of the site's row, some categories under it and some threads in them; a *history* is one thread.
Values come from a small span of time, so that terms meet, tie and overshadow each other often.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from service.kit.clock import EPOCH, MICROSECOND, from_micros, to_micros
from service.site.models import OFF

START = to_micros(EPOCH + timedelta(days=20_000))
SPAN = 40
"""Instants lie within so many steps after START; a step is an hour and three microseconds."""
STEP = 3_600_000_003
TERMS = ("closes_at", "close_after_age", "close_after_idle")
CATEGORIES = 5


@dataclass(frozen=True)
class World:
    """Columns of the site, of its categories and of its threads, by table; `asks` are (thread id, instant)."""

    site: dict[str, Any]
    categories: list[dict[str, Any]]
    threads: list[dict[str, Any]]
    asks: list[dict[str, int]]


def worlds(seed: int, count: int, threads: int) -> Iterator[World]:
    """`count` worlds of `threads` histories each; the same seed gives the same ones."""
    chance = random.Random(seed)
    return (a_world(chance, place, threads) for place in range(count))


def a_world(chance: random.Random, place: int, size: int) -> World:
    """One world; ids are its own, so that worlds can be stored one after the other."""
    site = terms(chance, often=True)
    categories: list[dict[str, Any]] = [
        {"id": 100 * (place + 1) + each, "slug": f"c-{place}-{each}", "name": "Any", "description": "",
         "visibility": "public", "version": 1, **terms(chance)}
        for each in range(CATEGORIES)
    ]  # fmt: skip
    rows = [a_thread(chance, 10_000 * (place + 1) + each, chance.choice(categories)["id"]) for each in range(size)]
    by_id = {row["id"]: row for row in categories}
    asks = [
        {"thread_id": row["id"], "at": at}
        for row in rows
        for at in sorted(set(instants(chance, row, by_id[row["category_id"]], site)))
    ]
    return World(site, categories, rows, asks)


def terms(chance: random.Random, *, often: bool = False) -> dict[str, int | None]:
    """A level's closing terms: each inherits, is off, or has a value; the last `often`, where nothing stands behind."""
    values = {name: instant(chance) if name == "closes_at" else span(chance) for name in TERMS}
    return {name: chance.choice((None, OFF, value, value if often else None)) for name, value in values.items()}


def instant(chance: random.Random) -> int:
    """Some instant in the small span."""
    return START + chance.randint(0, SPAN) * STEP


def span(chance: random.Random) -> int:
    """Some duration in the small span."""
    return chance.randint(1, SPAN // 2) * STEP


def sometimes(chance: random.Random) -> Any:
    """An instant now and then, else nothing."""
    return from_micros(instant(chance)) if chance.random() < 0.2 else None


def a_thread(chance: random.Random, thread_id: int, category_id: int) -> dict[str, Any]:
    """One history, as the columns of its thread's row."""
    published = from_micros(instant(chance))
    quiet_since = published + chance.randint(0, SPAN // 4) * STEP * MICROSECOND
    return {
        "id": thread_id, "category_id": category_id, "title": "Any", "slug": "any", "body": "", "body_html": "",
        "renderer": 1, "moderation": "published", "version": 1, "last_number": 0, "reply_count": 0,
        "created_at": published, "published_at": published, "idle_anchor": quiet_since, "closure_reason": "",
        "closed_at": sometimes(chance), "archived_at": sometimes(chance),
        "override": chance.choice(("auto", "auto", "open")), **terms(chance),
    }  # fmt: skip


def instants(
    chance: random.Random, row: dict[str, Any], category: dict[str, Any], site: dict[str, Any]
) -> Iterator[int]:
    """When to ask: at, a microsecond before and after every deadline that any level could set, and at random."""
    anchors = {
        "closes_at": 0,
        "close_after_age": to_micros(row["published_at"]),
        "close_after_idle": to_micros(row["idle_anchor"]),
    }
    facts = [to_micros(row[name]) for name in ("closed_at", "archived_at") if row[name] is not None]
    levels = [
        anchors[name] + level[name]
        for name in TERMS
        for level in (row, category, site)
        if level[name] not in (None, OFF)
    ]
    for deadline in facts + levels:
        yield from (deadline - 1, deadline, deadline + 1)
    yield from (chance.randint(START, START + 2 * SPAN * STEP) for _ in range(3))
