"""What jobs need to reach the world: the context that the worker hands to every job as `run.context`."""

from dataclasses import dataclass
from datetime import timedelta

from service.kit.mailer import Mailer


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The way out: a mailer, the address that absolute links start with, and how long mail waits before it is sent."""

    mailer: Mailer
    base_url: str
    mail_delay: timedelta
