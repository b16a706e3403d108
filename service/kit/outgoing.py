"""What jobs need to reach the world: the context that the worker hands to every job as `run.context`."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from service.kit.mailer import Mailer
from service.kit.outbound import Outbound
from service.kit.push import Pusher


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The way out: a mailer, the address that absolute links start with, how long mail waits before it is sent, the
    secret that links in letters are signed with, the folder in which files lie, the client for addresses that
    somebody else chose, and what sends push messages (None: nothing does, and nobody is offered any).
    """

    mailer: Mailer
    base_url: str
    mail_delay: timedelta
    secret: str
    data_dir: Path = Path("var")
    outbound: Outbound = field(default_factory=Outbound)
    pusher: Pusher | None = None
