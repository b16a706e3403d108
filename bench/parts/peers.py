"""Other programs beside, in the same run: what their own page or answer takes, and how fast they store comments."""

from bench.peers import isso as of_isso
from bench.peers import wordpress as of_wordpress
from bench.stage import Stage


async def isso(stage: Stage) -> None:
    """Isso from PyPI, with gunicorn and SQLite."""
    peer = await of_isso.measure(stage)
    stage.record.peers = [row for row in stage.record.peers if not row["name"].startswith("Isso")]
    stage.record.peers.append(peer.as_row())
    figures = stage.record.figures
    if "reply.rate" in figures and peer.stored_rate:
        figures["reply.isso"] = figures["reply.rate"] / peer.stored_rate


async def wordpress(stage: Stage) -> None:
    """WordPress of Debian."""
    peer = await of_wordpress.measure(stage)
    stage.record.peers = [row for row in stage.record.peers if not row["name"].startswith("WordPress")]
    stage.record.peers.append(peer.as_row())
    figures = stage.record.figures
    if "guest.cpu" in figures:
        figures["guest.wordpress"] = peer.page_cpu / figures["guest.cpu"]
