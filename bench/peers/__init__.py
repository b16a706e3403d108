"""Other forums and comment servers: their figures as measured on machines of this kind, and two that can be run beside.

    isso       from PyPI, in an environment of its own     wordpress  Debian's, with MariaDB, php-fpm and nginx
    running    how such a program is started, driven and weighed

None of their code is here: the scripts install them from the registries, into folders that are thrown away, listen on
127.0.0.1 alone, and end what they started.
"""

from dataclasses import asdict, dataclass
from typing import Any, Final

CALIBRATION_CPU: Final = 0.0225
"""CPU ms of one answer of the calibration when the peers were measured: 0.022 to 0.023."""


@dataclass(frozen=True, slots=True)
class Peer:
    """What a peer takes: CPU ms of its page of `posts` posts; comments stored per second, and CPU ms of each.

    `page` is what the page is (HTML or JSON); `memory` its resident MB. What it has not, or what is not known, is None.
    """

    name: str
    page: str
    posts: int
    page_cpu: float
    page_rate: float
    stored_rate: float | None
    stored_cpu: float | None
    memory: float | None
    in_this_run: bool = False

    def as_row(self) -> dict[str, Any]:
        """For the record of a run."""
        return asdict(self)


MEASURED: Final[dict[str, Peer]] = {
    "wordpress": Peer("WordPress 6.1, php-fpm, MariaDB, nginx", "HTML", 50, 139, 7, 68, 15, 255),
    "nodebb": Peer("NodeBB 4.15, PostgreSQL", "HTML", 20, 19, 54, 13, 77, 535),
    "misago": Peer("Misago 0.39, PostgreSQL", "HTML", 18, 59, 18, 37, 26, 480),
    "flaskbb": Peer("FlaskBB 2.2", "HTML", 10, 53, 13, 24, 42, 350),
    "isso": Peer("Isso 0.14, gunicorn, SQLite", "JSON", 50, 33, 31, 263, 3.2, 150),
    "remark42": Peer("Remark42 1.16, BoltDB", "JSON", 50, 30, 39, 391, 2.0, 50),
}
"""Their best figures of November 2026, each with its recommended server and 8 connections on two cores."""

LIGHTEST: Final = min((peer for peer in MEASURED.values() if peer.page == "HTML"), key=lambda peer: peer.page_cpu)
"""The peer whose own page takes least."""


def times(peer: Peer, cpu: float, calibration_cpu: float) -> float:
    """How many times less CPU than a peer's page something took, each in multiples of its own run's calibration."""
    theirs = calibration_cpu if peer.in_this_run else CALIBRATION_CPU
    return (peer.page_cpu / theirs) / (cpu / calibration_cpu)
