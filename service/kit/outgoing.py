"""What jobs need to reach the world: the context that the worker hands to every job as `run.context`."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from service.kit.mailer import Mailer


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The way out: a mailer, the address that absolute links start with, how long mail waits before it is sent, the
    secret that links in letters are signed with, and the folder in which files lie.
    """

    mailer: Mailer
    base_url: str
    mail_delay: timedelta
    secret: str
    data_dir: Path = Path("var")
