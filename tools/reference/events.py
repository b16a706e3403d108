"""`docs/reference/events.md`: every kind of event, what listens to it, every job, and what is done every so often."""

from collections.abc import Callable
from typing import Any

from service import wiring
from service.kit.events import Event
from tools.reference.prose import below, explained, import_all, opening, table

INTRODUCTION = """
An operation records one event in its own transaction. Listeners run in that transaction too; they insert rows
and enqueue jobs, and a job is done by the worker after the commit. Kinds are a closed list that only grows,
and fields are only added.
"""


def kinds() -> list[type[Event]]:
    """Every concrete event class, by kind."""
    import_all()
    return sorted((kind for kind in below(Event) if "kind" in vars(kind)), key=lambda kind: kind.kind)


def named(function: Callable[..., Any]) -> str:
    """`notifications.listeners.tell` for a function of ours."""
    return f"`{function.__module__.removeprefix('service.')}.{function.__qualname__}`"


def jobs() -> list[tuple[str, ...]]:
    """Every kind of job: its name, what it does, and how often it comes by itself."""
    often = {entry.job: entry.every for entry in wiring.SCHEDULE}
    return [
        (
            f"`{kind.name}`",
            explained(kind.work.fn, f"the job {kind.name}"),
            f"every {often[kind.name].total_seconds():.0f} s" if kind.name in often else "when something enqueues it",
        )
        for kind in wiring.JOBS
    ]


def page() -> str:
    """The page. Raises Undocumented for an event or a job without a docstring."""
    heard: dict[type, Any] = dict(wiring.LISTENERS)
    events = [
        (
            f"`{kind.kind}`",
            str(kind.schema_version),
            explained(kind, f"the event {kind.__qualname__}"),
            ", ".join(named(listener) for listener in heard.get(kind, ())) or "—",
        )
        for kind in kinds()
    ]
    return (
        opening("Events", INTRODUCTION)
        + "\n"
        + table(("kind", "schema version", "what happened", "listeners"), events)
        + "\n\n## Jobs\n\n"
        + table(("kind", "what it does", "when"), jobs())
        + "\n"
    )
